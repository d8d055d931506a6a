"""The list of runs: where one goes to another run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kan_monitor.app.panel import Panel
from kan_monitor.ink import Ink
from kan_monitor.panels import runs
from kan_monitor.sources.experiment import glance
from kan_monitor.view.runs import RunRow, run_row
from kan_shared.experiment import find_runs


class RunsScreen(Screen[Path | None]):
    """The runs under one folder, the newest first; only those on the screen are read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "previous run"),
        Binding("down,j", "move(1)", "next run"),
        Binding("pageup", "move(-10)", "ten runs up"),
        Binding("pagedown", "move(10)", "ten runs down"),
        Binding("enter", "open", "watch this run"),
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
        self._inks = inks
        self._clock = clock
        self._root = root
        self._refresh_seconds = refresh_seconds
        self._take_first = take_first
        self._paths: list[Path] = []
        self._chosen: Path | None = None

    def compose(self) -> Iterator[Panel]:
        """One panel over the whole screen."""
        yield Panel(self._inks, id="runs")

    def on_mount(self) -> None:
        """Looks at once, then at regular intervals."""
        self._look()
        self.set_interval(max(1.0, self._refresh_seconds), self._look)

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the run under it; a second one opens it."""
        index = self._first() + event.y - runs.ROWS_ABOVE
        if 0 <= index < len(self._paths):
            if self._paths[index] == self._chosen:
                self.action_open()
            else:
                self._chosen = self._paths[index]
                self._draw()

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        if self._paths:
            index = min(len(self._paths) - 1, max(0, self._index() + by))
            self._chosen = self._paths[index]
            self._draw()

    def action_open(self) -> None:
        """Goes to the run under the cursor."""
        if self._paths:
            self.dismiss(self._paths[self._index()])

    def action_back(self) -> None:
        """Goes back to the run that was watched."""
        self.dismiss(None)

    def _look(self) -> None:
        self._paths = find_runs(self._root)
        if self._take_first and self._paths:
            self.dismiss(self._paths[0])
        else:
            self._draw()

    def _index(self) -> int:
        return self._paths.index(self._chosen) if self._chosen in self._paths else 0

    def _first(self) -> int:
        """The run in the topmost row: the window follows the cursor."""
        rows = self.app.size.height - runs.ROWS_AROUND
        return max(0, min(self._index() - rows // 2, len(self._paths) - rows))

    def _draw(self) -> None:
        width, height = self.app.size
        first, now = self._first(), self._clock()
        shown = self._paths[first : first + max(0, height - runs.ROWS_AROUND)]
        rows: list[RunRow] = [run_row(glance(path, now), now) for path in shown]
        cursor = self._index() - first if self._paths else None
        lines = runs.draw(rows, width, height, root=str(self._root), cursor=cursor, total=len(self._paths))
        self.query_one("#runs", Panel).show(lines)
