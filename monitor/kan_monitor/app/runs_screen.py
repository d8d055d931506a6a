"""The list of runs: where one goes to another run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kan_monitor.app.changed_cells import CellCompositor
from kan_monitor.app.compare_screen import CompareScreen
from kan_monitor.app.line_edit import LineEdit
from kan_monitor.app.panel import Panel
from kan_monitor.ink import Ink
from kan_monitor.panels import runs
from kan_monitor.runs.index import STATE, Known, learn
from kan_monitor.runs.listing import SORTS, Listing, Order
from kan_monitor.runs.parser import QueryError, parse, parse_beginning
from kan_monitor.view.runs import FilterView, RunRow, RunsView, Slip, count_note, nothing_note, run_row
from kan_shared.text import safe_line

#: As many runs as there are inks that one can tell apart.
MOST_MARKED: Final = 8
#: How long the screen may be kept waiting by reading on, how often that is done, and how often it shows what came out.
_SLICE_SECONDS: Final = 0.006
_SLICE_EVERY_SECONDS: Final = 0.02
_SHOW_EVERY_SECONDS: Final = 0.3


class RunsScreen(Screen[Path | None]):
    """The runs under one folder; those on the screen are read, and others when a filter or an order needs them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "previous run"),
        Binding("down,j", "move(1)", "next run"),
        Binding("pageup", "page(-1)", "a page up"),
        Binding("pagedown", "page(1)", "a page down"),
        Binding("home", "move(-1000000)", "first run"),
        Binding("end", "move(1000000)", "last run"),
        Binding("enter", "open", "watch this run"),
        Binding("slash", "filter", "filter; kan-monitor runs --help has the language"),
        Binding("o", "sort", "sort by the next column"),
        Binding("O", "reverse", "sort the other way round"),
        Binding("space", "mark", "mark for a comparison, up to 8"),
        Binding("c", "compare", "compare the marked runs"),
        Binding("escape,r", "back", "back"),
    ]

    def __init__(
        self,
        root: Path,
        inks: Mapping[Ink, Style],
        *,
        refresh_seconds: float,
        take_first: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._inks = inks
        self._clock = clock
        self._root = root
        self._refresh_seconds = refresh_seconds
        self._take_first = take_first
        self._listing = Listing(root)
        self._shown: list[Known] = []
        self._chosen: str | None = None
        self._marked: list[str] = []
        self._filter = ""
        self._typing: LineEdit | None = None
        self._problem = ""
        self._unknown = 0
        self._slip: Slip | None = None
        self._selected_at = 0.0

    def compose(self) -> Iterator[Panel]:
        """One panel over the whole screen."""
        yield Panel(self._inks, id="runs")

    def on_mount(self) -> None:
        """Looks at once, then at regular intervals."""
        self._reading = self.set_interval(_SLICE_EVERY_SECONDS, self._read_on, pause=True)
        self._look()
        self.set_interval(max(1.0, self._refresh_seconds), self._tick)

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the run under it; a second one opens it."""
        index = self._first() + event.y - runs.ROWS_ABOVE
        if runs.ROWS_ABOVE <= event.y < runs.ROWS_ABOVE + self._rows() and index < len(self._shown):
            if index == self._index() and self._chosen is not None:
                self.action_open()
            else:
                self._choose(index)

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel moves the cursor."""
        self.action_move(3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel moves the cursor."""
        self.action_move(-3)

    def on_key(self, event: events.Key) -> None:
        """While a filter is typed, every key is its own; `/` begins at once, so that the next ones are not lost."""
        if self._typing is None and event.key != "slash":
            return
        event.stop()
        if self._typing is None:
            self.action_filter()
        elif event.key in ("enter", "escape"):
            self._end_typing(keep=event.key == "enter")
        else:
            self._type(self._typing.after(event.key, event.character if event.is_printable else None))

    def on_paste(self, event: events.Paste) -> None:
        """A filter can be pasted."""
        if self._typing is not None:
            event.stop()
            self._type(self._typing.pasted(event.text))

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        self._choose(self._index() + by)

    def action_page(self, by: int) -> None:
        """Moves the cursor by as many runs as are on the screen."""
        self.action_move(by * max(1, self._rows()))

    def action_open(self) -> None:
        """Goes to the run under the cursor."""
        if self._shown:
            self.dismiss(Path(self._shown[self._index()].place))

    def action_back(self) -> None:
        """Goes back to the run that was watched."""
        self.dismiss(None)

    def action_filter(self) -> None:
        """Begins to type a filter, from the one in force."""
        self._type(LineEdit(self._filter, len(self._filter)))

    def action_sort(self) -> None:
        """Sorts by the next column."""
        field = SORTS[(SORTS.index(self._listing.order.field) + 1) % len(SORTS)]
        self._listing.order = Order(field)
        self._select()

    def action_reverse(self) -> None:
        """Turns the order round."""
        self._listing.order = Order(self._listing.order.field, not self._listing.order.reverse)
        self._select()

    def action_mark(self) -> None:
        """Marks the run under the cursor, or takes its mark away, and goes on to the next."""
        if not self._shown:
            return
        name = self._shown[self._index()].name
        if name in self._marked:
            self._marked.remove(name)
        elif len(self._marked) < MOST_MARKED:
            self._marked.append(name)
        self.action_move(1)

    def action_compare(self) -> None:
        """Shows the marked runs side by side; without marks the one under the cursor."""
        by_name = {run.name: Path(run.place) for run in self._listing.index.runs}
        places = [by_name[name] for name in self._marked if name in by_name]
        if self._shown:
            chosen = places or [Path(self._shown[self._index()].place)]
            screen = CompareScreen(chosen, self._inks, refresh_seconds=self._refresh_seconds, clock=self._clock)
            self.app.push_screen(screen)

    def _choose(self, index: int) -> None:
        if self._shown:
            self._chosen = self._shown[min(len(self._shown) - 1, max(0, index))].name
            self._draw()

    def _type(self, line: LineEdit) -> None:
        """Shows what the filter finds as it is typed; where it is not whole yet, what its beginning finds, and why."""
        self._typing, self._problem = line, ""
        try:
            self._listing.query = parse(line.text)
        except QueryError as error:
            self._problem = safe_line(f"character {error.at + 1}: {error.problem}")
            self._listing.query = parse_beginning(line.text)
        self._select()

    def _end_typing(self, *, keep: bool) -> None:
        """Keeps the filter as it was typed, unless something is wrong with it, or goes back to the one before."""
        if self._typing is None or (keep and self._problem):
            return
        self._filter = self._typing.text.strip() if keep else self._filter
        self._typing, self._problem = None, ""
        self._listing.query = parse(self._filter)
        self._select()

    def _tick(self) -> None:
        """Looks, unless another screen hides this one."""
        if self.is_current or self.app.screen.is_modal:
            self._look()

    def _look(self) -> None:
        self._listing.index.look()
        found = self._listing.index.runs
        if self._take_first and found:
            self.dismiss(Path(found[0].place))
        else:
            self._select()

    def _read_on(self) -> None:
        """Reads what a filter or an order still needs, a little at a time."""
        if not self.is_current:
            return
        self._listing.learn(seconds=_SLICE_SECONDS)
        if not self._listing.unknown or time.monotonic() - self._selected_at >= _SHOW_EVERY_SECONDS:
            self._select()

    def _select(self) -> None:
        """Works out the list anew; the cursor stays on its run."""
        self._listing.learn(seconds=_SLICE_SECONDS)
        self._unknown = self._listing.unknown
        if self._unknown:
            self._reading.resume()
        else:
            self._reading.pause()
        self._shown = self._listing.select(self._clock())
        self._slip = None if self._shown or self._unknown else self._listing.slip(self._clock())
        self._selected_at = time.monotonic()
        self._draw()

    def _index(self) -> int:
        return next((index for index, run in enumerate(self._shown) if run.name == self._chosen), 0)

    def _rows(self) -> int:
        return runs.rows_of(self.app.size.height, typing=self._typing is not None)

    def _first(self) -> int:
        """The run in the topmost row: the window follows the cursor."""
        return max(0, min(self._index() - self._rows() // 2, len(self._shown) - self._rows()))

    def _draw(self) -> None:
        width, height = self.app.size
        self.query_one("#runs", Panel).show(runs.draw(self._view(self._clock()), width, height))

    def _view(self, now: float) -> RunsView:
        first, root, text = self._first(), os.fspath(self._root), self._filter
        on_screen = self._shown[first : first + self._rows()]
        learn(on_screen, self._listing.needs or STATE)
        filtered, order = self._listing.query is not None, self._listing.order
        return RunsView(
            rows=tuple(self._row(run, now) for run in on_screen),
            cursor=self._index() - first if self._shown else None,
            note=count_note(
                root,
                total=len(self._listing.index.runs),
                matching=len(self._shown) if filtered else None,
                unknown=self._unknown,
            ),
            nothing=nothing_note(root, str(self._listing.query) if filtered else "", self._slip),
            sort=order.field,
            reverse=order.reverse,
            filter=safe_line(text),
            typing=self._typing
            and FilterView(before=self._typing.before, behind=self._typing.behind, problem=self._problem),
        )

    def _row(self, run: Known, now: float) -> RunRow:
        number = self._marked.index(run.name) + 1 if run.name in self._marked else 0
        return run_row(run.facts(now), now, smoothed=run.smoothed(""), chosen_as=number)
