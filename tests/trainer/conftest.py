"""What the tests of the producer share: a directory to record into, a look at what was recorded, child processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader, Sample
from kan_shared.series import Record, SeriesFile
from kan_shared.state import State
from kan_shared.store import read_state

#: How long anything may take on a machine that is busy with other things.
PATIENCE_SECONDS = 30.0
Spawn = Callable[..., "subprocess.Popen[str]"]


class Recorded:
    """What lies in an experiment directory, as any reader finds it."""

    def __init__(self, directory: Path) -> None:
        self.experiment = Experiment(directory)

    @property
    def state(self) -> State:
        return read_state(self.experiment.state)

    @property
    def names(self) -> list[str]:
        """The series, but for those of the hardware."""
        return [name for name in self.experiment.series_names() if not name.startswith("system/")]

    @property
    def events(self) -> list[Event]:
        reader = JournalReader(self.experiment.events, Event)
        reader.poll()
        return list(reader.entries)

    @property
    def samples(self) -> list[Sample]:
        reader = JournalReader(self.experiment.samples, Sample)
        reader.poll()
        return list(reader.entries)

    @property
    def metrics(self) -> dict[str, Any]:
        """The final figures in `metrics.json`."""
        content: dict[str, Any] = json.loads(self.experiment.metrics.read_bytes())
        return content

    def records(self, name: str) -> list[Record]:
        file = SeriesFile(self.experiment.series(name))
        file.refresh()
        return file.tail(file.count)

    def values(self, name: str) -> list[float]:
        return [record.value for record in self.records(name)]

    def steps(self, name: str) -> list[int]:
        return [record.step for record in self.records(name)]

    def content(self) -> dict[str, bytes]:
        """Every file with its bytes: to see that nothing was changed."""
        top = self.experiment.directory
        return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An experiment directory that is not there yet."""
    return tmp_path / "experiments" / "mine"


@pytest.fixture
def recorded(directory: Path) -> Recorded:
    """A look at what `directory` holds."""
    return Recorded(directory)


@pytest.fixture
def recorded_in() -> Callable[[Path], Recorded]:
    """A look at what another directory holds."""
    return Recorded


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, and fails if it never does."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.01)

    return wait


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts a fresh Python on a piece of code and arguments; its process group ends with the test."""
    children: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        child = subprocess.Popen(command, text=True, start_new_session=True, **{**pipes, **options})
        children.append(child)
        return child

    yield start
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small file system in memory with the given options, or skips; a further call changes the options."""
    place = tmp_path / "disk"
    place.mkdir()

    def make(options: str) -> Path:
        again = "remount," if os.path.ismount(place) else ""
        try:
            command = ["mount", "-t", "tmpfs", "-o", again + options, "tmpfs", str(place)]
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if done.returncode:
            pytest.skip(f"a file system in memory cannot be mounted here: {done.stderr.strip()}")
        return place

    yield make
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)
