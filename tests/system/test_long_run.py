"""A long run that is followed from its first step to its last: nothing is lost, and the monitor does not grow."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kan_shared.experiment import Experiment
from kan_shared.series import NUMPY_FIELDS
from kan_shared.store import read_state

from .stage import SOAK, Process

Start = Callable[..., Process]
STEPS = 2_000_000 if SOAK else 20_000
#: A headless monitor has some 20 MB; a list of all that it has seen would have hundreds.
MOST_BYTES = 60_000_000


@pytest.mark.timeout(1800 if SOAK else 300)
def test_a_long_run_is_followed_to_its_end(directory: Path, train: Start, headless: Start) -> None:
    training = train(directory, "--pause", 0, "--steps", STEPS)
    monitor = headless(directory, "--format", "json", "--refresh-ms", 20)
    most = 0
    while monitor.popen.poll() is None:
        training.lines.clear()
        most = max(most, _most_bytes(monitor.popen.pid))
        time.sleep(0.05)
    assert (monitor.wait(), training.wait(), monitor.complaints) == (0, 0, [])

    lines = monitor.objects
    steps = [line["step"] for line in lines]
    assert steps == sorted(steps)
    assert (lines[-1]["step"], lines[-1]["status"]) == (STEPS, "Complete")
    experiment = Experiment(directory)
    records = np.fromfile(experiment.series("train/loss"), NUMPY_FIELDS)
    assert np.array_equal(records["step"], np.arange(1, STEPS + 1))
    assert read_state(experiment.state).lost is None
    assert 0 < most < MOST_BYTES


def _most_bytes(pid: int) -> int:
    """The most that the process ever had in memory; nothing once it has ended."""
    _, _, size = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")
    return int(size.split()[0]) * 1024 if size else 0
