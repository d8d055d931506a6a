"""What the tests with real processes share; whatever one of them started has ended when it ends."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from kan_shared.experiment import Experiment
from kan_shared.store import read_state

from .stage import MONITOR, TRAINING, Process, Pty, Terminal, until

Start = Callable[..., Process]


@pytest.fixture
def directory(home: Path) -> Path:
    """The directory of one run, not there yet."""
    return home / "experiments" / "mine"


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    """Closes all that was started, the last first."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def train(home: Path, processes: ExitStack) -> Start:
    """Starts `training.py` in a directory; returns when its first step is in the state."""

    def start(directory: Path, *options: object, **changes: str) -> Process:
        command = (sys.executable, TRAINING, directory, *options)
        training = processes.enter_context(closing(Process(*command, cwd=home, **changes)))
        until(lambda: training.lines or training.popen.poll() is not None, lambda: "\n".join(training.complaints))
        state = Experiment(directory).state
        until(lambda: state.exists() and read_state(state).step is not None)
        return training

    return start


@pytest.fixture
def headless(home: Path, processes: ExitStack) -> Start:
    """Starts a headless monitor with these arguments."""

    def start(*arguments: object, **changes: str) -> Process:
        return processes.enter_context(closing(Process(*MONITOR, "--headless", *arguments, cwd=home, **changes)))

    return start


@pytest.fixture
def run_process(home: Path, processes: ExitStack) -> Start:
    """Starts any command."""

    def start(*command: object, **changes: str) -> Process:
        return processes.enter_context(closing(Process(*command, cwd=home, **changes)))

    return start


@pytest.fixture
def terminal(home: Path, processes: ExitStack) -> Callable[..., Terminal]:
    """Starts the dashboard in a terminal emulator of 120 × 34 cells, with these arguments."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")

    def start(*arguments: object, size: tuple[int, int] = (120, 34), **changes: str) -> Terminal:
        # Not under tmp_path: the path of a socket may have a hundred characters.
        folder = processes.enter_context(tempfile.TemporaryDirectory(prefix="kan-"))
        started = Terminal(Path(folder), *MONITOR, *arguments, cwd=home, size=size, **changes)
        return processes.enter_context(closing(started))

    return start


@pytest.fixture
def at_pty(home: Path, processes: ExitStack) -> Callable[..., Pty]:
    """Starts the monitor at a pseudo-terminal with these arguments."""

    def start(*arguments: object, **changes: str) -> Pty:
        return processes.enter_context(closing(Pty(*MONITOR, *arguments, cwd=home, **changes)))

    return start
