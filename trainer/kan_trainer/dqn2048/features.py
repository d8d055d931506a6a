"""A board as a network of splines takes it: how large each tile is, and by how much neighbours differ.

Everything is a number of doublings, and lies on a knot of the default grid: so each edge of the first layer learns a
table of its own for the sizes of one cell, or for the steps between two.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kan_trainer.dqn2048.board import Boards, cells_of_rows, rows_of, transposed

#: Sixteen cells, and the twelve neighbours of each direction.
FEATURES: Final = 40
#: The largest exponent that is told from larger ones; and twice the largest difference, either way.
RANGE: Final = 14


@lru_cache(maxsize=4)
def _tables(low: float, high: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For each row of sixteen bits its cells, `(65536, 4)`, and its differences, `(65536, 3)`, from `low` to `high`."""
    cells = cells_of_rows(np.arange(1 << 16, dtype=np.uint16)).astype(np.float32)
    sizes = np.minimum(cells, RANGE)
    steps = np.clip(np.diff(cells, axis=1), -RANGE / 2, RANGE / 2) + RANGE / 2
    scale = (high - low) / RANGE
    return (low + scale * sizes).astype(np.float32), (low + scale * steps).astype(np.float32)


def features(boards: Boards, grid_range: tuple[float, float]) -> NDArray[np.float32]:
    """`(count,)` → `(count, 40)` on the grid: the cells row by row, then the steps along rows and along columns."""
    sizes, steps = _tables(*grid_range)
    rows, columns = rows_of(boards), rows_of(transposed(boards))
    found = np.empty((len(boards), FEATURES), np.float32)
    found[:, :16] = sizes[rows].reshape(-1, 16)
    found[:, 16:28] = steps[rows].reshape(-1, 12)
    found[:, 28:] = steps[columns].reshape(-1, 12)
    return found
