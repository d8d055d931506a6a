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
from kan_monitor.panels.frame import framed, inner_size
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
    "comma": ",",
    "full_stop": ".",
    "semicolon": ";",
    "colon": ":",
    "ctrl+p": "^p",
}
#: ASCII has no arrows of its own: `<` would be taken for the key of that name.
_IN_WORDS: Final = str.maketrans({"↑": "up", "↓": "down", "←": "left", "→": "right", "⇧": "shift+"})
_ONLY_READS: Final = "The monitor only reads: nothing here touches the training."
_ASKS: Final = "Only C touches the training, and asks you before it does."


class Key(NamedTuple):
    """A key, as a keyboard names it, what it does, and who does it."""

    name: str
    meaning: str
    action: str = ""
    doer: App[None] | Screen[object] | None = None


def keys_of(app: App[None], screen: Screen[object]) -> list[Key]:
    """The keys that mean something on `screen`: its own first, those of every screen last."""
    kinds = (*type(screen).__mro__, type(app))
    return [
        Key(_name(binding), binding.description, binding.action, app if kind is type(app) else screen)
        for kind in kinds
        if kind.__module__.startswith("kan_monitor.")
        for binding in vars(kind).get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.show and app.check_action(binding.action, ())
    ]


def _name(binding: Binding) -> str:
    return " ".join(_NAMES.get(key, key) for key in binding.key.split(","))


class HelpScreen(ModalScreen[None]):
    """Lists keys in one frame, in two columns where there is room and need; scrolled where there is not enough."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "close the help"),
        Binding("up,k", "scroll(-1)", "scroll up"),
        Binding("down,j", "scroll(1)", "scroll down"),
        Binding("pageup", "scroll(-10)", "far up"),
        Binding("pagedown,space", "scroll(10)", "far down"),
    ]

    def __init__(self, keys: Sequence[Key], inks: Mapping[Ink, Style]) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._inks = inks
        self._keys = keys
        self._first = 0

    def compose(self) -> Iterator[Panel]:
        """One panel in the middle."""
        yield Panel(self._inks, id="help")

    def on_mount(self) -> None:
        """Draws for the size of the screen."""
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._draw()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        self.action_scroll(3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        self.action_scroll(-3)

    def action_scroll(self, by: int) -> None:
        """Moves the window over the keys."""
        self._first += by
        self._draw()

    def _draw(self) -> None:
        width, height = self.app.size
        columns = 2 if len(self._keys) + _AROUND > height and width >= 2 * _COLUMN - _KEY else 1
        rows = -(-len(self._keys) // columns)
        width, height = min(width, columns * _COLUMN + 4), min(height, rows + _AROUND)
        lines = _help(self._keys, rows, width, in_words=self.app.has_class("ascii"))
        hidden = max(0, len(lines) - inner_size(width, height)[1])
        self._first = max(0, min(self._first, hidden))
        panel = self.query_one("#help", Panel)
        panel.styles.width, panel.styles.height = width, height
        note = "↑↓ scroll · esc closes" if hidden else "esc closes"
        panel.show(framed(lines[self._first :], width, height, title="help", note=note))


def _help(keys: Sequence[Key], rows: int, width: int, *, in_words: bool) -> list[Line]:
    column = (width - 4) // -(-len(keys) // rows)
    halves = zip_longest(keys[:rows], keys[rows:], fillvalue=Key("", ""))
    lines = [[span for key in pair for span in fit(_line(key, in_words=in_words), column)] for pair in halves]
    asks = any(key.action == "control" for key in keys)
    return [[], *lines, [], [Span(_ASKS if asks else _ONLY_READS, "label")]]


def _line(key: Key, *, in_words: bool) -> Line:
    name = key.name.translate(_IN_WORDS) if in_words else key.name
    return [*fit([Span(name, "key")], _KEY - 1), Span(" "), Span(key.meaning, "plain")]
