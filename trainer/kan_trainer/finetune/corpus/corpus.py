"""A corpus made ready: its three splits, its hash, and what was found on the way."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.finetune.corpus.groups import Groups
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.corpus.splits import groups_of, hold_out
from kan_trainer.finetune.corpus.twins import join_twins, without_duplicates

SPLITS: Final = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in the rows, and done about it."""

    #: Rows left out since they are another one again, blank space aside; of two in different splits, train's goes.
    duplicates: int = 0
    #: Rows that have a near-twin.
    twins: int = 0
    #: Rows of train with a near-twin in validation or test: only where split files put them there.
    leaks: int = 0
    #: Crates with rows in several splits: only where split files put them there.
    straddling_crates: int = 0
    #: Rows with control tokens, which were escaped.
    escaped: int = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    """Rows to train on, to choose the best checkpoint by, and to evaluate with."""

    train: tuple[Row, ...]
    validation: tuple[Row, ...]
    test: tuple[Row, ...]
    title: str
    #: Of the rows, split by split, wherever they were read from.
    sha256: str
    findings: Findings

    def splits(self) -> dict[str, tuple[Row, ...]]:
        """The three by name."""
        return {name: getattr(self, name) for name in SPLITS}


def arrange(
    given: Mapping[str, Sequence[Row]],
    *,
    title: str,
    seed: int,
    validation_fraction: float,
    test_fraction: float,
    escaped: int = 0,
) -> Corpus:
    """A corpus of the rows that are `given` by split; a split that is not there is held out of train.

    Raises:
        UsageError: A fraction is out of bounds, or a split would be empty.
    """
    _check_fractions(validation_fraction, test_fraction)
    seen: set[tuple[str, str]] = set()
    kept = {name: without_duplicates(given[name], seen) for name in reversed(SPLITS) if name in given}
    for name, rows in kept.items():
        if not rows:
            raise UsageError(f"The {name} split of {title} is empty: every row of it is in another split, too.")
    duplicates = sum(map(len, given.values())) - sum(map(len, kept.values()))
    if "train" not in kept:
        raise UsageError(f"{title} has no rows to train on: name a file or a folder with a train.jsonl.")
    fractions = {"validation": validation_fraction, "test": test_fraction}
    _fill(kept, {name: share for name, share in fractions.items() if name not in given and share}, seed)
    splits = {name: tuple(kept.get(name, ())) for name in SPLITS}
    twins, leaks = _twins(splits)
    findings = Findings(duplicates, twins, leaks, _straddling(splits), escaped)
    return Corpus(**splits, title=title, sha256=_sha256(splits), findings=findings)


def _check_fractions(validation: float, test: float) -> None:
    for name, fraction in (("validation_fraction", validation), ("test_fraction", test)):
        require(0 <= fraction < 1, name, "from 0 to below 1", fraction)
    require(validation + test < 1, "validation_fraction and test_fraction", "below 1 together", validation + test)


def _fill(kept: dict[str, list[Row]], fractions: Mapping[str, float], seed: int) -> None:
    """Moves rows of train into splits that are not there yet."""
    if not fractions:
        return
    rows = kept["train"]
    shares = [max(1, round(fraction * len(rows))) for fraction in fractions.values()]
    held = hold_out(groups_of(rows), shares, seed)
    for name, items in zip(fractions, held, strict=True):
        kept[name] = [rows[item] for item in sorted(items)]
    kept["train"] = [row for item, row in enumerate(rows) if not any(item in items for items in held)]


def _twins(splits: Mapping[str, Sequence[Row]]) -> tuple[int, int]:
    """How many rows have a near-twin, and how many of train have one that is held out."""
    rows = [row for name in SPLITS for row in splits[name]]
    groups = Groups(len(rows))
    join_twins([row.input for row in rows], groups)
    held_out_from = len(splits["train"])
    several = [members for members in groups.members() if len(members) > 1]
    leaks = [sum(item < held_out_from for item in members) for members in several if members[-1] >= held_out_from]
    return sum(map(len, several)), sum(leaks)


def _straddling(splits: Mapping[str, Sequence[Row]]) -> int:
    where: dict[str, set[str]] = defaultdict(set)
    for name, rows in splits.items():
        for row in rows:
            where[row.metadata.crate].add(name)
    where.pop("", None)
    return sum(len(names) > 1 for names in where.values())


def _sha256(splits: Mapping[str, Sequence[Row]]) -> str:
    encoder = msgspec.json.Encoder()
    digest = hashlib.sha256()
    for name in SPLITS:
        digest.update(name.encode() + b"\n")
        for row in splits[name]:
            digest.update(encoder.encode(row) + b"\n")
    return digest.hexdigest()
