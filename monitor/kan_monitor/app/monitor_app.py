"""The app: which screen is on, and the keys that all of them share."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, Literal

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from kan_monitor import startup
from kan_monitor.app.choices import DEFAULTS, Choices
from kan_monitor.app.dashboard_screen import DashboardScreen
from kan_monitor.app.intake import Taken
from kan_monitor.app.last_seen import LastSeen
from kan_monitor.app.run_screen import RunScreen
from kan_monitor.app.session import Session
from kan_monitor.app.tellers import tellers
from kan_monitor.app.terminal import is_gone
from kan_monitor.app.views import VIEWS, screen_of
from kan_monitor.app.watch import Watch
from kan_monitor.palette import styles
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Source
from kan_shared.experiment import DEFAULT_ROOT, Experiment

Beginning = Literal["run", "list", "wait"]
_WAKE_SECONDS: Final = 0.05
_TERMINAL_SECONDS: Final = 2.0
#: While many series are taken in, those that are there already are shown this often.
_SHOW_SECONDS: Final = 0.2


class MonitorApp(App[None]):
    """Watches the run in `directory`.

    Args:
        directory: The experiment directory; it need not be there yet.
        choices: How it looks, and what it does beside looking.
        source: What tells of the run, where that is not the directory itself.
        begin: With that run, with the list of runs beside it, or with that list until there is one.
        clock: The unix time.
        last_seen: When runs were last looked at.
    """

    class Woken(Message):
        """Something appeared where the run should be; posted by the watch's thread, which must not wait for the screen:
        watchdog holds its lock meanwhile, and the screen needs that to stop it."""

    CSS_PATH = "theme.tcss"
    TITLE = "kan-monitor"
    KEYS_OF = "everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit; training goes on"),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
        Binding("question_mark", "help", "this help"),
        Binding("ctrl+p", "command_palette", "find a command"),
        Binding("e", "save('svg')", "save this screen as a picture (SVG)"),
        Binding("E", "save('text')", "save this screen as text"),
        Binding("r", "runs", "all runs"),
        Binding("1", "dashboard", "the dashboard"),
        Binding("C", "control", "ask the training to pause, go on, save or stop"),
        *(Binding(view.key, f"view('{view.module}')", view.meaning) for view in VIEWS),
    ]

    def __init__(
        self,
        directory: Path,
        choices: Choices = DEFAULTS,
        source: Source | None = None,
        *,
        begin: Beginning = "run",
        clock: Callable[[], float] = time.time,
        last_seen: LastSeen | None = None,
    ) -> None:
        super().__init__(ansi_color=choices.mode in ("16", "none"))
        if choices.mode in ("truecolor", "256"):
            self.theme = f"textual-{choices.theme}"
        self.set_class(choices.theme == "light", "light")
        self.set_class(choices.ascii, "ascii")
        self.directory = directory
        self._choices = choices
        self._inks = styles(choices.mode, choices.theme)
        self._begin = begin
        self._session = Session(
            source or ExperimentSource(directory),
            plain=choices.mode == "none",
            clock=clock,
            last_seen=last_seen,
            tell=self.post_message,
        )
        self._shown_at = 0.0
        self._watch = Watch(lambda: self.post_message(self.Woken()))
        self._tellers = list(tellers(choices, self._write, self._complain))

    def _write(self, sequence: str) -> None:
        """To the terminal, past what draws on it."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def _complain(self, sentence: str) -> None:
        self.notify(sentence, severity="warning", markup=False)

    def get_default_screen(self) -> DashboardScreen:
        """The dashboard is the first thing that is painted: no empty screen comes before it."""
        return DashboardScreen(self._session, self._inks)

    def on_ready(self) -> None:
        """The first frame is painted."""
        startup.is_over()

    def on_mount(self) -> None:
        """Ends cleanly at a signal, and shows the list over the run where that is what to begin with."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit, None, 128 + number)
        self.set_interval(self._choices.refresh_seconds, self._look)
        if not self.is_headless and not self.is_web:
            self.set_interval(_TERMINAL_SECONDS, self._leave_if_alone)
        self.call_after_refresh(self._aim_watch)
        if self._begin != "run":
            self._list_runs(take_first=self._begin == "wait")

    def _leave_if_alone(self) -> None:
        """Ends where nobody can see it any more."""
        if is_gone():
            self.exit(return_code=128 + signal.SIGHUP)

    def on_unmount(self) -> None:
        """Lets the file system be."""
        self._watch.stop()
        self._session.intake.stop()
        self._session.go_away()

    def on_app_blur(self) -> None:
        """The terminal says that its user has turned to something else."""
        self._session.go_away()

    def on_app_focus(self) -> None:
        """The user is back."""
        self._session.come_back()
        self._show_news()

    def _look(self) -> None:
        """Looks, and has the screen show what is new; for a screen that another one hides nobody looks."""
        if self._shown or self._tellers:
            self._session.look()
            self._show_news()
        for tell in self._tellers:
            tell(self._session.live)

    def _show_news(self) -> None:
        if self._shown:
            self._shown.show_news()
            self._aim_watch()

    @property
    def _shown(self) -> RunScreen | None:
        """The screen of the run that is to be seen, be it below the help."""
        shown = next((screen for screen in reversed(self.screen_stack) if not screen.is_modal), None)
        return shown if isinstance(shown, RunScreen) else None

    def _aim_watch(self) -> None:
        """Where no news is expected before the next look, whatever comes is shown at once."""
        moving = self._session.facts.condition in ("running", "slow")
        self._watch.aim(None if moving else self._session.source.experiment.directory)

    def on_monitor_app_woken(self) -> None:
        """Looks now, unless it has just looked: a busy folder wakes often."""
        if abs(self._session.clock() - self._session.looked_at) > _WAKE_SECONDS:
            self._look()

    def on_run_screen_curves_wanted(self, wanted: RunScreen.CurvesWanted) -> None:
        """Takes long series in beside the screen."""
        self._session.intake.want(wanted.curves, self._session.options.chart.smoothing)

    def on_taken(self, taken: Taken) -> None:
        """Shows a long series exactly, or a few of them at once where many come in."""
        intake, now = self._session.intake, self._session.clock()
        intake.adopt(taken)
        if not intake.left or abs(now - self._shown_at) > _SHOW_SECONDS:
            self._shown_at = now
            self._show_news()

    def action_help(self) -> None:
        """Shows what the keys do."""
        from kan_monitor.app.help_screen import (  # these when they are asked for: the first frame waits
            HelpScreen,
            keys_of,
        )

        self.push_screen(HelpScreen(keys_of(self, self.screen), self._inks, in_words=self._choices.ascii))

    def get_system_commands(self, screen: Screen[object]) -> Iterator[SystemCommand]:
        """What the command palette offers: all that a key does."""
        from kan_monitor.app.help_screen import keys_of

        for key in keys_of(self, screen):
            act = partial(self.run_action, key.action, key.doer)
            yield SystemCommand(key.meaning.capitalize(), f"key {key.name}", act)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Control is off unless it was asked for."""
        return self._choices.control or action != "control"

    def action_save(self, kind: Literal["svg", "text"]) -> None:
        """Saves what is on the screen where the monitor was started."""
        from kan_monitor.app.snapshot import save

        try:
            path = save(self.screen, kind, self._inks, self._session.dashboard)
        except OSError as error:
            self.notify(f"{error.filename or 'the folder'}: {error.strerror}", severity="error", markup=False)
        else:
            self.notify(f"saved as {path}", markup=False, timeout=2)

    def action_control(self) -> None:
        """Asks the training for something."""
        from kan_monitor.app.control_screen import ControlScreen

        session = self._session
        screen = ControlScreen(lambda: session.source.poll(session.clock()), self._inks, clock=session.clock)
        self.push_screen(screen)

    def action_dashboard(self) -> None:
        """Leaves whatever is over the dashboard."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def action_view(self, module: str) -> None:
        """Shows a view of the run, in the place of another one."""
        view = next(view for view in VIEWS if view.module == module)
        self.action_dashboard()
        self.push_screen(screen_of(view, self._session, self._inks))

    def action_runs(self) -> None:
        """Shows all runs beside this one."""
        self._list_runs(take_first=False)

    def _list_runs(self, *, take_first: bool) -> None:
        from kan_monitor.app.runs_screen import RunsScreen

        beside = self.directory if self.directory.name else self.directory.absolute()
        of_here = isinstance(self._session.source, ExperimentSource)  # beside a mirror of another machine's is nothing
        root = beside.parent if of_here and Experiment(self.directory).state.exists() else DEFAULT_ROOT
        screen = RunsScreen(
            root,
            self._inks,
            refresh_seconds=self._choices.refresh_seconds,
            take_first=take_first,
            clock=self._session.clock,
        )
        self.push_screen(screen, self._watch_run)

    def _watch_run(self, directory: Path | None) -> None:
        if directory is not None and directory != self.directory:
            self.action_dashboard()  # a view is of the run that it was opened on
            self.directory = directory
            self._session.go_away()
            self._session.turn_to(ExperimentSource(directory))
            self.action_dashboard()  # a log or a journal that is open is of the run before
            self._show_news()
