"""Rows held out by groups: no crate, and no near-twin of another crate, is on both sides of a split."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.groups import Groups
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.corpus.twins import join_twins


def groups_of(rows: Sequence[Row]) -> list[list[int]]:
    """Which rows must stay together: those of a crate, near-twins, and whatever both of these link."""
    groups = Groups(len(rows))
    first: dict[str, int] = {}
    for item, row in enumerate(rows):
        if row.metadata.crate:
            groups.join(item, first.setdefault(row.metadata.crate, item))
    join_twins([row.input for row in rows], groups)
    return groups.members()


def hold_out(groups: Sequence[Sequence[int]], shares: Sequence[int], seed: int) -> list[set[int]]:
    """For every share a set of items, of about so many, made of whole groups; the largest group is never held out.

    Raises:
        UsageError: There are fewer groups than sets to fill, and one that stays.
    """
    if len(groups) <= len(shares):
        raise UsageError(
            f"The corpus cannot be split into {len(shares) + 1}: by crates and near-twins its rows are"
            f" {len(groups)} group{'s'[: len(groups) != 1]} that must stay together; bring split files of your own."
        )
    rest = sorted(groups, key=len, reverse=True)[1:]
    Random(seed).shuffle(rest)
    held: list[set[int]] = []
    for number, share in enumerate(shares):
        spare = len(shares) - number - 1  # one group for everybody who comes after
        pool = rest[: len(rest) - spare]
        chosen = _nearest([len(group) for group in pool], share)
        held.append({item for position in chosen for item in pool[position]})
        rest = [group for position, group in enumerate(rest) if position not in chosen]
    return held


def _nearest(sizes: Sequence[int], share: int) -> set[int]:
    """Positions, one at least, whose sizes add up to what is nearest to `share`; the first such choice in order."""
    # Every sum that the sizes so far can have, and by which position, after which other sum, it was first had.
    reached: dict[int, tuple[int, int]] = {0: (-1, 0)}
    for position, size in enumerate(sizes):
        for before in list(reached):
            total = before + size
            if total not in reached and (total <= share or before < share):
                reached[total] = (position, before)
        if share in reached:
            break
    total = min((total for total in reached if total), key=lambda total: (abs(total - share), total))
    chosen = set()
    while total:
        position, total = reached[total]
        chosen.add(position)
    return chosen
