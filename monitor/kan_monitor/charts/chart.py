"""A chart of a run's series: dots in a frame.

        10 ┤·   ·   ·   ·   ·
           │⠉⠢⡀
         5 ┤· ⠈⠢⣀   ·   ·   ·
           └┴─────▲─────┴──────
            0    0.5K  1K

How wide its gutter is depends on the chart's width alone: the caller asks `columns_of`, decimates for exactly so many
columns, and nothing jumps when a label grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from kan_monitor.charts import axis
from kan_monitor.charts.axis import Scale
from kan_monitor.charts.canvas import CROSS, DOTS_HIGH, DOTS_WIDE, Trace, paint
from kan_monitor.charts.frame import LABEL_CELLS, Frame, Mark
from kan_monitor.charts.labels import value_labels
from kan_monitor.charts.layer import ALIKE, Layer, Rule, Series
from kan_monitor.charts.sparkline import sparkline
from kan_monitor.charts.trace import dotted, heights, non_finite_cells, trace
from kan_monitor.charts.xaxis import STEPS, XAxis
from kan_monitor.ink import Line, Span

__all__ = [
    "ALIKE",
    "Layer",
    "Mark",
    "Rule",
    "Series",
    "XAxis",
    "columns_of",
    "draw",
    "plot_in",
    "scale_of",
    "sparkline",
]

# Ticks are so many rows apart if there are so many of them then; a low chart has to be content with the next.
#: A logarithmic scale does not follow values on their way to zero further down than this share of the highest.
DEEPEST: Final = 1e-9
ROWS_AND_TICKS: Final = ((2.5, 3), (1.7, 2), (1.0, 1))
AGES: Final = (0.1, 0.3, 0.6)  # from which share of the curve's length on, counted from now, its points are older


def columns_of(width: int) -> int:
    """How many dot columns a chart of `width` cells has: what to decimate for."""
    return DOTS_WIDE * Frame.of(width, 0).width


def plot_in(width: int) -> tuple[int, int]:
    """Where in a chart of `width` cells its plot begins, and how many cells it has: where a click has a meaning."""
    frame = Frame.of(width, 0)
    return frame.gutter, frame.width


def scale_of(layers: Iterable[Layer], *, log: bool) -> Scale | None:
    """The scale that a chart of these layers has; None where they have no finite value.

    A logarithmic one is that of the positive values; others, such as a loss that has come down to zero, lie at its
    bottom. Its `fell_back` says that there are no positive ones, so that it cannot be had.
    """
    envelopes = [layer.envelope for layer in layers]
    lows = [value for envelope in envelopes for value in envelope.low if value is not None]
    highs = [value for envelope in envelopes for value in envelope.high if value is not None]
    if not lows:
        return None
    if log and min(lows) <= 0 < max(highs):
        positive = [value for envelope in envelopes for value in envelope.high + envelope.mean if value and value > 0]
        return axis.scale_of(max(min(positive), max(highs) * DEEPEST), max(highs), log=True)
    return axis.scale_of(min(lows), max(highs), log=log)


def draw(
    layers: Sequence[Layer],
    *,
    width: int,
    height: int,
    start: float,
    stop: float,
    log: bool,
    marks: Sequence[Mark] = (),
    rules: Sequence[Rule] = (),
    x: XAxis = STEPS,
    plain: bool = False,
) -> list[Line]:
    """Exactly `height` lines of exactly `width` cells.

    Args:
        layers: Back to front.
        width: In cells; below 24 there are no y labels, below 12 no axes.
        height: In cells; below 6 there are no x labels, below 4 no x axis.
        start: The place on the x axis at the left edge.
        stop: At the right edge.
        log: A logarithmic y axis, where all values are positive.
        marks: On the x axis; the last of those that fall together is seen.
        rules: From the top to the x axis, behind the curves.
        x: What the x axis is.
        plain: Without colour: the validation series is dotted.

    Raises:
        ValueError: A layer has another number of columns than `columns_of(width)`.
    """
    frame = Frame.of(width, height)
    if any(len(layer.envelope.low) != frame.width * DOTS_WIDE for layer in layers):
        raise ValueError(f"a chart of {width} cells is drawn from {columns_of(width)} columns")
    if not frame.height:
        return []
    if not frame.width:
        return [[] for _ in range(height)]
    scale = scale_of(layers, log=log)
    labels = _tick_labels(scale, frame.height) if scale else {}
    across = [rule.trace(frame.width, frame.height, start, stop) for rule in rules if start <= rule.x <= stop]
    plot = _plot(layers, scale or Scale(0.0, 1.0), frame, labels, across, plain)
    rows = [[*frame.left_of(row, labels), *line] for row, line in enumerate(plot)]
    return rows + frame.lines_below(start, stop, marks, x)


@lru_cache(maxsize=128)  # the ranges of the charts in sight, which seldom change
def _tick_labels(scale: Scale, rows: int) -> Mapping[int, str]:
    """The y labels by row, counted from the top."""
    candidates = ((axis.ticks(scale, apart / rows), fewest) for apart, fewest in ROWS_AND_TICKS)
    found = next(ticks for ticks, fewest in candidates if len(ticks) >= fewest)
    dots = heights(found, scale, rows * DOTS_HIGH)
    labels = value_labels(found, LABEL_CELLS)
    return {rows - 1 - dot // DOTS_HIGH: label for dot, label in zip(dots, labels, strict=True) if dot is not None}


def _plot(
    layers: Sequence[Layer],
    scale: Scale,
    frame: Frame,
    grid_rows: Iterable[int],
    rules: Sequence[Trace],
    plain: bool,
) -> list[Line]:
    dots, ages = frame.height * DOTS_HIGH, _ages(layers, frame.width)
    bands: list[Trace] = []
    lines = list(rules)
    glyphs: dict[tuple[int, int], Span] = {}
    for layer in layers:
        columns = trace(layer.envelope, scale, dots, spread=layer.kind != "mean")
        columns = dotted(columns) if plain and layer.is_dotted else columns
        (bands if layer.kind == "band" else lines).append(Trace(columns, layer.inks(ages)))
        glyphs |= dict.fromkeys(non_finite_cells(layer.envelope, scale, frame.height, dots), CROSS)
    for layer in [layer for layer in layers if layer.name]:
        glyphs |= layer.name_at_the_end(heights(layer.envelope.mean, scale, dots), frame.height, glyphs)
    return paint([*bands, *lines], width=frame.width, height=frame.height, grid_rows=set(grid_rows), glyphs=glyphs)


def _ages(layers: Sequence[Layer], cells: int) -> list[int]:
    """The age of each cell column, 0 the newest; a backdrop, such as a plan for the future, has none."""
    curves = [layer.envelope.mean for layer in layers if not layer.faint]
    filled = [column for mean in curves for column, value in enumerate(mean) if value is not None]
    newest, oldest = max(filled, default=0) // DOTS_WIDE, min(filled, default=0) // DOTS_WIDE
    shares = ((newest - cell) / (newest - oldest + 1) for cell in range(cells))
    return [sum(share >= bound for bound in AGES) for share in shares]
