"""`kan-monitor control` in one shell, `kan-train --allow-control` in another."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader
from kan_shared.store import read_state

from .stage import MONITOR, Process, until

Start = Callable[..., Process]
TRAIN = (sys.executable, "-m", "kan_trainer", "regress")
LONG = ("--function", "sinusoid", "--epochs", "100000", "--checkpoint-every", "1000000")


def control_events(directory: Path) -> list[str]:
    reader = JournalReader(Experiment(directory).events, Event)
    reader.poll()
    return [event.detail.split(",")[0] for event in reader.entries if event.kind == "control"]


def test_a_training_is_paused_saved_resumed_and_stopped_from_another_shell(directory: Path, run_process: Start) -> None:
    state = Experiment(directory).state
    training = run_process(*TRAIN, *LONG, "--allow-control", "--output", directory)
    until(lambda: state.exists() and read_state(state).step)

    def ask(action: str) -> Process:
        asked = run_process(*MONITOR, "control", action, directory, "--yes")
        assert asked.wait() == 0, asked.complaints
        assert asked.lines == [f"{action}: done."]
        return asked

    ask("pause")
    paused = read_state(state)
    assert paused.status == "paused"
    ask("checkpoint")
    assert [path.name for path in (directory / "checkpoints").glob("step-*")] == [f"step-{paused.step}"]
    ask("resume")
    until(lambda: (read_state(state).step or 0) > (paused.step or 0))
    ask("stop")
    assert training.wait() == 143
    assert f"kan-train regress --resume --allow-control --output {directory}" in training.complaints[-1]
    ended = read_state(state)
    assert ended.status == "stopped" and ended.message is not None
    assert ended.message.endswith("from a monitor")
    assert f"step-{ended.step}" in {path.name for path in (directory / "checkpoints").glob("step-*")}
    assert control_events(directory) == ["pause", "checkpoint", "resume", "stop"]
    assert not Experiment(directory).control.exists()


def test_a_training_that_does_not_allow_it_is_left_alone(directory: Path, run_process: Start) -> None:
    state = Experiment(directory).state
    training = run_process(*TRAIN, *LONG, "--output", directory)
    until(lambda: state.exists() and read_state(state).step)
    asked = run_process(*MONITOR, "control", "stop", directory, "--yes")
    assert asked.wait() == 1
    assert "start it with kan-train --allow-control" in asked.complaints[0]
    assert training.popen.poll() is None
    training.signal(signal.SIGTERM)
    assert training.wait() == 143


def test_a_training_that_was_killed_in_a_pause_goes_on_without_what_was_asked_meanwhile(
    directory: Path, run_process: Start
) -> None:
    state = Experiment(directory).state
    training = run_process(*TRAIN, *LONG, "--allow-control", "--output", directory)
    until(lambda: state.exists() and read_state(state).step)
    assert run_process(*MONITOR, "control", "checkpoint", directory, "--yes").wait() == 0
    assert run_process(*MONITOR, "control", "pause", directory, "--yes").wait() == 0
    training.kill()
    training.wait()
    asked = run_process(*MONITOR, "control", "stop", directory, "--yes")
    assert asked.wait() == 3
    again = run_process(*TRAIN, "--resume", "--allow-control", "--output", directory)
    until(lambda: read_state(state).segment == 1)
    before = read_state(state).step or 0
    until(lambda: (read_state(state).step or 0) > before)
    time.sleep(0.5)
    assert again.popen.poll() is None
    again.signal(signal.SIGTERM)
    assert again.wait() == 143
