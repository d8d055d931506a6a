"""The dashboard's screen: looks at the source, draws the panels that changed, and takes the keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from kan_monitor.app.panel import Panel
from kan_monitor.app.places import Places
from kan_monitor.app.watch import Watch
from kan_monitor.curves import Curve, Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.frame import FOCUSABLE, PANELS, FrameOptions, draw_panel, place
from kan_monitor.ink import Ink
from kan_monitor.panels.layout import Layout, PanelName
from kan_monitor.sources.facts import Facts, Source
from kan_monitor.view import ViewOptions, build
from kan_shared.series import SeriesFile

if TYPE_CHECKING:
    from kan_monitor.charts.pyramid import Pyramid

SMOOTHINGS: Final = (0.0, 0.6, 0.9, 0.99)
#: Records that are read at once when a long series is taken in; a chunk takes some milliseconds.
_CHUNK_RECORDS: Final = 2**18
_WAKE_SECONDS: Final = 0.05


class DashboardScreen(Screen[None]):
    """One run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log", "log or linear loss axis"),
        Binding("s", "next_smoothing", "smoothing: raw, 0.6, 0.9, 0.99"),
        Binding("p", "toggle_freeze", "freeze the screen; the clock goes on"),
        Binding("tab", "focus_panel(1)", "next panel"),
        Binding("shift+tab", "focus_panel(-1)", "previous panel"),
        Binding("enter", "toggle_zoom", "the focused panel alone, and back"),
        Binding("escape", "unzoom", "all panels", show=False),
    ]

    class Woken(Message):
        """Something appeared where the run should be; posted by the watch's thread, which must not wait for the screen:
        watchdog holds its lock meanwhile, and the screen needs that to stop it."""

    def __init__(
        self,
        source: Source,
        inks: Mapping[Ink, Style],
        *,
        plain: bool = False,
        refresh_seconds: float = 0.5,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._inks = inks
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        self._options = FrameOptions(plain=plain)
        self._zoomed = False
        self._looked_at = 0.0
        self._places = Places(self.places)
        self._watch = Watch(lambda: self.post_message(self.Woken()))
        self._take_up(source)

    def watch_source(self, source: Source) -> None:
        """Turns to another run; what the user has chosen stays, but for the freeze."""
        self._take_up(source)
        self._place_panels()
        self._choose(self._options._replace(frozen=False))
        self._look()

    def _take_up(self, source: Source) -> None:
        self._source = source
        self._curves = Curves(source)
        self._building: set[Curve] = set()
        self._frozen_at: tuple[Facts, float] | None = None
        self._frame = 0
        self._facts: Facts = source.poll(self._clock())
        self._dashboard = self._build(self._facts, self._clock())

    @property
    def layout(self) -> Places:
        """The dashboard's own layout."""
        return self._places

    def compose(self) -> Iterator[Panel]:
        """The panels."""
        for name in PANELS:
            yield Panel(self._inks, id=name)

    def on_mount(self) -> None:
        """Draws before the first paint, then looks at regular intervals."""
        self._look()
        self.set_interval(self._refresh_seconds, self._tick)

    def _tick(self) -> None:
        """Looks, unless another screen hides this one."""
        if self.is_current or self.app.screen.is_modal:
            self._look()

    def on_screen_resume(self) -> None:
        """Is no longer hidden."""
        self._look()

    def on_unmount(self) -> None:
        """Lets the file system be."""
        self._watch.stop()

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._place_panels()
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click focuses the panel under it."""
        for name in FOCUSABLE:
            if event.widget is not None and event.widget.id == name:
                self._choose(self._options._replace(focus=name))

    def places(self, width: int, height: int) -> Layout:
        """Where the panels stand on a screen of that size."""
        return place(self._dashboard, width, height, zoomed=self._options.focus if self._zoomed else None)

    def action_toggle_log(self) -> None:
        """Switches the loss axis between logarithmic and linear."""
        chart = self._options.chart
        self._choose(self._options._replace(chart=chart._replace(log=not chart.log)))

    def action_next_smoothing(self) -> None:
        """Smooths more, or not at all after the most."""
        chart = self._options.chart
        following = SMOOTHINGS[(SMOOTHINGS.index(chart.smoothing) + 1) % len(SMOOTHINGS)]
        if self._curves.are_short:
            self._set_smoothing(following)
        else:
            self._smooth_beside(following)

    def _set_smoothing(self, weight: float) -> None:
        self._choose(self._options._replace(chart=self._options.chart._replace(smoothing=weight)))

    @work(thread=True, exclusive=True, group="smoothing")
    def _smooth_beside(self, weight: float) -> None:
        """Smooths long series beside the screen, and then shows them."""
        self._curves.prepare(weight)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._set_smoothing, weight)

    def action_toggle_freeze(self) -> None:
        """Holds the figures and the chart as they are; the header goes on."""
        self._frozen_at = None if self._frozen_at else (self._facts, self._clock())
        self._choose(self._options._replace(frozen=self._frozen_at is not None))
        self._look()

    def action_focus_panel(self, direction: int) -> None:
        """Moves the focus over the panels that are on the screen; to any other where one has all of it."""
        shown = [name for name in FOCUSABLE if self._zoomed or name in self.places(*self.app.size)]
        focus = self._options.focus
        index = shown.index(focus) + direction if focus in shown else (0 if direction > 0 else -1)
        self._options = self._options._replace(focus=shown[index % len(shown)])
        self._place_panels()
        self._draw()

    def action_toggle_zoom(self) -> None:
        """Gives the focused panel the whole screen, or gives it back."""
        self._zoomed = not self._zoomed and self._options.focus is not None
        self._place_panels()
        self._draw()

    def action_unzoom(self) -> None:
        """Gives the screen back to all panels."""
        if self._zoomed:
            self.action_toggle_zoom()

    def _choose(self, options: FrameOptions) -> None:
        self._options = options
        self._draw()

    def _look(self) -> None:
        """Polls the source, and draws what has changed."""
        now = self._looked_at = self._clock()
        self._facts = self._source.poll(now)
        shown, at = self._frozen_at or (self._facts, now)
        dashboard = self._build(shown, at)
        if self._frozen_at:
            self._dashboard = _with_header_of(dashboard, self._build(self._facts, now))
        else:
            self._refresh_curves(dashboard)
            self._relayout(dashboard)
        if self._draw():
            self._count_frame()
        self.call_after_refresh(self._aim_watch)

    def _count_frame(self) -> None:
        """Numbers a frame that differs from the one before; the number itself makes none another one."""
        self._frame += 1
        status = msgspec.structs.replace(self._dashboard.status, frame=self._frame)
        self._dashboard = msgspec.structs.replace(self._dashboard, status=status)
        self._draw("status")

    def _aim_watch(self) -> None:
        """Where no news is expected before the next look, whatever comes is shown at once."""
        moving = self._facts.condition in ("running", "slow")
        self._watch.aim(None if moving else Path(self._facts.place))

    def on_dashboard_screen_woken(self) -> None:
        """Looks now, unless it has just looked: a busy folder wakes often."""
        if abs(self._clock() - self._looked_at) > _WAKE_SECONDS:
            self._look()

    def _build(self, facts: Facts, now: float) -> Dashboard:
        options = ViewOptions(utc_offset_seconds=time.localtime(now).tm_gmtoff)
        return build(facts, options, now=now, frame=self._frame)

    def _relayout(self, dashboard: Dashboard) -> None:
        """Takes `dashboard` for the one to draw, and the layout anew if it has other panels to place."""
        before = self.places(*self.app.size)
        self._dashboard = dashboard
        if self.places(*self.app.size) != before:
            self._place_panels()

    def _place_panels(self) -> None:
        places = self.places(*self.app.size)
        for panel in self.query(Panel):
            panel.display = panel.id in places
            panel.refresh(layout=True)  # of the panel: a screen keeps its arrangement until a child asks for another

    def _refresh_curves(self, dashboard: Dashboard) -> None:
        series = dashboard.loss.series
        self._curves.refresh([series, "validation/loss"] if series else [])
        for curve in self._curves.wanting_pyramids():
            if curve not in self._building:
                self._building.add(curve)
                self.call_after_refresh(self._build_pyramid, curve)

    def _draw(self, *only: PanelName) -> bool:
        """Draws all panels, or some; whether any of them changed."""
        changed = False
        for name, (_, _, width, height) in self.places(*self.app.size).items():
            if only and name not in only:
                continue
            lines = draw_panel(name, self._dashboard, self._curves, self._options, width, height)
            changed |= self.query_one(f"#{name}", Panel).show(lines)
        return changed

    @work(thread=True)
    def _build_pyramid(self, curve: Curve) -> None:
        """Takes a long series in, beside the screen; numpy is imported here, after the first paint."""
        from kan_monitor.charts.pyramid import Pyramid

        file, worker = curve.new_file(), get_current_worker()
        file.refresh()
        pyramid = Pyramid(file)
        while not worker.is_cancelled and pyramid.extend(limit=_CHUNK_RECORDS):
            pass
        pyramid.prepare(self._options.chart.smoothing)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._adopt, curve, pyramid, file)

    def _adopt(self, curve: Curve, pyramid: Pyramid, file: SeriesFile) -> None:
        curve.adopt(pyramid, file)
        self._building.discard(curve)
        self._look()


def _with_header_of(frozen: Dashboard, live: Dashboard) -> Dashboard:
    return msgspec.structs.replace(frozen, header=live.header)
