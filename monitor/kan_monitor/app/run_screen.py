"""What all screens of the run have in common: they draw the session, and the keys of the charts mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from kan_monitor.app.changed_cells import CellCompositor
from kan_monitor.app.session import Session
from kan_monitor.curves import ChartOptions
from kan_monitor.ink import Ink

SMOOTHINGS: Final = (0.0, 0.6, 0.9, 0.99)


class RunScreen(Screen[None]):
    """Shows the run of `session`; the app looks, and calls `show_news`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log", "log or linear axis"),
        Binding("s", "next_smoothing", "smoothing: raw, 0.6, 0.9, 0.99"),
        Binding("p", "toggle_freeze", "freeze the screen; the clock goes on"),
    ]

    class CurvesWanted(Message):
        """Series that are too long to be read between two frames are to be taken in beside the screen."""

        def __init__(self, names: list[str]) -> None:
            super().__init__()
            self.names = names

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._session = session
        self._inks = inks

    def series_names(self) -> list[str]:
        """The series that the screen shows now; no other costs anything."""
        return []

    def draw(self) -> bool:
        """Draws what has changed; whether anything has."""
        raise NotImplementedError

    def show_news(self) -> None:
        """The session has looked; a screen on its way in or out has no panels to show it."""
        if not self.children:
            return
        names = self.series_names()
        if self._session.refresh_curves(names):
            self.post_message(self.CurvesWanted(names))
        if self.draw():
            self._session.count_frame()
            self.draw_frame_number()

    def draw_frame_number(self) -> None:
        """Draws what shows how many frames there were; nothing, unless a screen does show it."""

    def on_mount(self) -> None:
        """Draws before the first paint."""
        self.show_news()

    def on_screen_resume(self) -> None:
        """Is no longer hidden."""
        self.show_news()

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self.show_news()

    def action_toggle_log(self) -> None:
        """Switches the axes between logarithmic and linear."""
        chart = self._session.options.chart
        self.choose(chart._replace(log=not chart.log))

    def action_next_smoothing(self) -> None:
        """Smooths more, or not at all after the most."""
        smoothing = self._session.options.chart.smoothing
        following = SMOOTHINGS[(SMOOTHINGS.index(smoothing) + 1) % len(SMOOTHINGS)]
        if self._session.curves.are_short:
            self._set_smoothing(following)
        else:
            self._smooth_beside(following)

    def action_toggle_freeze(self) -> None:
        """Holds the figures and the charts as they are; the header goes on."""
        self._session.toggle_freeze()
        self._session.look()
        self.draw()

    def choose(self, chart: ChartOptions) -> None:
        """Draws all charts so, on this screen and on any other."""
        self._session.choose(chart)
        self.draw()

    def _set_smoothing(self, weight: float) -> None:
        self.choose(self._session.options.chart._replace(smoothing=weight))

    @work(thread=True, exclusive=True, group="smoothing")
    def _smooth_beside(self, weight: float) -> None:
        """Smooths long series beside the screen, and then shows them."""
        self._session.curves.prepare(weight)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._set_smoothing, weight)
