"""The story that this product is for: `kan-train` in one shell, `kan-monitor` in another."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from kan_shared.experiment import Experiment
from kan_shared.liveness import is_alive
from kan_shared.store import read_state

from .stage import Process, Terminal, until

Start = Callable[..., Process]
KAN_TRAIN = (sys.executable, "-m", "kan_trainer")
SHORT = ("regress", "--function", "sinusoid", "--epochs", "5")
LONG = ("regress", "--function", "sinusoid", "--epochs", "100000")


def test_one_shell_trains_and_the_other_watches(directory: Path, run_process: Start, headless: Start) -> None:
    monitor = headless(directory, "--format", "json", "--refresh-ms", 50)
    until(lambda: monitor.complaints)
    training = run_process(*KAN_TRAIN, *SHORT, "--output", directory)
    assert training.wait() == 0
    assert monitor.wait() == 0
    lines, state = monitor.objects, read_state(Experiment(directory).state)
    assert lines[-1]["status"] == "Complete"
    assert (lines[-1]["step"], lines[-1]["total_steps"], lines[-1]["epoch"]) == (80, 80, 5)
    assert lines[-1]["loss"] == state.metrics["train/loss"].value
    assert lines[-1]["validation_loss"] == state.metrics["validation/loss"].value
    assert lines[-1]["progress_percent"] == 100
    assert lines[-1]["sample"]["target"]
    assert any(f"kan-monitor {directory}" in line for line in training.lines)


def test_one_shell_shows_its_own_run(directory: Path, run_process: Start) -> None:
    training = run_process(*KAN_TRAIN, *SHORT, "--output", directory, "--headless", "--format", "json")
    assert training.wait() == 0
    lines = training.objects  # and nothing but JSON
    assert lines[-1]["status"] == "Complete"
    assert lines[-1]["step"] == 80


def test_a_shell_that_is_closed_leaves_the_training(
    home: Path, run_process: Start, headless: Start, terminal: Callable[..., Terminal]
) -> None:
    starting = run_process(*KAN_TRAIN, *LONG, "--detach")
    assert starting.wait() == 0
    (name,) = starting.lines
    directory = home / name
    state = read_state(Experiment(directory).state)
    starting.close()  # the shell and all of its group
    try:
        assert is_alive(state.producer)
        assert os.getsid(state.producer.pid) == state.producer.pid
        dashboard = terminal()
        dashboard.wait_for("● running", directory.name, "╭─ loss ")
        dashboard.press("q")
        # The command's own path stands before it where the shell would not find it.
        assert re.search(rf"To come back: \S*kan-monitor {name}\s", dashboard.wait_for("exit code 0"))
        assert is_alive(state.producer)
        monitor = headless(name)
        until(lambda: monitor.lines)
    finally:
        os.kill(state.producer.pid, signal.SIGTERM)
    assert monitor.wait() == 1
    assert "Stopped: stopped by SIGTERM" in "\n".join(monitor.lines)
    until(lambda: not is_alive(state.producer))


def test_ctrl_c_in_the_training_shell_is_seen_in_the_other(
    directory: Path, run_process: Start, headless: Start
) -> None:
    training = run_process(*KAN_TRAIN, *LONG, "--output", directory)
    monitor = headless(directory, "--format", "json")
    monitor.wait_for_line(lambda line: '"Running"' in line)
    training.signal(signal.SIGINT)
    assert training.wait() == 130
    assert monitor.wait() == 1
    assert monitor.objects[-1]["status"] == "Stopped"
    assert f"kan-train regress --resume --output {directory}" in training.complaints[-1]
