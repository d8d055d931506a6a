"""One series of several runs in one chart: up to eight curves, each with a number at its end and in the legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from kan_monitor.charts.chart import ALIKE, Layer, Rule
from kan_monitor.charts.chart import draw as draw_chart
from kan_monitor.curves import Curves
from kan_monitor.extent import around
from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import shortened, stack, width_of
from kan_monitor.panels.readout import x_axis
from kan_monitor.text import UNKNOWN, number
from kan_monitor.viewport import ChartOptions, Extent, shown
from kan_shared.text import safe_line

_LONGEST_LABEL: Final = 24


class Overlaid(NamedTuple):
    """A run in the chart, as it is called there; its curves have to be refreshed for the series."""

    label: str
    curves: Curves


def extent_over(runs: Sequence[Overlaid], options: ChartOptions) -> Extent:
    """What there is to show of all of them: what zoom, pan and crosshair keep to."""
    return around([run.curves.extent(options, None) for run in runs] or [Extent(0.0, 1.0, 0.0, 0.0, 1.0)])


def draw(
    runs: Sequence[Overlaid],
    name: str,
    options: ChartOptions,
    width: int,
    height: int,
    *,
    utc_offset_seconds: int = 0,
    plain: bool = False,
) -> list[Line]:
    """The series `name` of the first eight runs over their legend, which says the values at the crosshair."""
    runs = runs[: len(ALIKE)]
    start, stop = shown(options, extent_over(runs, options))
    legend = _legend(runs, name, options, width)[: max(1, height // 4)]
    chart = draw_chart(
        [layer for at in reversed(range(len(runs))) for layer in _layers(runs, at, name, start, stop, width, options)],
        width=width,
        height=max(0, height - len(legend)),
        start=start,
        stop=stop,
        log=options.log,
        rules=[] if options.cursor is None else [Rule(options.cursor, "label")],
        x=x_axis(options, utc_offset_seconds),
        plain=plain,
    )
    return stack([*chart, *legend], width, height)


def _layers(
    runs: Sequence[Overlaid], at: int, name: str, start: float, stop: float, width: int, options: ChartOptions
) -> list[Layer]:
    """The curve of one run alone: what lies behind it would hide the others."""
    found = runs[at].curves.layers(name, ALIKE[at], start, stop, width, options)
    return [layer._replace(name=str(at + 1)) for layer in found if not layer.faint]


def _legend(runs: Sequence[Overlaid], name: str, options: ChartOptions, width: int) -> list[Line]:
    """As many lines as it takes."""
    lines: list[Line] = [[]]
    for at, run in enumerate(runs):
        label = shortened(safe_line(run.label, 200), _LONGEST_LABEL)
        part: Line = [Span(f" {at + 1} ━ ", ALIKE[at]), Span(f"{label} ", "label"), Span(_value(run, name, options))]
        if lines[-1] and width_of([*lines[-1], Span("  "), *part]) > width:
            lines.append([])
        lines[-1] += [*([Span("  ")] if lines[-1] else []), *part]
    return lines


def _value(run: Overlaid, name: str, options: ChartOptions) -> str:
    read = run.curves.read(name, options)
    record = run.curves.latest(name) if options.cursor is None else read.record if read else None
    return number(record.value) if record else UNKNOWN
