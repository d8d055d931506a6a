"""A series in one row."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.chart import sparkline
from kan_monitor.charts.sparkline import area
from kan_monitor.ink import Line, Span


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def test_blocks_for_a_load() -> None:
    assert sparkline([0, 50, 100, 25], width=4, ink="good", low=0, high=100) == [Span("▁▅█▃", "good")]


def test_dots_for_a_schedule() -> None:
    assert text(sparkline([0, 1, 2, 3, 3, 3, 2, 1], width=4, ink="info", dots=True)) == "⡠⠊⠉⠢"


def test_the_newest_value_is_at_the_right_edge() -> None:
    assert text(sparkline([1, 2], width=5, ink="info")) == "   ▁█"
    assert text(sparkline([9, 9, 0, 0, 5, 5], width=3, ink="info")) == "█▁▅"


def test_unknown_is_blank_and_not_zero() -> None:
    assert text(sparkline([0, None, 8], width=3, ink="info")) == "▁ █"


def test_what_is_not_finite_is_marked() -> None:
    assert sparkline([0.0, nan, 8.0], width=3, ink="info") == [Span("▁", "info"), Span("×", "bad"), Span("█", "info")]
    assert "×" in text(sparkline([0.0, inf, 8.0, 8.0], width=2, ink="info", dots=True))


def test_what_is_still_to_come_is_faint() -> None:
    drawn = sparkline([0, 1, 2, 3], width=4, ink="info", dots=True, ahead=[3, 3, 1, 0])
    assert drawn == [Span("⡠⠊", "info"), Span("⠉⢆", "faint")]
    assert sparkline([1, 2], width=4, ink="info", ahead=[3]) == [Span(" ▁▅", "info"), Span("█", "faint")]


def test_a_load_that_is_always_nothing_lies_at_the_bottom() -> None:
    assert [text(row) for row in area([0.0, 0.0], width=2, height=3, ink="good")] == ["  ", "  ", "▁▁"]


def test_a_constant_is_in_the_middle_unless_the_range_says_where() -> None:
    assert text(sparkline([7.0] * 3, width=3, ink="info")) == "▅▅▅"
    assert text(sparkline([7.0] * 3, width=3, ink="info", low=7.0, high=9.0)) == "▁▁▁"


@pytest.mark.parametrize("dots", [True, False])
@given(
    values=st.lists(st.none() | st.floats(), max_size=40),
    width=st.integers(0, 20),
    ends=st.tuples(st.none() | st.floats(-1e9, 1e9), st.none() | st.floats(-1e9, 1e9)),
)
def test_any_sparkline_has_exactly_its_width(
    dots: bool, values: list[float | None], width: int, ends: tuple[float | None, float | None]
) -> None:
    line = sparkline(values, width=width, ink="info", low=ends[0], high=ends[1], dots=dots)
    assert len(text(line)) == width
