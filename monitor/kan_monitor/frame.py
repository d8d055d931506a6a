"""One whole frame of the dashboard as lines: what the screen shows, the text goldens pin and an export writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, get_args

import msgspec

from kan_monitor.ascii import in_ascii
from kan_monitor.curves import VALIDATION, ChartOptions, Curves
from kan_monitor.dashboard import Dashboard, Figure
from kan_monitor.ink import Line, Span
from kan_monitor.panels import charts, events, footer, hardware, header, loss, progress, sample, status
from kan_monitor.panels.layout import Layout, PanelName, layout
from kan_monitor.panels.layout import zoomed as zoomed_layout
from kan_monitor.panels.lines import fit, width_of
from kan_monitor.view.series import beside_the_loss

#: The keys that the footer shows, the most wanted first.
KEYS: Final = (
    ("q", "quit"),
    ("?", "help"),
    ("l", "log/linear"),
    ("s", "smooth"),
    ("x", "step/time"),
    ("+-", "zoom"),
    (",.", "read"),
    ("1…8", "views"),
    ("r", "runs"),
    ("p", "freeze"),
    ("tab", "focus"),
)


PANELS: Final[tuple[PanelName, ...]] = get_args(PanelName)
#: Panels that a key or a click can choose.
FOCUSABLE: Final[tuple[PanelName, ...]] = ("loss", "hardware", "progress", "sample", "events")


class FrameOptions(NamedTuple):
    """What the one who looks has chosen.

    Attributes:
        beside: The series that have charts beside the loss: what `charted` says.
    """

    chart: ChartOptions = ChartOptions()
    plain: bool = False
    frozen: bool = False
    focus: PanelName | None = None
    ascii: bool = False
    beside: tuple[str, ...] = ()


def place(
    dashboard: Dashboard, width: int, height: int, *, zoomed: PanelName | None = None, charts: bool = False
) -> Layout:
    """Where the panels of `dashboard` stand on a screen of that size; `zoomed` is one that has it all."""
    if zoomed is not None and height >= 8:
        return zoomed_layout(zoomed, width, height)
    gpus, metrics = len(dashboard.hardware.gpus), len(dashboard.progress.metrics)
    return layout(width, height, gpus=gpus, metrics=metrics, charts=charts)


def charted(
    dashboard: Dashboard,
    series_names: Callable[[], tuple[str, ...]],
    width: int,
    height: int,
    *,
    pinned: Sequence[str] = (),
) -> tuple[str, ...]:
    """The series that have charts beside the loss on a screen of that size; nobody asks for names without room."""
    rect = place(dashboard, width, height, charts=True).get("charts")
    if rect is None:
        return ()
    others = beside_the_loss(series_names(), tuple(pinned), dashboard.loss.series)
    return others[: charts.room_for(rect.width, rect.height)]


def drawn_from(name: PanelName, dashboard: Dashboard, curves: Curves, options: FrameOptions) -> object:
    """What a panel of some size is drawn from: as long as that is the same, it looks the same."""
    happened = (dashboard.events, dashboard.alerts, dashboard.event_count)

    def of_charts(*names: str | None) -> object:
        total = dashboard.progress.step.whole.value
        extent = curves.extent(options.chart, None if total is None else int(total))
        versions = [curves.version(name) for name in names if name]
        return curves, extent, versions, dashboard.utc_offset_seconds

    parts: dict[PanelName, Callable[[], object]] = {
        "header": lambda: dashboard.header,
        "loss": lambda: (dashboard.loss, happened, of_charts(dashboard.loss.series, VALIDATION)),
        "charts": lambda: (dashboard.progress.learning_rate_plan, of_charts(*options.beside)),
        "hardware": lambda: msgspec.structs.replace(dashboard.hardware, age=Figure()),  # which it does not show
        "progress": lambda: dashboard.progress,
        "sample": lambda: dashboard.sample,
        "events": lambda: happened,
        "status": lambda: (dashboard.status, dashboard.loss, dashboard.progress),
        "footer": lambda: None,
    }
    return parts[name](), options


def draw_panel(
    name: PanelName, dashboard: Dashboard, curves: Curves, options: FrameOptions, width: int, height: int
) -> list[Line]:
    """One panel at exactly `width` × `height` cells."""
    focused = options.focus == name
    drawn: dict[PanelName, Callable[[], list[Line]]] = {
        "header": lambda: header.draw(dashboard.header, width, height, frozen=options.frozen),
        "loss": lambda: loss.draw(
            dashboard, curves, options.chart, width, height, plain=options.plain, focused=focused
        ),
        "charts": lambda: charts.draw(
            dashboard, curves, options.beside, options.chart, width, height, plain=options.plain
        ),
        "hardware": lambda: hardware.draw(dashboard.hardware, width, height, focused=focused),
        "progress": lambda: progress.draw(dashboard.progress, width, height, focused=focused),
        "sample": lambda: sample.draw(dashboard.sample, width, height, plain=options.plain, focused=focused),
        "events": lambda: events.draw(dashboard, width, height, focused=focused),
        "status": lambda: status.draw(dashboard, width),
        "footer": lambda: footer.draw(KEYS, width),
    }
    return in_ascii(drawn[name]()) if options.ascii else drawn[name]()


def draw_frame(dashboard: Dashboard, curves: Curves, options: FrameOptions, width: int, height: int) -> list[Line]:
    """All panels, pasted onto a screen of exactly `width` × `height` cells."""
    rows: list[list[tuple[int, Line]]] = [[] for _ in range(height)]
    for name, rect in place(dashboard, width, height, charts=bool(options.beside)).items():
        for offset, line in enumerate(draw_panel(name, dashboard, curves, options, rect.width, rect.height)):
            rows[rect.y + offset].append((rect.x, line))
    return [paste(row, width) for row in rows]


def paste(pieces: list[tuple[int, Line]], width: int) -> Line:
    """The pieces of one row at their columns, as a line of exactly `width` cells."""
    row: Line = []
    for x, line in sorted(pieces, key=lambda piece: piece[0]):
        row += [Span(" " * gap)] if (gap := x - width_of(row)) > 0 else []
        row += line
    return fit(row, width)
