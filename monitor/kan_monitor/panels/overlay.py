"""One series of several runs in one chart: up to eight curves, each with a number at its end and in the legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.charts.chart import ALIKE, Layer, Rule, scale_of
from kan_monitor.charts.chart import draw as draw_chart
from kan_monitor.curves import Curves
from kan_monitor.ink import Line, Span
from kan_monitor.overlay import Overlay
from kan_monitor.panels.lines import fit, shortened, stack, width_of
from kan_monitor.panels.readout import x_axis
from kan_monitor.text import UNKNOWN, count, number
from kan_monitor.viewport import ChartOptions, shown
from kan_shared.text import safe_line

_LONGEST_LABEL: Final = 24
#: With more runs than this their raw values would hide each other.
_WITH_RAW_VALUES: Final = 3


def draw(
    overlay: Overlay,
    labels: Sequence[str],
    options: ChartOptions,
    width: int,
    height: int,
    *,
    utc_offset_seconds: int = 0,
    plain: bool = False,
) -> list[Line]:
    """The series of the first eight runs over their legend, which says the values at the crosshair.

    Args:
        overlay: The runs.
        labels: What each is called in the legend; without any there is none, but where there is a crosshair.
        options: How charts are drawn.
        width: In cells.
        height: In cells.
        utc_offset_seconds: Of the clock on the x axis.
        plain: Without colour.
    """
    runs = overlay.runs[: len(ALIKE)]
    start, stop = shown(options, overlay.extent(options))
    legend = _legend(overlay, labels, options, width)[: max(1, height // 4)]
    layers = [layer for at in reversed(range(len(runs))) for layer in _layers(overlay, at, start, stop, width, options)]
    chart = draw_chart(
        layers,
        width=width,
        height=max(0, height - len(legend)),
        start=start,
        stop=stop,
        log=options.log,
        rules=[] if options.cursor is None else [Rule(options.cursor, "label")],
        x=x_axis(options, utc_offset_seconds),
        plain=plain,
    )
    if chart and scale_of(layers, log=options.log) is None:
        chart[len(chart) // 2] = fit([Span("no value is recorded".center(width), "label")], width)
    return stack([*chart, *legend], width, height)


def _layers(overlay: Overlay, at: int, start: float, stop: float, width: int, options: ChartOptions) -> list[Layer]:
    """The curve of one run, with its number; raw values behind it where they do not hide the others."""
    found = overlay.runs[at].layers(overlay.metric, ALIKE[at], start, stop, width, options)
    backdrops = len(overlay.runs) <= _WITH_RAW_VALUES
    return [
        layer if layer.faint else layer._replace(name=str(at + 1)) for layer in found if backdrops or not layer.faint
    ]


def _legend(overlay: Overlay, labels: Sequence[str], options: ChartOptions, width: int) -> list[Line]:
    """As many lines as it takes."""
    if options.cursor is None and not labels:
        return []
    lines: list[Line] = [_step(overlay, options)]
    for at, run in enumerate(overlay.runs[: len(ALIKE)]):
        label = f"{shortened(safe_line(labels[at], 200), _LONGEST_LABEL)} " if labels else ""
        value = Span(_value(run, overlay.metric, options), "strong")
        part: Line = [Span(f" {at + 1} ━ ", ALIKE[at]), Span(label, "label"), value]
        if lines[-1] and width_of([*lines[-1], Span("  "), *part]) > width:
            lines.append([])
        lines[-1] += [*([Span("  ")] if lines[-1] else []), *part]
    return lines


def _step(overlay: Overlay, options: ChartOptions) -> Line:
    """The step under the crosshair, where that is what the runs have in common."""
    reads = (run.read(overlay.metric, options) for run in overlay.runs) if options.x == "step" else ()
    first = next((read for read in reads if read), None)
    return [Span(" ┃ ", "strong"), Span("step ", "label"), Span(count(first.record.step), "strong")] if first else []


def _value(run: Curves, name: str, options: ChartOptions) -> str:
    read = run.read(name, options)
    record = run.latest(name) if options.cursor is None else read.record if read else None
    return number(record.value) if record else UNKNOWN
