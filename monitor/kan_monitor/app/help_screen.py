"""What the keys do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from kan_monitor.app.panel import Panel
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed


class HelpScreen(ModalScreen[None]):
    """Lists the keys of the screen below and of the app, in one frame."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "dismiss", "close the help")]

    def __init__(self, keys: list[tuple[str, str]], inks: Mapping[Ink, Style]) -> None:
        super().__init__()
        self._inks = inks
        self._keys = keys

    def compose(self) -> Iterator[Panel]:
        """One panel in the middle."""
        yield Panel(self._inks, id="help")

    def on_mount(self) -> None:
        """Draws for the size of the screen."""
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._draw()

    def _draw(self) -> None:
        width = min(self.app.size.width, 64)
        height = min(self.app.size.height, len(self._keys) + 6)
        panel = self.query_one("#help", Panel)
        panel.styles.width, panel.styles.height = width, height
        panel.show(_help(self._keys, width, height))


def _help(keys: list[tuple[str, str]], width: int, height: int) -> list[Line]:
    lines: list[Line] = [[]]
    lines += [[Span(f"{key:<10}", "key"), Span(meaning, "plain")] for key, meaning in keys]
    lines += [[], [Span("The monitor only reads: nothing here touches the training.", "label")]]
    return framed(lines, width, height, title="help", note="esc closes")
