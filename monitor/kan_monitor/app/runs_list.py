"""The list of runs as one goes about in it: which are shown, where the cursor stands, and what is marked.

It knows no screen and no clock; `RunsScreen` gives it keys and the time.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from kan_monitor.runs.index import STATE, Known, learn
from kan_monitor.runs.listing import SORTS, Listing, Order
from kan_monitor.runs.parser import QueryError, parse, parse_beginning
from kan_monitor.view.runs import FilterView, RunRow, RunsView, Slip, count_note, nothing_note, run_row
from kan_shared.text import safe_line

#: As many runs as there are inks that one can tell apart.
MOST_MARKED: Final = 8


class RunsList:
    """The runs under `root`; the cursor stays on its run, wherever that comes to stand.

    Attributes:
        shown: Those that match the filter, in order, by what was known at the last `select`.
        unknown: Of how many runs something is still to be read before that is final.
        filter: The text of the filter in force.
    """

    def __init__(self, root: Path) -> None:
        self.shown: list[Known] = []
        self.unknown = 0
        self.filter = ""
        self._root = os.fspath(root)
        self._listing = Listing(root)
        self._slip: Slip | None = None
        self._chosen: str | None = None
        self._marked: list[str] = []

    def look(self) -> list[Known]:
        """Lists the folder; all runs that are there."""
        self._listing.index.look()
        return self._listing.index.runs

    def learn(self, seconds: float) -> bool:
        """Reads on for so long; whether more is still to be read."""
        self._listing.learn(seconds=seconds)
        return self._listing.unknown > 0

    def select(self, now: float) -> None:
        """Works out at unix time `now` which runs are shown."""
        self.unknown = self._listing.unknown
        self.shown = self._listing.select(now)
        self._slip = None if self.shown or self.unknown else self._listing.slip(now)

    def ask(self, text: str) -> str:
        """Shows what a filter finds; where it is not whole yet, what its beginning finds. What is wrong with it."""
        try:
            self._listing.query = parse(text)
        except QueryError as error:
            self._listing.query = parse_beginning(text)
            return safe_line(f"character {error.at + 1}: {error.problem}")
        return ""

    def sort_by_next(self) -> None:
        """Sorts by the next column."""
        field = SORTS[(SORTS.index(self._listing.order.field) + 1) % len(SORTS)]
        self._listing.order = Order(field)

    def turn_round(self) -> None:
        """Turns the order round."""
        self._listing.order = Order(self._listing.order.field, not self._listing.order.reverse)

    @property
    def index(self) -> int:
        """Where the cursor is."""
        return next((index for index, run in enumerate(self.shown) if run.name == self._chosen), 0)

    @property
    def at_cursor(self) -> Path | None:
        """The run under the cursor; None where none is shown."""
        return Path(self.shown[self.index].place) if self.shown else None

    def is_chosen(self, index: int) -> bool:
        """Whether the cursor was put there, and does not stand there for want of a choice."""
        return index == self.index and self._chosen is not None

    def choose(self, index: int) -> None:
        """Moves the cursor, no farther than there are runs."""
        if self.shown:
            self._chosen = self.shown[min(len(self.shown) - 1, max(0, index))].name

    def mark(self) -> None:
        """Marks the run under the cursor, or takes its mark away, and goes on to the next."""
        if not self.shown:
            return
        name = self.shown[self.index].name
        if name in self._marked:
            self._marked.remove(name)
        elif len(self._marked) < MOST_MARKED:
            self._marked.append(name)
        self.choose(self.index + 1)

    @property
    def to_compare(self) -> list[Path]:
        """The marked runs as they were marked; without marks the one under the cursor."""
        places = {run.name: Path(run.place) for run in self._listing.index.runs}
        marked = [places[name] for name in self._marked if name in places]
        return marked or [place for place in (self.at_cursor,) if place]

    def first(self, rows: int) -> int:
        """The run in the topmost of so many rows: the window follows the cursor."""
        return max(0, min(self.index - rows // 2, len(self.shown) - rows))

    def view(self, now: float, rows: int, typing: FilterView | None) -> RunsView:
        """What so many rows say of it."""
        first, listing = self.first(rows), self._listing
        on_screen, total = self.shown[first : first + rows], len(listing.index.runs)
        learn(on_screen, listing.needs or STATE)
        filtered = listing.query is not None
        matching = len(self.shown) if filtered else None
        return RunsView(
            rows=tuple(self._row(run, now) for run in on_screen),
            cursor=self.index - first if self.shown else None,
            note=count_note(self._root, total=total, matching=matching, unknown=self.unknown),
            nothing=nothing_note(self._root, str(listing.query) if filtered else "", self._slip),
            sort=listing.order.field,
            reverse=listing.order.reverse,
            filter=safe_line(self.filter),
            typing=typing,
        )

    def _row(self, run: Known, now: float) -> RunRow:
        number = self._marked.index(run.name) + 1 if run.name in self._marked else 0
        return run_row(run.facts(now), now, smoothed=run.smoothed(""), chosen_as=number)
