"""Where a corpus comes from: a file, a folder, the one that is shipped, or a data set of the Hugging Face hub."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.control import ControlTokens
from kan_trainer.finetune.corpus.corpus import Corpus, Findings, arrange
from kan_trainer.finetune.corpus.hub import dataset_folder, is_hub_name
from kan_trainer.finetune.corpus.reading import SUFFIXES, read_rows
from kan_trainer.finetune.rust_tests import TITLE, shipped_rows

__all__ = ["Corpus", "Findings", "read_corpus"]

#: How the names of a split's files begin: train.jsonl, data/train-00000-of-00002.parquet, dev.jsonl …
_SPLIT_NAMES: Final = {"train": "train", "test": "test"} | dict.fromkeys(
    ("validation", "valid", "val", "dev"), "validation"
)


def read_corpus(
    dataset: str,
    *,
    seed: int,
    validation_fraction: float,
    test_fraction: float,
    control_tokens: ControlTokens,
) -> Corpus:
    """The corpus that `dataset` names, checked, without duplicates, and split.

    `dataset` is a `.jsonl` or `.parquet` file, a folder with train.jsonl and perhaps validation.jsonl and test.jsonl,
    `rust-tests`, or the name of a data set of the hub. A split without a file is held out of train by its fraction.

    Raises:
        UsageError: There is no such corpus, lines of it cannot be used, or a split would be empty.
        OutOfReach: The hub does not answer.
    """
    escaped = 0
    if dataset == TITLE:
        title, given = TITLE, shipped_rows()
    else:
        title, files = _files(dataset)
        read = {name: [read_rows(path, control_tokens) for path in paths] for name, paths in files.items()}
        given = {name: [row for file in held for row in file.rows] for name, held in read.items()}
        escaped = sum(file.escaped for held in read.values() for file in held)
    return arrange(
        given,
        title=title,
        seed=seed,
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
        escaped=escaped,
    )


def _files(dataset: str) -> tuple[str, Mapping[str, Sequence[Path]]]:
    """What to call the corpus, and its files by split."""
    path = Path(os.path.expanduser(dataset))  # the method of `Path` fails on ~nobody
    try:
        if path.is_dir():
            return path.resolve().name, _files_in(path)
        is_file = path.exists()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}).") from error
    if is_file:
        if path.suffix not in SUFFIXES:
            raise UsageError(f"{path} is no corpus: it is to be a .jsonl file, one object a line, or a folder of them.")
        return path.name, {"train": [path]}
    if not is_hub_name(dataset):
        raise UsageError(
            f"There is no corpus {dataset}: name a .jsonl file, a folder, `{TITLE}` or a data set of the hub"
            " (owner/name)."
        )
    return dataset, _files_in(dataset_folder(dataset))


def _files_in(folder: Path) -> dict[str, list[Path]]:
    """The files of every split in `folder`, or in its `data`; a single file of any name is all of train."""
    places = [place for place in (folder, folder / "data") if place.is_dir()]
    found = [path for place in places for path in sorted(place.iterdir()) if path.suffix in SUFFIXES]
    files: dict[str, list[Path]] = {}
    for path in found:
        word = re.split(r"[-_.]", path.name.lower(), maxsplit=1)[0]
        if split := _SPLIT_NAMES.get(word):
            files.setdefault(split, []).append(path)
    if not files and len(found) == 1:
        return {"train": found}
    if "train" not in files:
        what = f"of its {len(found)} files none is train.jsonl" if found else "it has no .jsonl file"
        raise UsageError(f"{folder} is no corpus ({what}): put a train.jsonl into it, or name one file.")
    return files
