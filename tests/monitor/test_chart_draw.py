"""Charts as they are seen."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from math import exp, nan, sin
from textwrap import dedent
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.charts.axis import Scale
from kan_monitor.charts.chart import Layer, Mark, Rule, Series, columns_of, draw, plot_in, scale_of
from kan_monitor.charts.decimate import envelope, smooth
from kan_monitor.charts.frame import Frame
from kan_monitor.charts.xaxis import STEPS, XAxis
from kan_monitor.ink import Ink, Line, Span, plain_text

Kind = Literal["band", "line", "mean"]


def layer(
    values: Sequence[float],
    width: int,
    *,
    steps: Sequence[float] | None = None,
    start: float = 0,
    stop: float | None = None,
    series: Series = "train",
    kind: Kind = "line",
    faint: bool = False,
) -> Layer:
    steps = range(len(values)) if steps is None else steps
    stop = max(steps, default=0) if stop is None else stop
    shape = envelope(steps, values, start=start, stop=stop, columns=columns_of(width))
    return Layer(shape, series, kind, faint)


def chart(
    values: Sequence[float], width: int = 40, height: int = 9, *, log: bool = False, marks: Sequence[Mark] = ()
) -> list[Line]:
    stop = max(0, len(values) - 1)
    return draw([layer(values, width)], width=width, height=height, start=0, stop=stop, log=log, marks=marks)


def ink_at(lines: list[Line], row: int, column: int) -> Ink:
    return [span.ink for span in lines[row] for _ in span.text][column]


def assert_drawn(lines: list[Line], expected: str) -> None:
    assert dedent(plain_text(lines)) == dedent(expected).strip("\n").rstrip()


@pytest.mark.parametrize(
    "other", [{"stop": 3000.0}, {"start": 500.0}, {"x": XAxis("elapsed")}, {"low": 0.2}, {"rows": 9}]
)
def test_ticks_are_those_of_what_is_drawn_whatever_was_drawn_before(other: dict[str, Any]) -> None:
    def axes(start: float = 0.0, stop: float = 2000.0, x: XAxis = STEPS, low: float = 1.0, rows: int = 12) -> list[str]:
        lines = draw([layer([9.0, low], 40)], width=40, height=rows, start=start, stop=stop, log=False, x=x)
        return [plain_text([line])[:8] for line in lines[:-1]] + [plain_text(lines[-1:])]

    before = axes()
    assert axes(**other) != before
    assert axes() == before


def test_a_line_with_its_axes_grid_ticks_and_marks() -> None:
    falling = [100 / (1 + step / 40) for step in range(2001)]
    marks = [Mark(1000, "▲", "label"), Mark(1510, "!", "warn")]
    lines = chart(falling, 48, 14, log=True, marks=marks)
    assert_drawn(
        lines,
        """
           100 ┤⡇   ·   ·   ·   ·   ·   ·   ·   ·   ·
               │⢳
            50 ┤⠘⡆  ·   ·   ·   ·   ·   ·   ·   ·   ·
               │ ⠹⡄
            20 ┤· ⠙⣆·   ·   ·   ·   ·   ·   ·   ·   ·
               │   ⠈⠳⣄
            10 ┤·   ·⠈⠓⢦⣀   ·   ·   ·   ·   ·   ·   ·
               │        ⠈⠓⠦⣄⣀
             5 ┤·   ·   ·   ⠈⠙⠒⠦⢤⣀⡀ ·   ·   ·   ·   ·
               │                  ⠉⠉⠓⠒⠦⠤⣄⣀⡀
               │                          ⠈⠉⠉⠓⠒⠲⠤⠤⢤⣀⣀⣀⡀
             2 ┤·   ·   ·   ·   ·   ·   ·   ·   ·   · ⠉⠉
               └┴─────────┴─────────▲─────────!────────┴
                0        0.5K       1K       1.5K     2K
        """,
    )
    assert [span for span in lines[-2] if span.text in "▲!"] == [Span("▲", "label"), Span("!", "warn")]


def test_a_spike_of_one_step_reaches_its_height_and_a_gap_is_marked() -> None:
    values = [4.0] * 40 + [nan] * 3 + [2.0] * 30 + [9.0] + [2.0] * 26
    lines = chart(values, 40, 9)
    assert_drawn(
        lines,
        """
               │                       ⢸
             8 ┤·   ·   ·   ·   ·   ·  ⢸·   ·
               │                       ⢸
             6 ┤·   ·   ·   ·   ·   ·  ⢸·   ·
             4 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀××  ·   ·  ⢸·   ·
               │                       ⢸
             2 ┤·   ·   ·   ·×⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸⣀⣀⣀⣀⣀⣀⣀⣀
               └┴───────────────┴───────────────
                0               50
        """,
    )
    assert ink_at(lines, 4, 20) == ink_at(lines, 4, 21) == "bad"


def test_a_band_behind_a_smoothed_line_and_validation_in_front() -> None:
    raw = [3 * exp(-step / 60) + 1 + 0.25 * sin(step * 7.1) for step in range(200)]
    layers = [
        layer(raw, 48, stop=240, kind="band", faint=True),
        layer(smooth(raw, 0.9), 48, stop=240, kind="mean"),
        layer([1.3 * value for value in raw[::20]], 48, steps=range(0, 200, 20), stop=240, series="validation"),
    ]
    lines = draw(layers, width=48, height=12, start=0, stop=240, log=False)
    assert_drawn(
        lines,
        """
               │⢄
             5 ┤⠈⢢  ·   ·   ·   ·   ·   ·   ·   ·   ·
               │⡀ ⠣⡀
             4 ┤⠉⠒⢄⡉⠒⠤⣀ ·   ·   ·   ·   ·   ·   ·   ·
             3 ┤·⠁⠟⠘⡦⣀ ⠱⡀   ·   ·   ·   ·   ·   ·   ·
               │   ⠘⢸⢿⡱⣄⡈⢢ ⢀⣀⡀
             2 ┤·   · ⠁⠿⢫⠉⠛⢥⡀⡈⠑⠢⢄⡀  · ⢀⡀·   ·   ·   ·
               │         ⠈⠁⠋⠈⢹⠒⡞⠤⣎⣕⣢⢴⡒⡁⣈⢢⢄⡀ ⢀⡠⠄
             1 ┤·   ·   ·   ·  ⠁⠉⠘⠘⠋⠏⠉⢹⠉⡞⠒⠓⠚⠕⡼⠤⢧⠤⠄  ·
               │                           ⠈ ⠁⠉⠈ ⠁
               └┴───────────────┴────────────────┴──────
                0              100              200
        """,
    )
    inks = {span.ink for line in lines[:-2] for span in line}
    assert {f"{series}.{age}" for series in ("train", "validation") for age in range(4)} <= inks
    assert "train.faint" in inks


def test_a_line_goes_to_the_extremes_of_its_columns_and_an_average_through_their_means() -> None:
    values = [1.0, 1.0, 9.0, 1.0] * 500
    assert "⣿" * 20 in plain_text(chart(values, 28, 6))
    average = draw([layer(values, 28, kind="mean")], width=28, height=6, start=0, stop=1999, log=False)
    assert "⣿" not in plain_text(average)


def test_points_are_brighter_toward_now() -> None:
    [row] = [line for line in chart([1.0] * 100, 30, 5) if any(span.ink == "train.3" for span in line)]
    inks = [span.ink for span in row if span.ink.startswith("train")]
    assert inks == ["train.0", "train.1", "train.2", "train.3"]


def test_a_crosshair_and_a_dotted_line_stand_behind_the_curve() -> None:
    rules = [Rule(25, "label"), Rule(75, "faint", dotted=True), Rule(400, "bad")]
    lines = draw([layer([1.0] * 101, 30)], width=30, height=7, start=0, stop=100, log=False, rules=rules)
    assert_drawn(
        lines,
        """
           1.5 ┤·   ·⢸  ·   ·   ⢐   ·
               │     ⢸          ⢐
           1.0 ┤⠒⠒⠒⠒⠒⢺⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⢒⠒⠒⠒⠒⠒
               │     ⢸          ⢐
           0.5 ┤·   ·⢸  ·   ·   ⢐   ·
               └┴──────────┴─────────┴
                0          50      100
        """,
    )
    assert [ink_at(lines, 0, column) for column in (13, 24)] == ["label", "faint"]
    assert ink_at(lines, 2, 13) != "label"


def test_a_crosshair_is_not_hidden_by_a_band() -> None:
    band = layer([1.0, 9.0] * 50, 30, kind="band", faint=True)
    lines = draw([band], width=30, height=7, start=0, stop=99, log=False, rules=[Rule(50, "label")])
    assert {ink_at(lines, row, 8 + 11) for row in range(5)} == {"label"}


def test_curves_that_are_alike_have_their_number_at_their_end() -> None:
    layers = [
        layer(values, 30, series=series)._replace(name=name)
        for series, name, values in (("series.0", "1", [1.0] * 50), ("series.7", "2", [3.0] * 20 + [nan]))
    ]
    lines = draw(layers, width=30, height=7, start=0, stop=49, log=False)
    ends = [(span.text[-1], span.ink) for line in lines[:-2] for span in line if span.ink.startswith("series")]
    assert {("2", "series.7"), ("1", "series.0")} <= set(ends)


def test_a_crowd_of_marks_is_thinned_and_the_gravest_stay() -> None:
    checkpoints = [Mark(step, "▲", "label") for step in range(0, 1000, 20)]
    lines = draw([], width=60, height=6, start=0, stop=1000, log=False, marks=[*checkpoints, Mark(500, "!", "warn")])
    axis = plain_text(lines[-2:-1])
    assert axis.count("▲") in range(9, 14)
    assert "▲▲" not in axis and "▲─▲" not in axis
    assert axis[8 + 26] == "!"


def test_a_few_marks_side_by_side_all_stay() -> None:
    marks = [Mark(step, "▲", "label") for step in (500, 520, 540)]
    lines = draw([], width=60, height=6, start=0, stop=1000, log=False, marks=marks)
    assert "▲▲▲" in plain_text(lines[-2:-1])


def test_without_colour_validation_has_every_other_dot() -> None:
    drawn = [
        plain_text(
            draw([layer([1.0] * 9, 11, series=series)], width=11, height=1, start=0, stop=8, log=False, plain=True)
        )
        for series in ("train", "validation")
    ]
    assert drawn == ["⠒" * 11, "⠂" * 11]


def test_a_logarithm_that_cannot_be_had_is_said() -> None:
    assert scale_of([layer([1.0, 2.0], 40)], log=True) == Scale(1.0, 2.0, log=True)
    fallen = scale_of([layer([0.0, -2.0], 40)], log=True)
    assert fallen is not None
    assert (fallen.log, fallen.fell_back) == (False, True)


def test_a_loss_that_comes_down_to_zero_keeps_its_logarithmic_scale() -> None:
    """A few zeros among thousands of values lie at the bottom; they do not cost the others their scale."""
    scale = scale_of([layer([2.0, 0.01, 0.0], 40)], log=True)
    assert scale is not None
    assert (scale.log, scale.fell_back, scale.low <= 0.01, scale.low > 1e-4) == (True, False, True, True)
    assert scale.fraction(0.0) < 0
    vanishing = scale_of([layer([1.0, 1e-300, 0.0], 40)], log=True)
    assert vanishing is not None and vanishing.low > 1e-10


def test_of_nothing_there_is_no_scale() -> None:
    assert scale_of([layer([nan], 40)], log=True) is None


def test_nothing_known_yet_is_an_empty_frame() -> None:
    assert_drawn(
        draw([], width=30, height=6, start=0, stop=100, log=True),
        """
               │
               │
               │
               │
               └┴──────────┴─────────┴
                0          50      100
        """,
    )


def test_a_single_point_can_be_told_from_the_grid() -> None:
    assert "⠛" in plain_text(chart([2.0], 40, 9))


def test_layers_for_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="drawn from 64 columns"):
        draw([layer([1.0], 41)], width=40, height=9, start=0, stop=1, log=False)


def test_a_small_chart_goes_without_labels_and_a_tiny_one_without_axes() -> None:
    falling = [5.0, 4.0, 3.0, 2.0, 1.0]
    assert_drawn(
        chart(falling, 20, 4),
        """
        ┤⠉⠒⠢⠤⣀⣀  ·   ·   ·
        │      ⠉⠉⠑⠒⠢⠤⣀⡀
        ┤·   ·   ·   ·⠈⠉⠒⠢⠤⣀
        └┴────────┴────────┴
        """,
    )
    assert_drawn(
        chart(falling, 10, 3),
        """
        ⠑⠢⢄⡀·   ·
           ⠈⠑⠢⢄⡀
        ·   ·  ⠈⠒⢄
        """,
    )


def test_charts_need_no_numpy() -> None:
    code = "import sys, kan_monitor.charts.chart, kan_monitor.charts.decimate; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


WIDTHS = st.integers(0, 60) | st.sampled_from([120, 300])
HEIGHTS = st.integers(0, 20) | st.sampled_from([40, 90])
VALUES = st.floats() | st.floats(-10, 10) | st.floats(1e-3, 1e3)
ENDS = st.floats(0, 1e12) | st.floats()


@settings(max_examples=300, deadline=None)
@given(
    width=WIDTHS,
    height=HEIGHTS,
    values=st.lists(VALUES, max_size=30),
    ends=st.tuples(ENDS, ENDS),
    kinds=st.lists(st.sampled_from(["band", "line", "mean"]), max_size=3),
    log=st.booleans(),
    plain=st.booleans(),
)
def test_any_chart_has_exactly_its_size(
    width: int,
    height: int,
    values: list[float],
    ends: tuple[float, float],
    kinds: list[Kind],
    log: bool,
    plain: bool,
) -> None:
    start, stop = ends
    steps = [start + (stop - start) * at / 30 for at in range(len(values))]
    layers = [
        layer(values, width, steps=steps, start=start, stop=stop, series=series, kind=kind, faint=kind == "band")
        for kind, series in zip(kinds, ("train", "train", "validation"), strict=False)
    ]
    marks = [Mark(step, "▲", "label") for step in (start, stop, 0.0)]
    lines = draw(layers, width=width, height=height, start=start, stop=stop, log=log, marks=marks, plain=plain)
    assert [sum(len(span.text) for span in line) for line in lines] == [width] * height
    assert all(character.isprintable() for line in lines for span in line for character in span.text)


@given(
    width=st.integers(12, 200),
    start=st.integers(0, 10**13) | st.integers(0, 10**6),
    length=st.integers(1, 10**13) | st.integers(1, 10**4),
)
def test_step_labels_stand_at_their_ticks_and_never_touch(width: int, start: int, length: int) -> None:
    lines = draw([], width=width, height=6, start=start, stop=start + length, log=False)
    labels = [found.span() for found in re.finditer(r"\S+", plain_text(lines[-1:]))]
    at = [found.start() for found in re.finditer("┴", plain_text(lines[-2:-1]))]
    assert len(at) == len(labels)
    assert all(begin <= tick < end for tick, (begin, end) in zip(at, labels, strict=True))
    assert all(right[0] - left[1] >= 2 for left, right in pairwise(labels))


@given(width=st.integers(0, 400))
def test_the_gutter_depends_on_the_width_alone(width: int) -> None:
    assert columns_of(width) == 2 * Frame.of(width, 30).width == 2 * plot_in(width)[1]
    assert sum(plot_in(width)) == width
    assert {Frame.of(width, height).gutter for height in range(50)} == {(width >= 12) + 7 * (width >= 24)}
