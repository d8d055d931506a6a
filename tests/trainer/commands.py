"""`kan-train` as a process of its own, and what it has recorded."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kan_shared.experiment import Experiment
from kan_shared.series import SeriesFile

#: Long enough to be stopped in the middle of it, on a fast machine too.
LONG = ["regress", "--function", "sinusoid", "--epochs", "150", "--checkpoint-every", "100"]
SHORT = ["regress", "--function", "sinusoid", "--epochs", "2"]


def command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "kan_trainer", *argv]


def run(*argv: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*argv), cwd=cwd, capture_output=True, text=True, timeout=120)


def series(directory: Path, name: str) -> list[tuple[int, float, int]]:
    """The (step, value, segment) of all records of one series."""
    file = SeriesFile(Experiment(directory).series(name))
    file.refresh()
    return [(record.step, record.value, record.segment) for record in file.tail(file.count)]


def best(directory: Path) -> dict[str, tuple[float, int]]:
    """The best value of every metric of a finished run, and its step."""
    metrics = json.loads((directory / "metrics.json").read_text())["metrics"]
    return {name: (metric["best"], metric["best_step"]) for name, metric in metrics.items()}


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def steps_recorded(directory: Path) -> int:
    """By the rate, which every training records with every step."""
    try:
        return Experiment(directory).series("learning_rate").stat().st_size // 32
    except FileNotFoundError:
        return 0


def start_and_signal(directory: Path, steps: int, number: signal.Signals, *argv: str) -> tuple[int, str]:
    """Starts a training, and signals it once `steps` are recorded; its exit code and what it said."""
    process = subprocess.Popen(command(*argv, "--output", str(directory)), stderr=subprocess.PIPE, text=True)
    until(lambda: steps_recorded(directory) >= steps or process.poll() is not None)
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60)
    return process.returncode, complaint
