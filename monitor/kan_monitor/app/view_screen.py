"""A screen of one view of the run: the header, what the view draws, the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType

from kan_monitor.app.panel import Panel
from kan_monitor.app.places import Places
from kan_monitor.app.run_screen import RunScreen
from kan_monitor.app.session import Session
from kan_monitor.ink import Ink, Line
from kan_monitor.panels import footer, header
from kan_monitor.panels.layout import Rect


class ViewScreen(RunScreen):
    """Shows a view over the whole screen; what it is, a subclass says.

    Attributes:
        keys: What the footer names before the keys that every view has.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back to the dashboard")]
    keys: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._places = Places(_places)

    def draw_view(self, width: int, height: int) -> list[Line]:
        """What is between header and footer, at exactly that size."""
        raise NotImplementedError

    @property
    def layout(self) -> Places:
        """Header, view and footer below each other."""
        return self._places

    def compose(self) -> Iterator[Panel]:
        """The panels."""
        for name in ("header", "view", "footer"):
            yield Panel(self._inks, id=name)

    def draw(self) -> bool:
        """Draws what has changed; whether anything has."""
        width, height = self.app.size
        session = self._session
        drawn = {
            "header": header.draw(session.dashboard.header, width, 1, frozen=session.options.frozen),
            "view": self.draw_view(width, max(0, height - 2)),
            "footer": footer.draw(self.keys, width, kept=footer.BACK),
        }
        changed = [self.query_one(f"#{name}", Panel).show(lines) for name, lines in drawn.items()]
        return any(changed)

    def action_back(self) -> None:
        """Leaves the view."""
        self.dismiss()


def _places(width: int, height: int) -> dict[str, Rect]:
    return {
        "header": Rect(0, 0, width, 1),
        "view": Rect(0, 1, width, max(0, height - 2)),
        "footer": Rect(0, max(1, height - 1), width, 1),
    }
