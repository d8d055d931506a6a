"""Every series of the run as a small chart: searched, pinned, and one of them enlarged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, NamedTuple

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from kan_monitor.app.chart_screen import ChartScreen
from kan_monitor.app.session import Session
from kan_monitor.app.typed_line import TypedLine
from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.charts.chart import columns_of
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels import tile
from kan_monitor.panels.grid import Grid, grid_of
from kan_monitor.panels.lines import fit, stack
from kan_monitor.text import count
from kan_monitor.view.series import in_order, meant

#: More series than this are not taken in before they are looked at.
_AHEAD: Final = 64
#: A page of charts that all change is the most that the terminal ever gets, so they change no oftener than this.
_PACE_SECONDS: Final = 1.0


class _Drawn(NamedTuple):
    """A small chart as it was drawn last: under which choices, how far its series and its run had grown, and when."""

    key: object
    grown: object
    seconds: float
    lines: list[Line]


class View(ChartScreen, ViewScreen, TypedLine):
    """The grid; a page of it is on the screen, and only its series cost anything."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "previous series"),
        Binding("right", "move(1)", "next series"),
        Binding("up", "move_row(-1)", "a row up"),
        Binding("down", "move_row(1)", "a row down"),
        Binding("pageup", "page(-1)", "previous page"),
        Binding("pagedown", "page(1)", "next page"),
        Binding("enter", "enlarge", "the chosen series alone, and back"),
        Binding("space", "pin", "pin the series to the top, or let it go"),
        Binding("slash", "type", "search: words, or a pattern such as */loss"),
        Binding("left_square_bracket", "columns(-1)", "fewer columns"),
        Binding("right_square_bracket", "columns(1)", "more columns"),
    ]
    keys = (("/", "search"), ("space", "pin"), ("enter", "enlarge"), ("pgdn", "next page"))

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._chosen: str | None = None
        self._enlarged = False
        self._columns: int | None = None
        self._search = ""
        self._meant: tuple[tuple[Sequence[str], Sequence[str], str] | None, list[str]] = (None, [])
        self._drawn: dict[str, _Drawn] = {}

    def series_names(self) -> list[str]:
        """Those on the page."""
        return self._page()

    def series_ahead(self) -> Sequence[str]:
        """Those on the pages behind it."""
        return self._names()[:_AHEAD]

    def draw_view(self, width: int, height: int) -> list[Line]:
        """The grid, or one series alone, over a line that says which part of all that is."""
        names, below = self._names(), fit(self._line_below(), width)
        if not names:
            what = f"no series has {self._search!r} in its name" if self._search else "no series yet"
            return stack([[], [Span(f" {what}", "label")], *([] for _ in range(height - 3)), below], width, height)
        if self._enlarged:
            return [*self._tile(self._at(), width, height - 1), below][:height]
        grid = self._grid()
        return [*grid.paste([self._cell(name, *grid.cell) for name in self._page()]), below][:height]

    def chart_columns(self) -> int:
        """The dots of a chart."""
        return columns_of(self.app.size.width if self._enlarged else self._grid().cell[0])

    def _cell(self, name: str, width: int, height: int) -> list[Line]:
        """A small chart, drawn again when it would be another one; where only its series has grown, at its pace."""
        session, drawn, now = self._session, self._drawn.get(name), self._session.clock()
        loading, pinned = bool(session.curves.loading([name])), name in session.pinned
        key = (loading, session.options, width, height, name == self._at(), pinned)
        grown = (session.curves.version(name), self.extent)
        waits = drawn and (drawn.grown == grown or abs(now - drawn.seconds) < _PACE_SECONDS)
        if drawn is None or drawn.key != key or not waits:
            air = 1 if height > 8 else 0
            lines = stack(self._tile(name, width, height - air), width, height)
            self._drawn[name] = drawn = _Drawn(key, grown, now, lines)
        return drawn.lines

    def _tile(self, name: str, width: int, height: int) -> list[Line]:
        session = self._session
        total = session.dashboard.progress.step.whole.value
        return tile.draw(
            session.curves,
            name,
            session.options.chart,
            width,
            height,
            total_steps=None if total is None else int(total),
            plan=session.dashboard.progress.learning_rate_plan if name == "learning_rate" else (),
            utc_offset_seconds=session.dashboard.utc_offset_seconds,
            focused=name == self._at(),
            pinned=name in session.pinned,
            plain=session.options.plain,
        )

    def _names(self) -> list[str]:
        """The series that are meant, in order; worked out when there are others, or others are meant."""
        key = (self._session.source.series_names(), tuple(self._session.pinned), self._search)
        if key != self._meant[0]:
            self._meant = (key, meant(in_order(*key[:2]), self._search))
        return self._meant[1]

    def _at(self) -> str:
        """The chosen series; the first one where that is not among those that are meant."""
        names = self._names()
        return self._chosen if self._chosen in names else names[0] if names else ""

    def _grid(self) -> Grid:
        width, height = self.app.size
        return grid_of(width, max(1, height - 3), len(self._names()), self._columns)

    def _page(self) -> list[str]:
        """The series on the screen: the page with the chosen one."""
        names = self._names()
        if self._enlarged:
            return [self._at()] if names else []
        cells = self._grid().cells
        first = names.index(self._at()) // cells * cells if names else 0
        return names[first : first + cells]

    def _line_below(self) -> Line:
        """What is being typed, or how much of everything is on the screen, and whether it is all there."""
        if typing := self.line_of_typing():
            return [Span(" "), *typing]
        names, page = self._names(), self._page()
        pages = -(-len(names) // max(1, len(page))) if page else 0
        at = names.index(page[0]) // len(page) + 1 if page else 0
        missing = self._session.intake.left
        parts = [f"{count(len(names))} series", f"page {at} of {pages}" if pages > 1 and not self._enlarged else ""]
        parts += [f"search: {self._search}" if self._search else "", f"loading {missing}" if missing else ""]
        return [Span(" " + "  ·  ".join(filter(None, parts)), "label")]

    def action_move(self, by: int) -> None:
        """Chooses another series."""
        names = self._names()
        if names:
            self._chosen = names[min(len(names) - 1, max(0, names.index(self._at()) + by))]
            self.show_news()

    def action_move_row(self, by: int) -> None:
        """Chooses the series above or below."""
        self.action_move(by * (1 if self._enlarged else self._grid().columns))

    def action_page(self, by: int) -> None:
        """Turns the page."""
        self.action_move(by * (1 if self._enlarged else self._grid().cells))

    def action_enlarge(self) -> None:
        """Shows the chosen series alone, or the grid again."""
        self._enlarged = not self._enlarged
        self.show_news()

    def action_back(self) -> None:
        """Leaves what was enlarged, then what was searched for, then the view."""
        if self._enlarged:
            self.action_enlarge()
        elif self._search:
            self._search = ""
            self.show_news()
        else:
            super().action_back()

    def action_pin(self) -> None:
        """Pins the chosen series to the top, or lets it go."""
        name, pinned = self._at(), self._session.pinned
        if name in pinned:
            pinned.remove(name)
        elif name:
            pinned.append(name)
        self._chosen = name
        self.show_news()

    def action_columns(self, by: int) -> None:
        """Has another number of columns."""
        self._columns = max(1, self._grid().columns + by)
        self.show_news()

    def kept(self) -> str:
        """What is searched for."""
        return self._search

    def action_type(self) -> None:
        """Begins to type what to look for, among all."""
        self._enlarged = False
        super().action_type()

    def typed(self, text: str) -> None:
        """Shows the series that are meant."""
        self._search = text
        self.show_news()

    def typed_all(self, text: str | None) -> None:
        """Shows these, or all."""
        self.typed(text or "")

    def on_click(self, event: events.Click) -> None:
        """A click chooses a series; one on the chosen one enlarges it."""
        index = None if self._enlarged else self._grid().index_at(event.x, event.y)
        page = self._page()
        if event.widget is None or event.widget.id != "view" or index is None or index >= len(page):
            return
        if page[index] == self._at():
            self.action_enlarge()
        else:
            self._chosen = page[index]
            self.show_news()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel turns pages."""
        self.action_page(1)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel turns pages."""
        self.action_page(-1)
