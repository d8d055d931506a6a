"""A trainer that is killed with -9: seen within seconds, nothing lost but the last moment, nothing broken."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kan_shared.experiment import Experiment
from kan_shared.liveness import observe
from kan_shared.series import NUMPY_FIELDS, RECORD_BYTES
from kan_shared.store import read_state

from .stage import Process, Terminal, until

Start = Callable[..., Process]


def last_step_before(training: Process, moment: float) -> int:
    """The last step that the training had logged by then."""
    pairs = (line.split() for line in training.lines)
    return max(int(step) for step, seconds in pairs if float(seconds) <= moment)


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_headless_monitor_says_so_in_its_last_line_and_in_its_exit_code(
    format: str, directory: Path, train: Start, headless: Start
) -> None:
    training = train(directory)
    monitor = headless(directory, "--format", format)
    until(lambda: monitor.lines)
    training.kill()
    killed = time.monotonic()
    assert monitor.wait() == 3
    assert time.monotonic() - killed < 3.0
    if format == "json":
        assert [line["status"] for line in monitor.objects][-2:] == ["Running", "Crashed"]
    else:
        assert "Crashed" in "\n".join(monitor.lines).rpartition("Epoch")[2]
    assert monitor.complaints == []


def test_the_dashboard_says_so(directory: Path, train: Start, terminal: Callable[..., Terminal]) -> None:
    training = train(directory)
    dashboard = terminal(directory)
    dashboard.wait_for("● running")
    training.kill()
    killed = time.monotonic()
    dashboard.wait_for("crashed", without="running")
    assert time.monotonic() - killed < 3.0
    dashboard.press("q")
    assert "Training goes on" not in dashboard.wait_for("exit code 0")


def test_what_was_logged_a_tenth_of_a_second_before_is_there(home: Path, train: Start) -> None:
    lost_seconds = []
    for attempt in range(4):
        directory = home / "experiments" / str(attempt)
        training = train(directory, "--pause", 0.002)
        until(lambda training=training: len(training.lines) > 100)
        training.kill()
        killed = time.time()
        training.wait()
        records = np.fromfile(Experiment(directory).series("train/loss"), NUMPY_FIELDS)
        assert list(records["step"]) == list(range(1, len(records) + 1))
        assert list(records["value"]) == [2 / step for step in range(1, len(records) + 1)]
        logged = {int(step): float(seconds) for step, seconds in map(str.split, training.lines)}
        lost = [seconds for step, seconds in logged.items() if step > len(records)]
        lost_seconds.append(killed - min(lost, default=killed))
    # A recorder that had no processor for a while cannot help it: once in a few times it must have had one.
    assert min(lost_seconds) < 0.1, lost_seconds
    assert max(lost_seconds) < 2.0, lost_seconds


def test_what_is_left_is_valid_and_can_be_gone_on_with(directory: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    until(lambda: len(training.lines) > 50)
    training.kill()
    training.wait()
    experiment = Experiment(directory)
    state = read_state(experiment.state)
    assert state.status == "running"
    assert observe(state, state.heartbeat_seconds) == "crashed"
    assert all(path.stat().st_size % RECORD_BYTES == 0 for path in experiment.history.iterdir())

    again = train(directory, "--resume")
    monitor = headless(directory, "--format", "json")
    until(lambda: any(line["status"] == "Running" for line in monitor.objects))
    again.tell("complete")
    assert (again.wait(), monitor.wait()) == (0, 0)
    assert read_state(experiment.state).segment == 1
    assert json.loads(monitor.lines[-1])["status"] == "Complete"


def test_a_zombie_has_crashed_too(directory: Path, train: Start, headless: Start) -> None:
    """Its parent (a batch system, a shell script) has not taken note of its end yet: its number is still in use."""
    training = train(directory)
    training.signal(signal.SIGKILL)
    status = Path(f"/proc/{training.popen.pid}/stat")
    until(lambda: status.read_text().rpartition(")")[2].split()[0] == "Z")
    assert headless(directory, "--once").wait() == 3
