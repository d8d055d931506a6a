"""The series of a run among each other: in which order they stand, and which of them are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from kan_monitor.view.loss import VALIDATION

#: What most people look for first.
_FIRST: Final = ("train/loss", VALIDATION, "learning_rate", "gradient_norm")
_SYSTEM: Final = "system/"


def in_order(names: Iterable[str], pinned: Sequence[str] = ()) -> list[str]:
    """The pinned ones first, as they were pinned; then what most look for, the rest by name, the hardware's last."""
    there = set(names)
    first = [name for name in dict.fromkeys((*pinned, *_FIRST)) if name in there]
    rest = sorted(there.difference(first), key=lambda name: (name.startswith(_SYSTEM), list(_natural(name))))
    return first + rest


@lru_cache(maxsize=8)
def beside_the_loss(names: tuple[str, ...], pinned: tuple[str, ...], main: str | None) -> tuple[str, ...]:
    """All but those that the loss chart of a run has, which is judged by `main`, in order."""
    return tuple(name for name in in_order(names, pinned) if name not in (main, VALIDATION))


def meant(names: Iterable[str], search: str) -> list[str]:
    """The names that have every word of `search` in them, or match it where it is a pattern such as `*/loss`."""
    words = search.lower().split()
    return [name for name in names if all(_fits(name.lower(), word) for word in words)]


def _fits(name: str, word: str) -> bool:
    return fnmatchcase(name, word) if set(word) & set("*?[") else word in name


def _natural(name: str) -> Iterator[tuple[bool, int, str]]:
    """layer2 before layer10."""
    for part in re.split(r"(\d+)", name):
        digits = part.isdecimal() and part.isascii() and len(part) < 20
        yield not digits, int(part) if digits else 0, part
