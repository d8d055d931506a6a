"""What the keys do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from kan_monitor.app.panel import Panel
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed

if TYPE_CHECKING:
    from kan_monitor.app.monitor_app import MonitorApp


class HelpScreen(ModalScreen[None]):
    """Lists the keys of the screen below and of the app, in one frame."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "dismiss", "close the help")]

    def __init__(self, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> Iterator[Panel]:
        """One panel in the middle."""
        app: MonitorApp = self.app  # type: ignore[assignment]
        width = min(app.size.width, 64)
        height = min(app.size.height, len(self._keys) + 6)
        panel = Panel(app.inks, id="help")
        panel.styles.width, panel.styles.height = width, height
        panel.show(_help(self._keys, width, height))
        yield panel


def _help(keys: list[tuple[str, str]], width: int, height: int) -> list[Line]:
    lines: list[Line] = [[]]
    lines += [[Span(f"{key:<10}", "key"), Span(meaning, "plain")] for key, meaning in keys]
    lines += [[], [Span("The monitor only reads: nothing here touches the training.", "label")]]
    return framed(lines, width, height, title="help", note="esc closes")
