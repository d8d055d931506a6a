"""A trainer that is there but does nothing any more (SIGSTOP, swapped out, deadlocked) has stalled."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from kan_shared.experiment import Experiment
from kan_shared.liveness import HEARTBEAT_LIMIT_SECONDS, observe
from kan_shared.store import read_state

from .stage import Process, until

Start = Callable[..., Process]

#: The headless monitor, for people in a hurry: what is silent for two seconds has stalled.
IMPATIENT = """
import sys
from kan_shared import liveness
liveness.HEARTBEAT_LIMIT_SECONDS = 2.0
from kan_monitor.cli import main
sys.exit(main())
"""


def test_the_monitor_says_so_and_the_run_may_go_on(directory: Path, train: Start, run_process: Start) -> None:
    training = train(directory)
    watch = (sys.executable, "-c", IMPATIENT, "--headless", directory, "--format", "json")
    monitor = run_process(*watch)
    until(lambda: monitor.lines)
    training.signal(signal.SIGSTOP)
    assert monitor.wait() == 3
    assert [line["status"] for line in monitor.objects][-2:] == ["Running", "Stalled"]

    step = read_state(Experiment(directory).state).step
    training.signal(signal.SIGCONT)
    until(lambda: read_state(Experiment(directory).state).step > step)
    monitor = run_process(*watch)
    until(lambda: any(line["status"] == "Running" for line in monitor.objects))
    training.tell("complete")
    assert (training.wait(), monitor.wait()) == (0, 0)


def test_it_is_told_from_one_that_died(directory: Path, train: Start) -> None:
    training = train(directory)
    training.signal(signal.SIGSTOP)
    state = read_state(Experiment(directory).state)
    at_once, later = state.heartbeat_seconds + 1, state.heartbeat_seconds + HEARTBEAT_LIMIT_SECONDS + 1
    assert observe(state, at_once) == "running"
    assert observe(state, later) == "stalled"
    training.kill()
    training.wait()
    assert observe(state, at_once) == "crashed"
    assert observe(state, later) == "crashed"


def test_the_limit_is_some_heartbeats() -> None:
    """Long enough for a machine that swaps, short enough to be told before lunch."""
    assert 5 <= HEARTBEAT_LIMIT_SECONDS <= 30
