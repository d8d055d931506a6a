"""A view of something long: scrolled by keys and wheel, searched by `/`, kept at its end while that grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from kan_monitor.app.session import Session
from kan_monitor.app.typed_line import TypedLine
from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import fit
from kan_monitor.panels.scroll import RowsOf, find, first_at_end, highlighted, matches, rows_from

_WHEEL_ENTRIES: Final = 3


class ScrollView(ViewScreen, TypedLine):
    """Entries below each other; what they are, a subclass says.

    Attributes:
        heading: Of the frame around them.
        follows: Whether it begins at the end, and stays there until one scrolls away.
        nothing: What is shown where there are no entries.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", "scroll up"),
        Binding("down,j", "scroll(1)", "scroll down"),
        Binding("pageup", "page(-1)", "a page up"),
        Binding("pagedown,space", "page(1)", "a page down"),
        Binding("home,g", "top", "to the beginning"),
        Binding("end,G", "bottom", "to the end; a log is followed there"),
        Binding("slash", "type", "search"),
        Binding("n", "next(1)", "next match"),
        Binding("N", "next(-1)", "previous match"),
        Binding("w", "toggle_wrap", "wrap long lines, or cut them"),
    ]
    keys = (("/", "search"), ("n", "next"), ("w", "wrap"))
    heading: ClassVar[str]
    follows: ClassVar[bool] = False
    nothing: str = ""

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        #: The entry at the top; None at the end of what is followed.
        self._first: int | None = None if self.follows else 0
        self._found: int | None = None
        self._wanted = ""
        self._wrapped = False
        self._missed = False

    def total(self) -> int:
        """How many entries there are."""
        raise NotImplementedError

    def text_of(self, number: int) -> str:
        """The text of an entry, for the search."""
        raise NotImplementedError

    def rows_of(self, number: int, width: int, *, wrapped: bool) -> Sequence[Line]:
        """An entry as it is drawn."""
        raise NotImplementedError

    def note(self) -> str:
        """What the frame says of all of it."""
        return ""

    def draw_view(self, width: int, height: int) -> list[Line]:
        """The window over the entries, in a frame; the search stands in its last row while there is one."""
        inner_width, inner_height = inner_size(width, height)
        said = self._search_line()
        room = max(0, inner_height - bool(said))
        top, end = self._top(inner_width, room), first_at_end(self.total(), self._drawn(inner_width), room)
        rows = rows_from(top, self.total(), self._drawn(inner_width), room)
        if not self.total():
            rows = [[Span(self.nothing, "label")]]
        if said:
            rows = [*rows, *([] for _ in range(room - len(rows))), fit(said, inner_width)]
        note = " · ".join(filter(None, (self.note(), "more ↓" if top < end else "")))
        return framed(rows, width, height, title=self.heading, note=note)

    def _drawn(self, width: int) -> RowsOf:
        def rows_of(number: int) -> list[Line]:
            rows = self.rows_of(number, width - 2, wrapped=self._wrapped)
            hit = bool(self._wanted) and matches(self.text_of(number), self._wanted)
            marks = [Span("▸ " if hit and number == self._found else "• " if hit else "  ", "key")]
            marks += [Span("  ")] * (len(rows) - 1)
            return [[mark, *highlighted(row, self._wanted)] for mark, row in zip(marks, rows, strict=True)]

        return rows_of

    def _top(self, width: int, height: int) -> int:
        end = first_at_end(self.total(), self._drawn(width), height)
        return end if self._first is None else min(self._first, end)

    def _room(self) -> tuple[int, int]:
        width, height = inner_size(self.app.size.width, self.app.size.height - 2)
        return width, max(1, height - bool(self._search_line()))

    def action_scroll(self, by: int) -> None:
        """Moves the window; down to the end of what is followed it is followed again."""
        end = self._end()
        top = max(0, (end if self._first is None else min(self._first, end)) + by)
        self._first = None if self.follows and top >= end else min(top, end)
        self.draw()

    def action_page(self, direction: int) -> None:
        """Moves the window by its height."""
        self.action_scroll(direction * max(1, self._room()[1] - 1))

    def action_top(self) -> None:
        """Shows the first entry."""
        self._first = 0
        self.draw()

    def action_bottom(self) -> None:
        """Shows the last entry, and those that will come."""
        self._first = None if self.follows else self._end()
        self.draw()

    def action_toggle_wrap(self) -> None:
        """Draws long entries whole, or cut."""
        self._wrapped = not self._wrapped
        self.draw()

    def kept(self) -> str:
        """What is looked for."""
        return self._wanted

    def typed(self, text: str) -> None:
        """Shows the first match from the window on."""
        top, total = self._top(*self._room()), self.total()
        self._wanted, self._found = text, None
        numbers = ((top + offset) % total for offset in range(total))
        self._go_to(find(self.text_of, numbers, text) if text else None)

    def typed_all(self, text: str | None) -> None:
        """Looks for that, or for nothing any more."""
        self._wanted, self._missed = text or "", self._missed and text is not None
        self.draw()

    def action_next(self, direction: int) -> None:
        """Goes to the next entry with what is looked for, or the one before; round the end."""
        total = self.total()
        if not self._wanted or not total:
            return
        begin = self._found if self._found is not None else self._top(*self._room()) - direction
        numbers = ((begin + direction * (1 + offset)) % total for offset in range(total))
        self._go_to(find(self.text_of, numbers, self._wanted))

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel moves the window."""
        self.action_scroll(_WHEEL_ENTRIES)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel moves the window."""
        self.action_scroll(-_WHEEL_ENTRIES)

    def _end(self) -> int:
        width, height = self._room()
        return first_at_end(self.total(), self._drawn(width), height)

    def _go_to(self, found: int | None) -> None:
        self._missed = bool(self._wanted) and found is None
        self._found = found
        if found is not None:
            width, height = self._room()
            top = self._top(width, height)
            if not top <= found < top + height - 1:
                self._first = max(0, found - height // 2)
        self.draw()

    def _search_line(self) -> Line:
        """What is typed or was searched for, and whether it was found."""
        if typing := self.line_of_typing():
            return [*typing, Span("  not found", "warn")] if self._missed else typing
        if self._wanted:
            return [Span("/", "key"), Span(self._wanted, "label"), Span("  n next, N previous, / esc ends", "faint")]
        return []
