"""A folder that leaves the project: there whole, or not at all, and never over another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from kan_shared.errors import DirectoryTaken, UsageError
from kan_trainer.finetune.prompt import END
from kan_trainer.finetune.trained import ADAPTER_CONFIG, ADAPTER_WEIGHTS, Trained

_CARD = "README.md"


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, beside `target`; brought to the disk and renamed when the block ends well.

    Raises:
        DirectoryTaken: There is something already.
        UsageError: It cannot be written; nothing is left of it.
    """
    require_free(target)
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        beside.mkdir(parents=True)
        yield beside
        _open_to_readers(beside)
        _to_disk(beside)
        require_free(target)
        beside.rename(target)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{target} cannot be written ({reason}): nothing is left of it.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _open_to_readers(folder: Path) -> None:
    """Files as the user's umask has them: some libraries keep theirs to themselves."""
    masked = os.umask(0)
    os.umask(masked)
    for path in folder.iterdir():
        path.chmod(0o666 & ~masked)


def require_free(target: Path) -> None:
    """Does nothing where nothing is at `target`.

    Raises:
        DirectoryTaken: Something is.
    """
    if os.path.lexists(target):
        raise DirectoryTaken(f"{target} is there already, and nothing is written over: choose another --output.")


def write_model(folder: Path, model: Any, tokenizer: Any) -> None:
    """Writes the merged `model` and its tokenizer, which says what ends an answer to whoever generates with them."""
    known = model.generation_config.eos_token_id
    ends = {*(known if isinstance(known, list) else [known]), tokenizer.get_vocab().get(END), tokenizer.eos_token_id}
    model.generation_config.eos_token_id = sorted(ends - {None})
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def write_adapter(folder: Path, trained: Trained, tokenizer: Any) -> None:
    """Copies the adapter as it was trained, byte by byte, and writes the tokenizer of its base beside it."""
    for name in (ADAPTER_WEIGHTS, ADAPTER_CONFIG):
        shutil.copyfile(trained.adapter / name, folder / name)
    tokenizer.save_pretrained(folder)


def write_card(folder: Path, text: str) -> None:
    """Writes the model card."""
    (folder / _CARD).write_text(text, encoding="utf-8")


def _to_disk(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
