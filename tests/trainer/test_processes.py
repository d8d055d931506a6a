"""One training by two processes: the same as by one, and the end of either is the end of both."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import msgspec
import psutil
import pytest

from kan_shared.experiment import Experiment
from kan_shared.ranks import Rank, rank_file
from kan_shared.store import read_state

from .commands import command, run, series, start_and_signal, steps_recorded, until

TOGETHER = ["--processes", "2"]
SMALL = ["regress", "--function", "product", "--epochs", "4", "--batch-size", "93"]
LONG = ["regress", "--function", "product", "--epochs", "4000", "--checkpoint-every", "50"]


def losses(directory: Path, name: str) -> dict[int, float]:
    return {step: value for step, value, _ in series(directory, name)}


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    """The last batch of an epoch has one example, and so one of them has none."""
    for name, more in {"one": [], "two": TOGETHER}.items():
        done = run(*SMALL, "--output", str(tmp_path / name), *more)
        assert (done.returncode, done.stderr) == (0, "")
    for name in ("train/loss", "gradient_norm", "validation/loss", "learning_rate"):
        expected = losses(tmp_path / "one", name)
        assert losses(tmp_path / "two", name) == {
            step: pytest.approx(loss, rel=1e-4) for step, loss in expected.items()
        }
    other = msgspec.json.decode(rank_file(Experiment(tmp_path / "two").ranks, 1).read_bytes(), type=Rank)
    assert (other.world_size, other.state.status, other.state.step) == (2, "complete", 48)


def test_a_stopped_training_of_two_goes_on_bit_by_bit(tmp_path: Path) -> None:
    epochs = ["--epochs", "60", "--checkpoint-every", "1000"]
    assert run(*LONG, *epochs, *TOGETHER, "--output", str(tmp_path / "whole")).returncode == 0
    stopped = tmp_path / "stopped"
    code, told = start_and_signal(stopped, 20, signal.SIGTERM, *LONG, *epochs, *TOGETHER)
    assert code == 143, told
    assert told.count("\n") == 1, "the other process says nothing"
    assert run("regress", "--resume", "--output", str(stopped)).returncode == 0
    assert losses(stopped, "train/loss") == losses(tmp_path / "whole", "train/loss")


def started(directory: Path) -> tuple[subprocess.Popen[str], psutil.Process]:
    """A training of two that has done some steps, and the second process."""
    first = subprocess.Popen(command(*LONG, *TOGETHER, "--output", str(directory)), stderr=subprocess.PIPE, text=True)
    until(lambda: steps_recorded(directory) >= 5 or first.poll() is not None)
    rank = msgspec.json.decode(rank_file(Experiment(directory).ranks, 1).read_bytes(), type=Rank)
    return first, psutil.Process(rank.state.producer.pid)


def test_nobody_is_left_behind_by_a_kill(tmp_path: Path) -> None:
    first, other = started(tmp_path / "run")
    first.kill()
    first.communicate(timeout=60)
    other.wait(60)


def test_a_process_that_is_lost_ends_the_training_with_a_sentence(tmp_path: Path) -> None:
    first, other = started(tmp_path / "run")
    other.kill()
    _, told = first.communicate(timeout=60)
    assert first.returncode == 1
    assert told.startswith("kan-train: process 1 of the 2 that train together has ended with code -9")
    assert "Traceback" not in told
    assert read_state(tmp_path / "run" / "state.json").status == "error"
