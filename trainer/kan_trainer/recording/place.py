"""Which one of the processes that train together this is."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

from kan_shared.errors import UsageError

_MOST: Final = 2**20


class Place(NamedTuple):
    """One process of `world_size`; `local_rank` counts those of its host."""

    rank: int = 0
    world_size: int = 1
    local_rank: int | None = None


def place_of_process(rank: int | None = None, world_size: int | None = None) -> Place:
    """The place that was told, or that the launcher (torchrun, accelerate) has put into the environment.

    Raises:
        UsageError: What was told cannot be.
    """
    said = Place(_number("RANK") or 0, _number("WORLD_SIZE") or 1, _number("LOCAL_RANK"))
    if rank is None and world_size is None:
        return said if said.rank < said.world_size <= _MOST else Place()
    told = Place(rank or 0, world_size or max(said.world_size, (rank or 0) + 1), said.local_rank)
    if not 0 <= told.rank < told.world_size <= _MOST:
        raise UsageError(f"rank {rank} of {world_size} cannot be: ranks count from 0 up to world_size - 1.")
    return told


def _number(name: str) -> int | None:
    """A count in the environment; `None` for anything else."""
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
