"""What all charts of a run share beside their curves: crosshair, marks, x axis, and the words for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from kan_monitor.charts.axis import Scale
from kan_monitor.charts.chart import Mark, Rule, XAxis
from kan_monitor.charts.reading import Reading
from kan_monitor.curves import Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.lines import ink_of, joined
from kan_monitor.text import UNKNOWN, count, duration, moment, number
from kan_monitor.thresholds import Severity
from kan_monitor.viewport import ChartOptions, Extent, shown

SEEN: Final = "since you last looked"
#: Of a value that was looked up: enough to tell records apart that lie on one another.
_DIGITS: Final = 6
_GRAVEST_FIRST: Final[tuple[Severity, ...]] = ("bad", "warn", "info", "good", "great", "none")


class Read(NamedTuple):
    """A series under the crosshair: how it is called, the ink of its sign, and what was read."""

    label: str
    ink: Ink
    reading: Reading | None


def readout(reads: Sequence[Read], curves: Curves, options: ChartOptions, width: int, utc_offset_seconds: int) -> Line:
    """Step and time under the crosshair, then each series: as many as there is room for."""
    first = next((read.reading for read in reads if read.reading), None)
    if first is None:
        return []
    when = moment(first.record.seconds, utc_offset_seconds) if options.x == "clock" else _elapsed(first, curves)
    head: Line = [Span(" ┃ ", "strong"), Span("step ", "label"), Span(count(first.record.step), "strong")]
    head += [Span(f"  {when}", "plain")]
    return joined([head, *(_series(read, first, options) for read in reads)], width, gap=2)


def _series(read: Read, first: Reading, options: ChartOptions) -> Line:
    name: Line = [Span("━ ", read.ink), Span(f"{read.label} ", "label")]
    if read.reading is None:
        return [*name, Span(UNKNOWN, "strong")]
    record, average, _ = read.reading
    line = [*name, Span(number(record.value, _DIGITS), "strong")]
    if options.smoothing and average != record.value:
        line += [Span(" ema ", "label"), Span(number(average, _DIGITS), "plain")]
    return line if record.step == first.record.step else [*line, Span(f" @ {count(record.step)}", "label")]


def _elapsed(reading: Reading, curves: Curves) -> str:
    timeline = curves.timeline("elapsed")
    return duration(timeline.elapsed(reading.record.seconds) if timeline else None)


def rules(curves: Curves, options: ChartOptions) -> list[Rule]:
    """The upright lines that all charts of a run share: since when it is new, and the crosshair."""
    seen, cursor = curves.seen(options), options.cursor
    lines = [] if seen is None else [Rule(seen, "faint", dotted=True)]
    return lines if cursor is None else [*lines, Rule(cursor, "label")]


def event_marks(dashboard: Dashboard, curves: Curves, options: ChartOptions) -> list[Mark]:
    """What happened, as marks on the axis; where some fall together the gravest is in front, then the latest."""
    alerts = [alert for alert in dashboard.alerts if alert.kind != "alert"]  # those of the run's own are events
    happened = [(event.severity, event.mark, event.step, event.seconds) for event in dashboard.events]
    happened += [(alert.severity, alert.mark, alert.first_step, alert.first_seconds) for alert in alerts]
    happened.sort(key=lambda what: _GRAVEST_FIRST.index(what[0]))
    return [
        Mark(place, mark, ink_of(severity, "label"))
        for severity, mark, step, seconds in reversed(happened)
        if (place := curves.place(options.x, step, seconds)) is not None
    ]


def x_axis(options: ChartOptions, utc_offset_seconds: int) -> XAxis:
    """The x axis of all charts of a run."""
    return XAxis(options.x, utc_offset_seconds)


def axis_words(options: ChartOptions, scale: Scale | None) -> str:
    """How the y axis runs, and why it does not run as it was asked to."""
    if scale is not None and scale.fell_back:
        return "linear, some ≤ 0"
    return "log" if options.log else "linear"


def smoothing_words(weight: float) -> str:
    """How a smoothing weight is called."""
    return f"ema {weight:g}" if weight else "raw"


def x_words(options: ChartOptions, extent: Extent) -> str:
    """What the x axis is, and how much of it is shown."""
    start, stop = shown(options, extent)
    if options.window is None or stop <= start:
        return options.x
    return f"{options.x} ×{(extent.stop - extent.start) / (stop - start):.3g}"
