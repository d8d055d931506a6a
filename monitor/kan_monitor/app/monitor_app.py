"""The app: which screen is on, and the keys that all of them share."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Literal

from textual.app import App
from textual.binding import Binding, BindingType

from kan_monitor import startup
from kan_monitor.app.dashboard_screen import DashboardScreen
from kan_monitor.app.help_screen import HelpScreen
from kan_monitor.app.runs_screen import RunsScreen
from kan_monitor.colour import ColourMode
from kan_monitor.palette import styles
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Source
from kan_shared.experiment import DEFAULT_ROOT, Experiment

Beginning = Literal["run", "list", "wait"]


class MonitorApp(App[None]):
    """Watches the run in `directory`.

    Args:
        directory: The experiment directory; it need not be there yet.
        source: What tells of it, where that is not the directory itself.
        refresh_seconds: The time between two looks.
        mode: How many colours to use.
        begin: With that run, with the list of runs beside it, or with that list until there is one.
        clock: The unix time.
    """

    CSS_PATH = "theme.tcss"
    TITLE = "kan-monitor"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit; training goes on"),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
        Binding("question_mark", "help", "this help"),
        Binding("r", "runs", "all runs"),
    ]

    def __init__(
        self,
        directory: Path,
        source: Source | None = None,
        *,
        refresh_seconds: float = 0.5,
        mode: ColourMode = "truecolor",
        begin: Beginning = "run",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(ansi_color=mode in ("16", "none"))
        self.directory = directory
        self._source = source or ExperimentSource(directory)
        self._mode = mode
        self._inks = styles(mode)
        self._refresh_seconds = refresh_seconds
        self._begin = begin
        self._clock = clock

    def get_default_screen(self) -> DashboardScreen:
        """The dashboard is the first thing that is painted: no empty screen comes before it."""
        self._dashboard = DashboardScreen(
            self._source,
            self._inks,
            plain=self._mode == "none",
            refresh_seconds=self._refresh_seconds,
            clock=self._clock,
        )
        return self._dashboard

    def on_ready(self) -> None:
        """The first frame is painted."""
        startup.is_over()

    def on_mount(self) -> None:
        """Ends cleanly at a signal, and shows the list over the run where that is what to begin with."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit, None, 128 + number)
        if self._begin != "run":
            self._list_runs(take_first=self._begin == "wait")

    def action_help(self) -> None:
        """Shows what the keys do."""
        declared = [*type(self.screen).BINDINGS, *self.BINDINGS]
        bindings = [binding for binding in declared if isinstance(binding, Binding) and binding.show]
        keys = [(_key_name(binding.key), binding.description) for binding in bindings]
        self.push_screen(HelpScreen(keys, self._inks))

    def action_runs(self) -> None:
        """Shows all runs beside this one."""
        self._list_runs(take_first=False)

    def _list_runs(self, *, take_first: bool) -> None:
        beside = self.directory if self.directory.name else self.directory.absolute()
        root = beside.parent if Experiment(self.directory).state.exists() else DEFAULT_ROOT
        screen = RunsScreen(
            root, self._inks, refresh_seconds=self._refresh_seconds, take_first=take_first, clock=self._clock
        )
        self.push_screen(screen, self._watch_run)

    def _watch_run(self, directory: Path | None) -> None:
        if directory is not None and directory != self.directory:
            self.directory = directory
            self._dashboard.watch_source(ExperimentSource(directory))


def _key_name(key: str) -> str:
    return {"question_mark": "?", "shift+tab": "⇧tab"}.get(key, key)
