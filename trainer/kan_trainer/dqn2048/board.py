"""2048 on many boards at once.

A board is one number of 64 bits: sixteen cells of four, row by row, each the exponent of its tile, 0 where it is empty.
A row is sixteen bits, and so what a slide makes of each of the 65 536 rows is looked up; columns are the rows of the
transposed board.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: `(count,)` of uint64, the lowest four bits the upper left cell.
Boards = NDArray[np.uint64]
MOVES: Final = ("left", "right", "up", "down")
#: Two tiles of 32768 do not merge: four bits have no room for more.
LARGEST_EXPONENT: Final = 15
_ROWS: Final = 1 << 16
_FOUR_SHARE: Final = 0.1


class Tables(NamedTuple):
    """What is looked up for each row, by its sixteen bits.

    Attributes:
        left, right: The row after a slide, `(65536,)` of uint16.
        gain: What the slide scores, either way, `(65536,)` of int32.
        empty: Its empty cells as bits, `(65536,)` of uint16.
        ones: For sixteen bits, how many of them are one, `(65536,)` of uint8.
        places: For sixteen bits, where the first, the second … one is, `(65536, 16)` of uint8.
    """

    left: NDArray[np.uint16]
    right: NDArray[np.uint16]
    gain: NDArray[np.int32]
    empty: NDArray[np.uint16]
    ones: NDArray[np.uint8]
    places: NDArray[np.uint8]


class Moves(NamedTuple):
    """What the four moves do to each board, in the order of `MOVES`.

    Attributes:
        after: The board before a tile is added, `(count, 4)` of uint64; the same as before where a move is not legal.
        gains: What it scores, `(count, 4)` of int32.
        legal: Whether it moves anything, `(count, 4)`.
    """

    after: NDArray[np.uint64]
    gains: NDArray[np.int32]
    legal: NDArray[np.bool_]

    def at(self, rows: NDArray[np.intp], moves: NDArray[np.intp]) -> tuple[Boards, NDArray[np.int32]]:
        """The boards and scores after one move of each of the `rows`."""
        return self.after[rows, moves], self.gains[rows, moves]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables, made once: a tenth of a second."""
    rows = np.arange(_ROWS, dtype=np.uint16)
    cells = cells_of_rows(rows)
    left, gain = _slid(cells)
    right, _ = _slid(cells[:, ::-1])
    bits = (rows[:, None] >> np.arange(16, dtype=np.uint16)) & 1
    return Tables(
        left=_rows_of_cells(left),
        right=_rows_of_cells(right[:, ::-1]),
        gain=gain,
        empty=((cells == 0) << np.arange(4)).sum(1).astype(np.uint16),
        ones=bits.sum(1, dtype=np.uint8),
        places=np.argsort(1 - bits.astype(np.int8), axis=1, kind="stable").astype(np.uint8),
    )


def cells_of_rows(rows: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """The exponents in each of `rows`, `(count, 4)`, from the left."""
    return ((rows[:, None] >> np.arange(0, 16, 4, dtype=np.uint16)) & 15).astype(np.uint8)


def _rows_of_cells(cells: NDArray[np.uint8]) -> NDArray[np.uint16]:
    return _joined(cells.astype(np.uint16))


def _joined(fours: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Four bits each of four columns as one number."""
    joined: NDArray[np.uint16] = (fours << np.arange(0, 16, 4, dtype=np.uint16)).sum(1, dtype=np.uint16)
    return joined


def _slid(cells: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Rows of cells after a slide to the left, and what it scores: a merged tile does not merge again."""
    cells, gain = _packed(cells), np.zeros(len(cells), np.int32)
    for at in range(3):
        first, second = cells[:, at], cells[:, at + 1]
        merged = (first == second) & (first > 0) & (first < LARGEST_EXPONENT)
        first[merged] += 1
        second[merged] = 0
        gain[merged] += 1 << first[merged].astype(np.int32)
    return _packed(cells), gain


def _packed(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The tiles of each row in their order, the empty cells behind them; a copy."""
    order = np.argsort(cells == 0, axis=1, kind="stable")
    packed: NDArray[np.uint8] = np.take_along_axis(cells, order, axis=1)
    return packed


def rows_of(boards: Boards) -> NDArray[np.uint16]:
    """The rows of each board from the top, `(count, 4)`."""
    return boards.astype("<u8", copy=False).view("<u2").reshape(-1, 4)


def _from_rows(rows: NDArray[np.uint16]) -> Boards:
    boards: Boards = rows.astype("<u2", copy=False).view("<u8").reshape(-1)
    return boards


def transposed(boards: Boards) -> Boards:
    """Rows become columns. Source: H. S. Warren, Hacker's Delight, section 7-3, for cells of four bits."""
    swap = (boards ^ (boards >> np.uint64(12))) & np.uint64(0x0000F0F00000F0F0)
    boards = boards ^ swap ^ (swap << np.uint64(12))
    swap = (boards ^ (boards >> np.uint64(24))) & np.uint64(0x00000000FF00FF00)
    swapped: Boards = boards ^ swap ^ (swap << np.uint64(24))
    return swapped


def cells_of(boards: Boards) -> NDArray[np.uint8]:
    """The exponent of every cell, `(count, 16)`, row by row."""
    pairs = boards.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8)
    return np.stack((pairs & 15, pairs >> 4), axis=2).reshape(-1, 16)


def all_moves(boards: Boards) -> Moves:
    """What each move would do to each of `boards`."""
    table, rows, columns = tables(), rows_of(boards), rows_of(transposed(boards))
    after = np.stack(
        (
            _from_rows(table.left[rows]),
            _from_rows(table.right[rows]),
            transposed(_from_rows(table.left[columns])),
            transposed(_from_rows(table.right[columns])),
        ),
        axis=1,
    )
    along, across = (table.gain[lines].sum(1, dtype=np.int32) for lines in (rows, columns))
    return Moves(after, np.stack((along, along, across, across), axis=1), after != boards[:, None])


def with_new_tile(boards: Boards, random: np.random.Generator) -> Boards:
    """Each board with a tile more, in one of its empty cells: a 2, or one time in ten a 4. There must be a cell."""
    table = tables()
    empty = _joined(table.empty[rows_of(boards)])
    draws = random.random((2, len(boards)))
    which = (draws[0] * table.ones[empty]).astype(np.intp)
    exponents = np.where(draws[1] < _FOUR_SHARE, 2, 1).astype(np.uint64)
    with_tile: Boards = boards | (exponents << (table.places[empty, which].astype(np.uint64) * np.uint64(4)))
    return with_tile


def new_boards(count: int, random: np.random.Generator) -> Boards:
    """Boards as a game begins, with two tiles."""
    return with_new_tile(with_new_tile(np.zeros(count, np.uint64), random), random)
