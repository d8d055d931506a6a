"""What the keys do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import ClassVar, Final, NamedTuple

from rich.style import Style
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from kan_monitor.app.changed_cells import CellCompositor
from kan_monitor.app.panel import Panel
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed
from kan_monitor.panels.lines import fit

_COLUMN: Final = 60
_KEY: Final = 11
_AROUND: Final = 6
_NAMES: Final = {
    "question_mark": "?",
    "slash": "/",
    "shift+tab": "⇧tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "shift+left": "⇧←",
    "shift+right": "⇧→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "right_curly_bracket": "}",
    "comma": ",",
    "full_stop": ".",
    "semicolon": ";",
    "colon": ":",
    "ctrl+p": "^p",
}


class Key(NamedTuple):
    """A key, as a keyboard names it, what it does, and who does it."""

    name: str
    meaning: str
    action: str = ""
    doer: App[None] | Screen[object] | None = None


def keys_of(app: App[None], screen: Screen[object]) -> list[Key]:
    """The keys that mean something on `screen`: its own first, those of every screen last, without those that are taken
    already."""
    found: list[Key] = []
    taken: set[str] = set()
    for kind in (*type(screen).__mro__, type(app)):
        for binding in vars(kind).get("BINDINGS", ()) if kind.__module__.startswith("kan_monitor.") else ():
            free = [key for key in binding.key.split(",") if key not in taken] if isinstance(binding, Binding) else []
            taken.update(free)
            if free and binding.show:
                name = " ".join(_NAMES.get(key, key) for key in free)
                found.append(Key(name, binding.description, binding.action, app if kind is type(app) else screen))
    return found


class HelpScreen(ModalScreen[None]):
    """Lists keys in one frame, in two columns where there is room and need."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "dismiss", "close the help")]

    def __init__(self, keys: Sequence[Key], inks: Mapping[Ink, Style]) -> None:
        super().__init__()
        self._compositor = CellCompositor()
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
        width, height = self.app.size
        columns = 2 if len(self._keys) + _AROUND > height and width >= 2 * _COLUMN - _KEY else 1
        rows = -(-len(self._keys) // columns)
        width, height = min(width, columns * _COLUMN + 4), min(height, rows + _AROUND)
        panel = self.query_one("#help", Panel)
        panel.styles.width, panel.styles.height = width, height
        panel.show(_help(self._keys, rows, width, height))


def _help(keys: Sequence[Key], rows: int, width: int, height: int) -> list[Line]:
    column = (width - 4) // -(-len(keys) // rows)
    halves = zip_longest(keys[:rows], keys[rows:], fillvalue=Key("", ""))
    lines: list[Line] = [[]]
    lines += [[span for key in pair for span in fit(_line(key), column)] for pair in halves]
    lines += [[], [Span("The monitor only reads: nothing here touches the training.", "label")]]
    return framed(lines, width, height, title="help", note="esc closes")


def _line(key: Key) -> Line:
    return [*fit([Span(key.name, "key")], _KEY - 1), Span(" "), Span(key.meaning, "plain")]
