"""Directories that a run may not have, and that stay as they are then."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kan_shared.errors import DirectoryTaken, KanError, NewerSchema, UnreadableState, UsageError
from kan_trainer import Run

#: A run that goes on until its stdin closes.
TRAINING = """
import sys
from kan_trainer import Run
with Run(sys.argv[1]) as run:
    run.log(1, {"train/loss": 1.0})
    print("running", flush=True)
    sys.stdin.read()
"""


def refusal(error: type[KanError], make: Callable[[], object]) -> str:
    """The sentence that `make` is refused with."""
    with pytest.raises(error) as caught:
        make()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    sentence = refusal(UsageError, lambda: Run(file))
    assert sentence == f"{file} cannot be written (File exists): choose another directory."
    assert file.read_text() == "mine"


def test_a_directory_cannot_lie_under_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    directory = tmp_path / "file" / "run"
    sentence = refusal(UsageError, lambda: Run(directory))
    assert sentence == f"{directory} cannot be written (Not a directory): choose another directory."


def test_a_read_only_disk_is_refused_before_hours_of_training(mount: Any) -> None:
    disk = mount("size=1m,ro")
    sentence = refusal(UsageError, lambda: Run(disk / "run"))
    assert "Read-only file system" in sentence


def test_a_full_disk_is_refused_before_hours_of_training(mount: Any) -> None:
    disk = mount("size=16k")
    (disk / "ballast").write_bytes(b"x" * 12 * 1024)  # leaves room for the lock
    sentence = refusal(UsageError, lambda: Run(disk))
    assert "No space left on device" in sentence or "fitted on the disk" in sentence
    assert not (disk / "state.json").exists()


def test_a_name_that_no_directory_can_have(tmp_path: Path) -> None:
    assert "File name too long" in refusal(UsageError, lambda: Run(tmp_path / ("x" * 300)))


def test_a_directory_with_other_things_in_it_may_be_used(directory: Path, recorded: Any) -> None:
    directory.mkdir(parents=True)
    (directory / "notes.txt").write_text("mine")
    Run(directory).finish()
    assert (directory / "notes.txt").read_text() == "mine"


def test_a_directory_may_be_given_as_text(directory: Path, recorded: Any) -> None:
    with Run(str(directory)) as run:
        assert run.directory == directory
    assert recorded.state.status == "complete"


def test_a_directory_that_holds_a_run_is_refused_and_not_touched(directory: Path, recorded: Any) -> None:
    with Run(directory, config={"seed": 1}) as run:
        run.log(1, {"train/loss": 1.0})
    (directory / "lock").write_text("process 1 on gpu-box\n")
    before = recorded.content()
    sentence = refusal(DirectoryTaken, lambda: Run(directory, config={"seed": 2}))
    assert sentence == (
        f"{directory} holds a run already: pass resume=True to go on with it, or choose another directory."
    )
    assert recorded.content() == before


BROKEN = {
    "no JSON": (b"{", UnreadableState),
    "empty": (b"", UnreadableState),
    "no state": (b'{"schema_version": 1}', UnreadableState),
    "of a later version": (b'{"schema_version": 999}', NewerSchema),
    "enormous": (b" " * 200_000, UnreadableState),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("resume", [False, True])
def test_a_run_that_cannot_be_read_is_refused_and_not_touched(
    kind: str, resume: bool, directory: Path, recorded: Any
) -> None:
    content, error = BROKEN[kind]
    directory.mkdir(parents=True)
    (directory / "state.json").write_bytes(content)
    before = recorded.content()
    sentence = refusal(error if resume else DirectoryTaken, lambda: Run(directory, resume=resume))
    assert str(directory) in sentence
    assert recorded.content() == before
    assert list(directory.iterdir()) == [directory / "state.json"]


def test_a_state_that_is_a_directory_is_refused(directory: Path) -> None:
    (directory / "state.json").mkdir(parents=True)
    refusal(DirectoryTaken, lambda: Run(directory))
    with pytest.raises(KanError, match="cannot be read"):
        Run(directory, resume=True)


def test_another_process_that_writes_it_is_named(directory: Path, spawn: Any, recorded: Any) -> None:
    child = spawn(TRAINING, directory)
    assert child.stdout.readline() == "running\n"
    sentence = refusal(DirectoryTaken, lambda: Run(directory, resume=True))
    host = os.uname().nodename
    assert sentence == (
        f"{directory} is being written by process {child.pid} on {host}:"
        " wait for it, or choose another directory (--output auto makes one)."
    )
    assert refusal(DirectoryTaken, lambda: Run(directory)) == sentence
    child.communicate()
    assert (recorded.state.status, recorded.state.segment) == ("complete", 0)


def test_the_directory_of_a_dead_process_is_free(directory: Path, spawn: Any, recorded: Any) -> None:
    child = spawn(TRAINING, directory)
    assert child.stdout.readline() == "running\n"
    child.kill()
    child.wait()
    with Run(directory, resume=True) as run:
        assert run.resumed
        run.log(2, {"train/loss": 0.5})
    assert (recorded.state.status, recorded.state.segment, recorded.state.step) == ("complete", 1, 2)


def test_one_process_cannot_run_twice_in_it(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        refusal(DirectoryTaken, lambda: Run(directory))
        sentence = refusal(DirectoryTaken, lambda: Run(directory, resume=True))
        assert "is being written by this process" in sentence
        run.log(1, {"train/loss": 1.0})
    assert recorded.values("train/loss") == [1.0]


DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "steps below zero": {"total_steps": -1},
    "half a step": {"total_steps": 10.5},
    "steps in words": {"total_steps": "many"},
    "epochs below zero": {"total_epochs": -1},
    "a task that is none": {"task": 5},
}


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_what_a_run_cannot_be_is_refused_with_a_sentence(kind: str, directory: Path) -> None:
    with pytest.raises(UsageError, match="the run cannot be described so: ") as caught:
        Run(directory, **DESCRIPTIONS[kind])
    assert next(iter(DESCRIPTIONS[kind])) in str(caught.value)
    assert not (directory / "state.json").exists()
    Run(directory).finish()  # nothing of the refused one is left that would be in the way


def test_a_run_may_be_told_its_length_by_numpy(directory: Path, recorded: Any) -> None:
    import numpy as np

    Run(directory, total_steps=np.int64(1000), total_epochs=np.ceil(2.5)).finish()
    assert (recorded.state.total_steps, recorded.state.total_epochs) == (1000, 3)


def test_text_about_a_run_may_have_any_signs(directory: Path, recorded: Any) -> None:
    told = {"notes": "n" * 5000, "task": "t" * 201, "model": "m" * 5000}
    Run(directory, name="ü \ud800 \x1b[31m", **told, goals={"a\ud800": "maximize"}).finish()
    assert recorded.state.name == "ü ? \x1b[31m"
    assert (recorded.state.task, recorded.state.model) == ("t" * 200, "m" * 200)
    assert recorded.state.notes == "n" * 2000
    assert recorded.state.goals == {"a?": "maximize"}


def test_nothing_is_left_locked_by_a_refusal(directory: Path, spawn: Any) -> None:
    with pytest.raises(UsageError):
        Run(directory, total_steps=-1)
    child = spawn(TRAINING, directory, stderr=subprocess.STDOUT)
    assert child.stdout.readline() == "running\n"


@pytest.mark.parametrize(
    "name", ["config.yaml", "checkpoints/", "metrics.json", "history/", "events.jsonl", "samples.jsonl"]
)
def test_the_rest_of_a_run_is_refused_and_not_touched(name: str, directory: Path) -> None:
    directory.mkdir(parents=True)
    path = directory / name
    path.mkdir() if name.endswith("/") else path.write_text("kept")
    sentence = refusal(DirectoryTaken, lambda: Run(directory, config={}))
    assert sentence == f"{path} exists already, and shall not be overwritten: choose another directory."
    assert list(directory.iterdir()) == [path]


def test_a_lock_alone_is_no_run(directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "lock").write_text("process 1 on gpu-box\n")
    Run(directory).finish()


def test_a_run_that_could_not_begin_leaves_no_config(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("kan_trainer.recording.recorder.write_state", full)
        refusal(UsageError, lambda: Run(directory, config={"seed": 1}))
    Run(directory, config={"seed": 2}).finish()
    assert "seed: 2" in (directory / "config.yaml").read_text()


GOALS: dict[str, tuple[Any, str]] = {
    "another word": ({"val/r2": "max"}, """goals: 'max' is no goal for 'val/r2': it is "minimize" or "maximize"."""),
    "no word": ({"val/r2": None}, """goals: None is no goal for 'val/r2': it is "minimize" or "maximize"."""),
    "a list": (["val/r2"], """goals: give "minimize" or "maximize" by metric, as in {"accuracy": "maximize"}."""),
    "too many": (
        dict.fromkeys(map(str, range(129)), "maximize"),
        "goals: 129 of them are too many: a run has up to 128.",
    ),
}


@pytest.mark.parametrize("kind", GOALS)
def test_a_wrong_goal_is_told_what_is_allowed(kind: str, directory: Path) -> None:
    goals, sentence = GOALS[kind]
    with pytest.raises(UsageError) as caught:
        Run(directory, goals=goals)
    assert str(caught.value) == sentence
    assert caught.value.__cause__ is None and (caught.value.__context__ is None or caught.value.__suppress_context__)


def test_a_description_that_no_state_can_hold_is_refused(directory: Path) -> None:
    goals = {f"{number:03}" + "\x01" * 190: "maximize" for number in range(128)}
    with pytest.raises(UsageError, match="of 131072 that a state may have: shorten its notes or goals"):
        Run(directory, goals=goals)
    assert not (directory / "state.json").exists()
