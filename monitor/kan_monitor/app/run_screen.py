"""What all screens of the run have in common: they draw the session when it has looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from kan_monitor.app.changed_cells import CellCompositor
from kan_monitor.app.session import Session
from kan_monitor.curve import Curve
from kan_monitor.ink import Ink


class RunScreen(Screen[None]):
    """Shows the run of `session`; the app looks, and calls `show_news`."""

    KEYS_OF = "everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "toggle_freeze", "freeze the screen; the clock goes on"),
    ]

    class CurvesWanted(Message):
        """Series that are too long to be read between two frames are to be taken in beside the screen."""

        def __init__(self, curves: list[Curve]) -> None:
            super().__init__()
            self.curves = curves

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._session = session
        self._inks = inks

    def series_names(self) -> list[str]:
        """The series that the screen shows now; no other costs anything."""
        return []

    def series_ahead(self) -> Sequence[str]:
        """Series that may be shown soon; they are taken in once, behind those that are."""
        return ()

    def draw(self) -> bool:
        """Draws what has changed; whether anything has."""
        raise NotImplementedError

    def show_news(self) -> None:
        """The session has looked; a screen on its way in or out has no panels to show it."""
        if not self.children:
            return
        wanted = self._session.refresh_curves(self.series_names(), self.series_ahead())
        if wanted:  # once what is here already is on the screen
            self.call_after_refresh(self.post_message, self.CurvesWanted(wanted))
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

    def action_toggle_freeze(self) -> None:
        """Holds the figures and the charts as they are; the header goes on."""
        self._session.toggle_freeze()
        self._session.look()
        self.draw()
