"""Monitors that are killed again and again: the training neither knows nor minds."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kan_shared.experiment import Experiment
from kan_shared.series import NUMPY_FIELDS
from kan_shared.store import read_state

from .stage import MONITOR, SOAK, Process, until

Start = Callable[..., Process]
KILLED = 1000 if SOAK else 100
AT_ONCE = 4


def kill_some(directory: Path, number: int, chance: random.Random) -> int:
    """Starts so many monitors and kills them, in turn at any moment and while they print; how many had printed."""
    monitors = [Process(*MONITOR, "--headless", directory, "--refresh-ms", 20) for _ in range(number)]
    for index, monitor in enumerate(monitors):
        with closing(monitor):
            if index % 2:
                until(lambda monitor=monitor: monitor.lines)
            else:
                time.sleep(chance.uniform(0, 0.15))
            monitor.kill()
    return sum(bool(monitor.lines) for monitor in monitors)


@pytest.mark.slow
@pytest.mark.timeout(1800 if SOAK else 300)
def test_hundreds_of_killed_monitors_leave_no_trace(directory: Path, train: Start) -> None:
    training = train(directory, "--pause", 0.002)
    chance, seen = random.Random(0), 0
    for _ in range(KILLED // AT_ONCE):
        seen += kill_some(directory, AT_ONCE, chance)
    assert seen >= KILLED // 2
    assert training.popen.poll() is None
    training.tell("complete")
    assert training.wait() == 0

    assert training.complaints == []
    steps = [int(line.split()[0]) for line in training.lines]
    assert steps == list(range(1, len(steps) + 1))
    experiment = Experiment(directory)
    records = np.fromfile(experiment.series("train/loss"), NUMPY_FIELDS)
    assert list(records["step"]) == steps
    assert list(records["value"]) == [2 / step for step in steps]
    state = read_state(experiment.state)
    assert (state.status, state.step, state.lost) == ("complete", len(steps), None)
    assert (state.segment, state.producer.pid) == (0, training.popen.pid)
    assert sorted(path.name for path in directory.iterdir()) == [
        "events.jsonl",
        "history",
        "lock",
        "metrics.json",
        "network.json",
        "state.json",
    ]


def everything(directory: Path) -> dict[str, tuple[Any, ...]]:
    """Every file and folder, with its bytes and with the time when it was last written."""
    found = {str(path): (path, path.stat()) for path in (directory, *directory.rglob("*"))}
    return {
        name: (stat.st_mtime_ns, stat.st_ino, path.read_bytes() if path.is_file() else None)
        for name, (path, stat) in found.items()
    }


def test_a_monitor_changes_nothing_in_the_directory(directory: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    training.tell("sample")
    training.tell("complete")
    training.wait()
    before = everything(directory)
    for arguments in (["--once"], ["--format", "json"]):
        assert headless(directory, *arguments).wait() == 0
    kill_some(directory, 2, random.Random(0))
    assert everything(directory) == before
