"""SHA-256 of what a training begins with and of what comes out, as the lock file writes it: `sha256:` and 64 digits."""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from kan_shared.reading import open_regular

#: What makes a model of a folder: weights, settings, the tokenizer. Its README and pictures do not.
MODEL_FILES: Final = ("*.safetensors", "*.bin", "*.json", "*.model", "*.txt", "*.jinja")
#: What a checkpoint calls its weights, in a fine-tuning and elsewhere.
_WEIGHTS: Final = ("adapter_model.safetensors", "model.safetensors")
#: More files than any model, data set or program has: a folder that was named by mistake ends the search.
_MAX_FILES: Final = 10_000


def file_sha256(path: Path) -> str:
    """Of the regular file `path`, however large.

    Raises:
        OSError: It cannot be read.
    """
    with open_regular(path) as file:
        return _written(hashlib.file_digest(file, "sha256"))


def files_sha256(paths: Iterable[Path], folder: Path) -> str:
    """Of several files under `folder`: a line for each, in the order of their names, of its name and its own SHA-256.

    Raises:
        OSError: One cannot be read, there are none, or there are too many.
    """
    named = sorted((path.relative_to(folder).as_posix(), path) for path in itertools.islice(paths, _MAX_FILES + 1))
    if not 0 < len(named) <= _MAX_FILES:
        raise OSError(0, f"it holds {'too many' if named else 'none'} of the files that are looked for", str(folder))
    total = hashlib.sha256()
    for name, path in named:
        total.update(os.fsencode(f"{name} {file_sha256(path)}\n"))
    return _written(total)


def folder_sha256(folder: Path, patterns: Sequence[str] = MODEL_FILES) -> str:
    """Of the files right in `folder` whose names are like one of `patterns`, as `files_sha256` has them.

    Raises:
        OSError: One cannot be read, there are none, or there are too many.
    """
    found = (path for path in folder.iterdir() if any(fnmatch.fnmatchcase(path.name, like) for like in patterns))
    return files_sha256(found, folder)


def rows_sha256(rows: Iterable[Any]) -> str:
    """Of rows in their order, each as the JSON that msgspec makes of it, with its keys sorted, and a newline."""
    total = hashlib.sha256()
    for row in rows:
        total.update(msgspec.json.encode(row, order="sorted") + b"\n")
    return _written(total)


def settings_sha256(settings: Mapping[str, Any]) -> str:
    """Of a config as nested plain values: their JSON, keys sorted and without spaces, in ASCII."""
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"), default=str)
    return _written(hashlib.sha256(canonical.encode()))


def code_sha256() -> str:
    """Of this trainer's own code.

    Raises:
        OSError: It cannot be read.
    """
    folder = Path(__file__).parent.parent
    return files_sha256((path for like in ("*.py", "*.cpp", "*.h") for path in folder.rglob(like)), folder)


def weights_sha256(directory: Path) -> dict[str, str]:
    """Of the weights in the newest and in the best checkpoint of the run in `directory`, by their paths in it.

    Raises:
        OSError: One that is there cannot be read.
    """
    checkpoints = directory / "checkpoints"
    steps = (path.name.removeprefix("step-") for path in checkpoints.glob("step-*"))
    newest = max((int(step) for step in steps if step.isdecimal() and len(step) < 20), default=0)
    names = [f"checkpoints/{folder}/{name}" for folder in ("best", f"step-{newest}") for name in _WEIGHTS]
    return {name: file_sha256(directory / name) for name in names if (directory / name).exists()}


def _written(digest: Any) -> str:
    return f"sha256:{digest.hexdigest()}"
