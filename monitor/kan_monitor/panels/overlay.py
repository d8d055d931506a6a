"""The curves of several runs, with the number of each at its end: colours alone would leave some people out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kan_monitor.charts.canvas import DOTS_HIGH, DOTS_WIDE, joined
from kan_monitor.charts.chart import Layer, draw, scale_of
from kan_monitor.charts.frame import Frame
from kan_monitor.charts.trace import heights
from kan_monitor.curves import ChartOptions, Plot
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.overlay import Overlay
from kan_monitor.panels.lines import fit

#: Of the runs by their numbers: the inks of `charts.chart.ALIKE`.
INKS: Final[tuple[Ink, ...]] = (
    "series.0",
    "series.1",
    "series.2",
    "series.3",
    "series.4",
    "series.5",
    "series.6",
    "series.7",
)


def draw_overlay(overlay: Overlay, options: ChartOptions, width: int, height: int) -> list[Line]:
    """The chart on exactly `width` × `height` cells."""
    plot = overlay.plot(width, options.smoothing)
    lines = draw(plot.layers, width=width, height=height, start=plot.start, stop=plot.stop, log=options.log)
    if scale_of(plot.layers, log=options.log) is None and lines:
        lines[len(lines) // 2] = fit([Span("no value is recorded".center(width), "label")], width)
    numbers: dict[int, dict[int, Span]] = {}
    for row, column, span in _numbers(plot, Frame.of(width, height), log=options.log):
        numbers.setdefault(row, {})[column] = span
    return [_with_cells(line, numbers[row]) if row in numbers else line for row, line in enumerate(lines)]


def _numbers(plot: Plot, frame: Frame, *, log: bool) -> Iterator[tuple[int, int, Span]]:
    """The row and the column of every curve's number: behind its end, beside others that end there."""
    scale = scale_of(plot.layers, log=log)
    taken: set[tuple[int, int]] = set()
    curves = [layer for layer in plot.layers if layer.kind == "line"]
    for number, layer in enumerate(curves, 1):
        end = _last_column(layer)
        if scale is None or end is None or not frame.height or not frame.width:
            continue
        (dot,) = heights([layer.envelope.mean[end]], scale, frame.height * DOTS_HIGH)
        column = frame.gutter + min(end // DOTS_WIDE + 1, frame.width - 1)
        at = frame.height - 1 - (dot or 0) // DOTS_HIGH
        free = [(abs(row - at), row) for row in range(frame.height) if (row, column) not in taken]
        if free:
            row = min(free)[1]
            taken.add((row, column))
            yield row, column, Span(str(number), INKS[number - 1])


def _last_column(layer: Layer) -> int | None:
    return max((column for column, value in enumerate(layer.envelope.mean) if value is not None), default=None)


def _with_cells(line: Line, cells: Mapping[int, Span]) -> Line:
    spread = [Span(character, span.ink) for span in line for character in span.text]
    return joined(cells.get(column, span) for column, span in enumerate(spread))
