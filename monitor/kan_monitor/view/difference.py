"""Two texts word by word: what they share, what the second one lacks, and what it has beyond the first (Myers 1986)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final

from kan_monitor.dashboard import Kind, Piece

_WORDS: Final = re.compile(r"\d+\.\d+|\w+|\n|[^\S\n]+|[^\w\s]")
#: What bounds the time: longer texts, and those that differ in more words, are not compared.
_LONGEST_WORDS: Final = 4096
_MOST_EDITS: Final = 128

_SAME: Final[tuple[Kind, ...]] = ("same",)
_CHANGED: Final[tuple[Kind, ...]] = ("missing", "extra")


@lru_cache(maxsize=16)
def word_difference(target: str, generated: str) -> tuple[Piece, ...]:
    """`target` against `generated`; nothing where they are the same, or have less than half of their words in common.

    Without its extra pieces it is the target, without its missing ones it is what was generated.
    """
    before, after = _WORDS.findall(target), _WORDS.findall(generated)
    if before == after or max(len(before), len(after)) > _LONGEST_WORDS:
        return ()
    ends = _ends(before, after, min(_MOST_EDITS, (len(before) + len(after)) // 2))
    return tuple(_pieces(list(_edits_from_the_end(before, after, ends))[::-1])) if ends else ()


def _ends(before: Sequence[str], after: Sequence[str], most: int) -> list[dict[int, int]]:
    """How far into `before` every diagonal was followed, ahead of each edit; nothing where `most` edits do not do."""
    ends, history = {1: 0}, []
    for edits in range(most + 1):
        history.append(dict(ends))
        for diagonal in range(-edits, edits + 1, 2):
            came_from = _came_from(ends, diagonal, edits)
            at = ends[came_from] + (came_from < diagonal)
            while at < len(before) and at - diagonal < len(after) and before[at] == after[at - diagonal]:
                at += 1
            ends[diagonal] = at
            if at >= len(before) and at - diagonal >= len(after):
                return history
    return []


def _came_from(ends: Mapping[int, int], diagonal: int, edits: int) -> int:
    """The neighbour from which a diagonal is reached furthest: the one above adds a word, the one below drops one."""
    adds = diagonal == -edits or (diagonal != edits and ends[diagonal - 1] < ends[diagonal + 1])
    return diagonal + 1 if adds else diagonal - 1


def _edits_from_the_end(
    before: Sequence[str], after: Sequence[str], history: Sequence[Mapping[int, int]]
) -> Iterator[Piece]:
    """The way back from the end of both, a word each."""
    at, other = len(before), len(after)
    for edits in range(len(history) - 1, -1, -1):
        ends = history[edits]
        came_from = _came_from(ends, at - other, edits)
        start = ends[came_from]
        while at > start and other > start - came_from:
            at, other = at - 1, other - 1
            yield Piece("same", before[at])
        if edits and at == start:
            other -= 1
            yield Piece("extra", after[other])
        elif edits:
            at -= 1
            yield Piece("missing", before[at])


def _pieces(words: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind as one; where something was put in the place of something, what is missing comes first."""
    for same, run in groupby(words, key=lambda word: word.kind == "same"):
        found = list(run)
        for kind in _SAME if same else _CHANGED:
            if text := "".join(word.text for word in found if word.kind == kind):
                yield Piece(kind, text)
