"""Checkpoints on the disk: whole or not there, a few at a time, and nothing in them that could run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from kan_shared.errors import UsageError
from kan_trainer.training.checkpoint import Best, Checkpoint, Checkpoints, Position


def checkpoint(step: int, best: int | None = None) -> Checkpoint:
    known = None if best is None else Best(step=best, values={"validation/loss": 1 / best})
    return Checkpoint(
        position=Position(step=step, epoch=1, step_in_epoch=step, data=99, best=known),
        model={"weight": torch.full((2, 3), float(step))},
        training={"optimizer.0.step": torch.tensor(float(step)), "random.cpu": torch.arange(5, dtype=torch.uint8)},
    )


def names(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    kept = Checkpoints(tmp_path)
    kept.prepare(0)
    return kept


def test_a_checkpoint_comes_back_as_it_was(checkpoints: Checkpoints) -> None:
    written = checkpoint(500, best=400)
    checkpoints.save(written)
    read = checkpoints.latest()
    assert read is not None
    assert read.position == written.position
    for theirs, ours in ((read.model, written.model), (read.training, written.training)):
        assert theirs.keys() == ours.keys()
        assert all(torch.equal(theirs[name], ours[name]) and theirs[name].dtype == ours[name].dtype for name in ours)


def test_there_is_none_at_first(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path / "nowhere").latest() is None


def test_the_two_newest_and_the_best_are_kept(tmp_path: Path, checkpoints: Checkpoints) -> None:
    for step in (9, 10, 90, 100, 1000):
        checkpoints.save_best(checkpoint(step))
        checkpoints.save(checkpoint(step))
    assert names(tmp_path) == ["best", "step-100", "step-1000"]
    assert names(tmp_path / "step-100") == ["checkpoint.json", "model.safetensors", "training.safetensors"]


def test_the_best_is_a_model_that_anyone_can_load(tmp_path: Path, checkpoints: Checkpoints) -> None:
    checkpoints.save_best(checkpoint(7, best=7))
    assert names(tmp_path / "best") == ["checkpoint.json", "model.safetensors"]
    assert safetensors.torch.load_file(tmp_path / "best" / "model.safetensors")["weight"].tolist() == [[7.0] * 3] * 2
    told = json.loads((tmp_path / "best" / "checkpoint.json").read_text())
    assert told["position"]["best"] == {"step": 7, "values": {"validation/loss": 1 / 7}}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink], ids=["cut", "flipped", "gone"])
@pytest.mark.parametrize("name", ["model.safetensors", "training.safetensors", "checkpoint.json"])
def test_a_damaged_one_is_passed_over_for_the_one_before(
    tmp_path: Path, checkpoints: Checkpoints, name: str, damage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoints.save(checkpoint(100))
    checkpoints.save(checkpoint(200))
    damage(tmp_path / "step-200" / name)
    read = checkpoints.latest()
    assert read is not None and read.position.step == 100
    assert "step-200 cannot be used" in caplog.text
    assert "the one before it is" in caplog.text


def test_where_none_can_be_read_nothing_begins_anew_over_them(
    tmp_path: Path, checkpoints: Checkpoints, caplog: pytest.LogCaptureFixture
) -> None:
    for step in (100, 200):
        checkpoints.save(checkpoint(step))
        flip(tmp_path / f"step-{step}" / "model.safetensors")
    with pytest.raises(UsageError, match=r"^none of the checkpoints in .* can be read: mend one, or begin in another"):
        checkpoints.latest()
    assert names(tmp_path) == ["step-100", "step-200"]
    assert caplog.text.count("the one before it is") == 1, "before the oldest there is none"


def test_a_later_version_is_not_passed_over(tmp_path: Path, checkpoints: Checkpoints) -> None:
    checkpoints.save(checkpoint(100))
    checkpoints.save(checkpoint(200))
    path = tmp_path / "step-200" / "checkpoint.json"
    path.write_text(path.read_text().replace('"version":2', '"version":3'))
    with pytest.raises(UsageError, match="step-200 was written by a later version"):
        checkpoints.latest()


def test_what_a_resumed_run_has_no_use_for_is_cleared_away(tmp_path: Path, checkpoints: Checkpoints) -> None:
    for step in (100, 200):
        checkpoints.save(checkpoint(step))
    (tmp_path / ".step-300.new").mkdir()
    (tmp_path / ".step-300.replaced").mkdir()
    for own in ("notes.txt", ".DS_Store"):
        (tmp_path / own).write_text("the user's own")
    (tmp_path / ".git").mkdir()
    checkpoints.prepare(100)
    assert names(tmp_path) == [".DS_Store", ".git", "notes.txt", "step-100"]


def test_a_best_that_was_being_replaced_is_put_back(tmp_path: Path, checkpoints: Checkpoints) -> None:
    checkpoints.save_best(checkpoint(100))
    (tmp_path / "best").rename(tmp_path / ".best.replaced")
    checkpoints.prepare(100)
    assert names(tmp_path) == ["best"]


def test_a_disk_without_room_leaves_what_was_there(
    tmp_path: Path, checkpoints: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(checkpoint(100))
    checkpoints.save_best(checkpoint(100))

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            checkpoints.save(checkpoint(200))
        with pytest.raises(OSError, match="No space left"):
            checkpoints.save_best(checkpoint(200))
    assert names(tmp_path) == ["best", "step-100"]
    read = checkpoints.latest()
    assert read is not None and read.position.step == 100


def test_a_rename_that_fails_leaves_what_was_there(
    tmp_path: Path, checkpoints: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save_best(checkpoint(100))
    rename = Path.rename

    def refuse_new(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise OSError(5, "Input/output error")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse_new)
        with pytest.raises(OSError, match="Input/output error"):
            checkpoints.save_best(checkpoint(200))
    assert names(tmp_path) == ["best"]
    assert json.loads((tmp_path / "best" / "checkpoint.json").read_text())["position"]["step"] == 100
