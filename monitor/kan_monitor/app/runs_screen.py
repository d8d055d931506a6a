"""The list of runs: where one goes to another run."""

from __future__ import annotations

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
from kan_monitor.app.panel import Panel
from kan_monitor.app.runs_list import RunsList
from kan_monitor.app.typed_line import TypedLine
from kan_monitor.ink import Ink
from kan_monitor.panels import runs
from kan_monitor.view.runs import FilterView

#: How long the screen may be kept waiting by reading on, how often that is done, and how often it shows what came out.
_SLICE_SECONDS: Final = 0.006
_SLICE_EVERY_SECONDS: Final = 0.02
_SHOW_EVERY_SECONDS: Final = 0.3


class RunsScreen(Screen[Path | None], TypedLine):
    """The runs under one folder; those on the screen are read, and others when a filter or an order needs them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "previous run"),
        Binding("down,j", "move(1)", "next run"),
        Binding("pageup", "page(-1)", "a page up"),
        Binding("pagedown", "page(1)", "a page down"),
        Binding("home", "move(-1000000)", "first run"),
        Binding("end", "move(1000000)", "last run"),
        Binding("enter", "open", "watch this run"),
        Binding("slash", "type", "filter; kan-monitor runs --help has the language"),
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
        self._refresh_seconds = refresh_seconds
        self._take_first = take_first
        self._list = RunsList(root)
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
        self.draw()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the run under it; a second one opens it."""
        row = event.y - runs.ROWS_ABOVE
        index = self._list.first(self._rows()) + row
        if not 0 <= row < self._rows() or index >= len(self._list.shown):
            return
        if self._list.is_chosen(index):
            self.action_open()
        else:
            self._choose(index)

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel moves the cursor."""
        self.action_move(3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel moves the cursor."""
        self.action_move(-3)

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        self._choose(self._list.index + by)

    def action_page(self, by: int) -> None:
        """Moves the cursor by as many runs as are on the screen."""
        self.action_move(by * max(1, self._rows()))

    def action_open(self) -> None:
        """Goes to the run under the cursor."""
        if place := self._list.at_cursor:
            self.dismiss(place)

    def action_back(self) -> None:
        """Goes back to the run that was watched."""
        self.dismiss(None)

    def action_sort(self) -> None:
        """Sorts by the next column."""
        self._list.sort_by_next()
        self._select()

    def action_reverse(self) -> None:
        """Turns the order round."""
        self._list.turn_round()
        self._select()

    def action_mark(self) -> None:
        """Marks the run under the cursor, or takes its mark away, and goes on to the next."""
        self._list.mark()
        self.draw()

    def action_compare(self) -> None:
        """Shows the marked runs side by side; without marks the one under the cursor."""
        if self._list.shown:
            places, refresh = self._list.to_compare, self._refresh_seconds
            self.app.push_screen(CompareScreen(places, self._inks, refresh_seconds=refresh, clock=self._clock))

    def kept(self) -> str:
        """The filter in force."""
        return self._list.filter

    def typed(self, text: str) -> None:
        """Shows what the filter finds, as far as it goes."""
        self.problem = self._list.ask(text)
        self._select()

    def typed_all(self, text: str | None) -> None:
        """Filters by that; by what was there before where it was let go."""
        if text is not None:
            self._list.filter = text.strip()
        self.typed(self._list.filter)

    def _choose(self, index: int) -> None:
        self._list.choose(index)
        self.draw()

    def _tick(self) -> None:
        """Looks, unless another screen hides this one."""
        if self.is_current or self.app.screen.is_modal:
            self._look()

    def _look(self) -> None:
        found = self._list.look()
        if self._take_first and found:
            self.dismiss(Path(found[0].place))
        else:
            self._select()

    def _read_on(self) -> None:
        """Reads what a filter or an order still needs, a little at a time."""
        if not self.is_current:
            return
        more = self._list.learn(_SLICE_SECONDS)
        if not more or time.monotonic() - self._selected_at >= _SHOW_EVERY_SECONDS:
            self._select()

    def _select(self) -> None:
        """Works out the list anew."""
        if self._list.learn(_SLICE_SECONDS):
            self._reading.resume()
        else:
            self._reading.pause()
        self._list.select(self._clock())
        self._selected_at = time.monotonic()
        self.draw()

    def _rows(self) -> int:
        return runs.rows_of(self.app.size.height, typing=self.typing is not None)

    def draw(self) -> None:
        """Draws the list, and what is typed."""
        width, height = self.app.size
        line = self.typing
        typing = line and FilterView(before=line.before, behind=line.behind, problem=self.problem)
        view = self._list.view(self._clock(), self._rows(), typing)
        self.query_one("#runs", Panel).show(runs.draw(view, width, height))
