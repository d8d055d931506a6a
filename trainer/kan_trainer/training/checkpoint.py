"""Checkpoints: safetensors and JSON, never pickle; complete or not there at all.

    checkpoints/step-500/model.safetensors      the network, as `kan_trainer.kan.load` reads it
                         training.safetensors   the optimizer's moments and the random number generators
                         checkpoint.json        where the run stood, and the SHA-256 of the others: written last
    checkpoints/best/    model.safetensors and checkpoint.json of the best validation so far

What is learned may have a file of another name, and others beside it that say what it is: an adapter has.

Each is written beside its place, brought to the disk, and renamed into it. One that is damaged all the same is passed
over for the one before; two are kept for that, beside the best.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import safetensors.torch
from msgspec import Struct
from safetensors import SafetensorError
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan.packing import Description, pack

FORMAT_VERSION: Final = 2
_MODEL: Final = "model.safetensors"
_TRAINING: Final = "training.safetensors"
_MANIFEST: Final = "checkpoint.json"
#: What a killed run leaves behind; every other hidden name is somebody else's.
_HALF_WRITTEN: Final = re.compile(r"\.(best|step-\d+)\.(new|replaced)")
_log = logging.getLogger("kan_trainer")
Tensors = Mapping[str, Tensor]


class Best(Struct, frozen=True, kw_only=True):
    """The best validation so far: its step, and all that it measured."""

    step: int
    values: dict[str, float]


class Position(Struct, frozen=True, kw_only=True):
    """Where a run stands. Learning rate and batches follow from the step.

    Attributes:
        step: Steps done.
        epoch: The epoch of that step, from 1.
        step_in_epoch: Steps done of it.
        data: A checksum of the examples: with other ones the run could not go on as it was.
        best: The best validation so far, if there was one.
    """

    step: int
    epoch: int
    step_in_epoch: int
    data: int
    best: Best | None = None


class _Manifest(Struct, frozen=True, kw_only=True):
    version: int
    position: Position
    sha256: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A run at one step: its `position`, its `model`'s tensors and those of its `training`; the best has none.

    `model_file` is where the model's go; `description` says of what network they are, or `files` do, by their names:
    checkpoints that were read have neither.
    """

    position: Position
    model: Tensors
    training: Tensors
    model_file: str = _MODEL
    description: Description | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


class Checkpoints:
    """The checkpoints of one run, in `directory`: the `kept` newest, and the best."""

    def __init__(self, directory: Path, kept: int = 2) -> None:
        self._directory = directory
        self._kept = kept

    def latest(self) -> Checkpoint | None:
        """The newest checkpoint that is whole; `None` where there are none at all. Changes nothing.

        Raises:
            UsageError: A later version wrote it, or none of those that there are is whole.
        """
        steps = self._steps()
        for step in steps:
            path = self._path(step)
            try:
                return _read(path)
            except (OSError, ValueError, msgspec.DecodeError, SafetensorError) as error:
                instead = "" if step == steps[-1] else ", so the one before it is"
                _log.warning("%s cannot be used%s: %s", path, instead, error)
        if steps:  # to begin anew would clear them away
            raise UsageError(
                f"none of the checkpoints in {self._directory} can be read: mend one, or begin in another directory."
            )
        return None

    def prepare(self, step: int) -> None:
        """Clears away what a run that goes on from `step` has no use for: half-written and later ones.

        Raises:
            OSError: It cannot be cleared away.
        """
        self._directory.mkdir(exist_ok=True)
        aside = self._directory / _aside("best")
        if aside.exists() and not (self._directory / "best").exists():
            aside.rename(self._directory / "best")
        half_written = [path for path in self._directory.iterdir() if _HALF_WRITTEN.fullmatch(path.name)]
        for path in half_written + [self._path(later) for later in self._steps() if later > step]:
            shutil.rmtree(path)

    def save(self, checkpoint: Checkpoint) -> Path:
        """Writes `checkpoint` as the newest, and removes the oldest.

        Raises:
            OSError: It does not fit; what was there is still there.
        """
        path = self._path(checkpoint.position.step)
        self._write(path, checkpoint, {checkpoint.model_file: checkpoint.model, _TRAINING: checkpoint.training})
        for step in self._steps()[self._kept :]:
            shutil.rmtree(self._path(step))
        return path

    def save_best(self, checkpoint: Checkpoint) -> None:
        """Writes `checkpoint`, without what only training needs, as the best.

        Raises:
            OSError: It does not fit; what was there is still there.
        """
        self._write(self._directory / "best", checkpoint, {checkpoint.model_file: checkpoint.model})

    def _write(self, path: Path, checkpoint: Checkpoint, files: Mapping[str, Tensors]) -> None:
        new, aside = path.with_name(f".{path.name}.new"), path.with_name(_aside(path.name))
        shutil.rmtree(new, ignore_errors=True)
        try:
            new.mkdir()
            sha256 = {}
            for name, content in _contents(checkpoint, files):  # one at a time: each may be large
                _write_durably(new / name, content)
                sha256[name] = hashlib.sha256(content).hexdigest()
            manifest = _Manifest(version=FORMAT_VERSION, position=checkpoint.position, sha256=sha256)
            _write_durably(new / _MANIFEST, msgspec.json.encode(manifest))
            _sync(new)
            _replace(path, new, aside)
            _sync(self._directory)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _path(self, step: int) -> Path:
        return self._directory / f"step-{step}"

    def _steps(self) -> list[int]:
        """The steps that there are checkpoints of, the newest first."""
        names = (path.name.removeprefix("step-") for path in self._directory.glob("step-*"))
        return sorted((int(name) for name in names if name.isdecimal()), reverse=True)


def _read(path: Path) -> Checkpoint:
    manifest = msgspec.json.decode((path / _MANIFEST).read_bytes(), type=_Manifest)
    if manifest.version > FORMAT_VERSION:
        raise UsageError(f"{path} was written by a later version of kan-train: pip install -U kan-monitor reads it.")
    if path.name != f"step-{manifest.position.step}":
        raise ValueError(f"it says that it is of step {manifest.position.step}")
    tensors, models = {}, [name for name in manifest.sha256 if name.endswith(_MODEL)]
    for name, sha256 in manifest.sha256.items():
        if Path(name).name != name:
            raise ValueError(f"it names {name[:40]!r}, which is elsewhere")
        content = (path / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"{name} is damaged")
        if name in (_TRAINING, *models):
            tensors[name] = safetensors.torch.load(content)
    if len(models) != 1 or _TRAINING not in tensors:
        raise ValueError(f"{_MANIFEST} does not name one model and its training")
    return Checkpoint(
        position=manifest.position, model=tensors[models[0]], training=tensors[_TRAINING], model_file=models[0]
    )


def _contents(checkpoint: Checkpoint, files: Mapping[str, Tensors]) -> Iterator[tuple[str, bytes]]:
    for name, tensors in files.items():
        if checkpoint.description and name == _MODEL:
            yield name, pack(checkpoint.description, tensors)
        else:
            yield name, safetensors.torch.save(dict(tensors))
    yield from checkpoint.files.items()


def _aside(name: str) -> str:
    return f".{name}.replaced"


def _replace(path: Path, new: Path, aside: Path) -> None:
    """Puts `new` at `path`; where that fails, what was there is put back."""
    if not path.exists():
        new.rename(path)
        return
    shutil.rmtree(aside, ignore_errors=True)
    path.rename(aside)
    try:
        new.rename(path)
    except BaseException:
        aside.rename(path)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write_durably(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    """Brings the names in `directory` to the disk."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
