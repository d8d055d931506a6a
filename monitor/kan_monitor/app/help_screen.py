"""What the keys do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
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
_READS: Final = "The monitor only reads: training is never touched."
_ASKS: Final = "Training is never touched, unless you ask it with C."
_HERE: Final = "this screen"
_PLACES: Final = (_HERE, "charts", "everywhere")
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
    """A key, as a keyboard names it, what it does, who does it, and where it does so."""

    name: str
    meaning: str
    action: str = ""
    doer: App[None] | Screen[object] | None = None
    place: str = ""


def keys_of(app: App[None], screen: Screen[object]) -> list[Key]:
    """The keys that mean something on `screen`: its own first, those of every screen last, without those that are taken
    already. A class says in `KEYS_OF` where its keys are at home, if not on this screen alone."""
    found: list[Key] = []
    taken: set[str] = set()
    for kind in (*type(screen).__mro__, type(app)):
        for binding in vars(kind).get("BINDINGS", ()) if kind.__module__.startswith("kan_monitor.") else ():
            free = [key for key in binding.key.split(",") if key not in taken] if isinstance(binding, Binding) else []
            taken.update(free)
            if free and binding.show and app.check_action(binding.action, ()):
                name = " ".join(_NAMES.get(key, key) for key in free)
                doer = app if kind is type(app) else screen
                found.append(Key(name, binding.description, binding.action, doer, vars(kind).get("KEYS_OF", _HERE)))
    return sorted(found, key=lambda key: _PLACES.index(key.place))


class HelpScreen(ModalScreen[None]):
    """Lists keys in one frame, in two columns where there is room and need."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "close the help"),
        Binding("up,k", "scroll(-1)", "scroll up"),
        Binding("down,j", "scroll(1)", "scroll down"),
        Binding("pageup", "scroll(-10)", "scroll far up"),
        Binding("pagedown,space", "scroll(10)", "scroll far down"),
    ]

    def __init__(self, keys: Sequence[Key], inks: Mapping[Ink, Style]) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._inks = inks
        self._rows = _rows(keys)
        self._promise = _ASKS if any(key.action == "control" for key in keys) else _READS
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

    def action_scroll(self, by: int) -> None:
        """Shows other keys, where the screen is too low for all of them."""
        self._first += by
        self._draw()

    def _draw(self) -> None:
        width, height = self.app.size
        columns = 2 if len(self._rows) + _AROUND > height and width >= 2 * _COLUMN - _KEY else 1
        rows = -(-len(self._rows) // columns)
        width, height = min(width, columns * _COLUMN + 4), min(height, rows + _AROUND)
        hidden = max(0, rows + _AROUND - height)
        self._first = min(hidden, max(0, self._first))
        panel = self.query_one("#help", Panel)
        panel.styles.width, panel.styles.height = width, height
        shown = slice(self._first, self._first + height - _AROUND)
        halves = self._rows[:rows][shown], self._rows[rows:][shown]
        lines = _help(halves, (width - 4) // columns, self._promise)
        more = "more ↓ · " if self._first < hidden else ""
        panel.show(framed(lines, width, height, title="help", note=f"{more}esc closes"))


def _rows(keys: Sequence[Key]) -> list[Line]:
    """The keys under where they are at home."""
    rows: list[Line] = []
    for place, group in groupby(keys, key=lambda key: key.place):
        rows += [[], [Span(place, "title")], *map(_line, group)]
    return rows[1:]


def _help(halves: tuple[list[Line], list[Line]], column: int, promise: str) -> list[Line]:
    empty: Line = []
    beside = zip_longest(*halves, fillvalue=empty)
    rows: list[Line] = [[span for half in pair for span in fit(half, column)] for pair in beside]
    return [[], *rows, [], [Span(promise, "label")]]


def _line(key: Key) -> Line:
    return [*fit([Span(key.name, "key")], _KEY - 1), Span(" "), Span(key.meaning, "plain")]
