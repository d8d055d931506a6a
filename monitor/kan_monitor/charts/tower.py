"""Blocks of blocks: what is known of each 64 records, of each 16 of those blocks, and so on upwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 64  # records
FACTOR: Final = 16  # blocks to a block of the level above

Column = NDArray[Any]


class Field(NamedTuple):
    """How one figure of a block comes from the blocks below it.

    Attributes:
        combine: The figure of several blocks from those of each.
        start: The figure of no block.
        dtype: Of the lowest level.
        wide: Of the levels above.
    """

    combine: np.ufunc
    start: float
    dtype: type[np.generic]
    wide: type[np.generic]


SMALLEST: Final = Field(np.minimum, np.inf, np.float64, np.float64)
LARGEST: Final = Field(np.maximum, -np.inf, np.float64, np.float64)
TOTAL: Final = Field(np.add, 0, np.float64, np.float64)
COUNT: Final = Field(np.add, 0, np.uint8, np.int32)


class Tower:
    """Levels of blocks, each with the same fields, which grow at their end.

    The lowest level has every block, also the last one that is not full yet; a level above has a block only when all
    16 below it are full. So appending touches the lowest level and, once in 16 blocks, one of the next.
    """

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = dict(fields)
        self._levels: list[dict[str, Column]] = [self._empty(0)]
        self._lengths = [0]

    def __len__(self) -> int:
        """How many blocks the lowest level has."""
        return self._lengths[0]

    def write(self, at: int, blocks: Mapping[str, Column], *, full: int, expected: int = 0) -> None:
        """Replaces everything from block `at` on.

        Args:
            at: A block of the lowest level, at most one behind its last.
            blocks: A column of equal length for every field.
            full: How many blocks there are now that will not change any more.
            expected: How many are going to come, to reserve room for.
        """
        self.cut(at)
        self._put(0, blocks, expected)
        level, complete = 1, full // FACTOR
        while complete:
            self._raise_to(level, complete, expected // FACTOR**level)
            level, complete = level + 1, complete // FACTOR

    def cut(self, at: int) -> None:
        """Forgets the blocks from `at` on."""
        self._lengths = [min(length, at // FACTOR**level) for level, length in enumerate(self._lengths)]

    def column(self, name: str, level: int = 0) -> Column:
        """One field of all blocks of a level, as a view."""
        return self._levels[level][name][: self._lengths[level]]

    def tails(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """From the top: each level, and which of its blocks no block above contains. Together they are everything."""
        for level in reversed(range(len(self._lengths))):
            above = self._lengths[level + 1] * FACTOR if level + 1 < len(self._lengths) else 0
            yield level, np.arange(above, self._lengths[level])

    def overall(self, name: str) -> float:
        """One field of everything together; of no blocks what the field starts with: 0, or an infinity."""
        parts = [self.column(name, level)[blocks] for level, blocks in self.tails()]
        field = self._fields[name]
        return float(field.combine.reduce(np.concatenate(parts), initial=field.start))

    def _empty(self, level: int) -> dict[str, Column]:
        return {name: np.empty(0, field.wide if level else field.dtype) for name, field in self._fields.items()}

    def _raise_to(self, level: int, complete: int, expected: int) -> None:
        if level == len(self._levels):
            self._levels.append(self._empty(level))
            self._lengths.append(0)
        below = slice(self._lengths[level] * FACTOR, complete * FACTOR)
        if below.start < below.stop:
            groups = {name: column[below].reshape(-1, FACTOR) for name, column in self._levels[level - 1].items()}
            fields = self._fields.items()
            made = {name: field.combine.reduce(groups[name], axis=1, dtype=field.wide) for name, field in fields}
            self._put(level, made, expected)

    def _put(self, level: int, blocks: Mapping[str, Column], expected: int) -> None:
        begin, columns = self._lengths[level], self._levels[level]
        end = begin + len(next(iter(blocks.values())))
        for name, made in blocks.items():
            if end > len(columns[name]):
                room = np.empty(max(end, expected, len(columns[name]) * 5 // 4), columns[name].dtype)
                room[:begin] = columns[name][:begin]
                columns[name] = room
            columns[name][begin:end] = made
        self._lengths[level] = end
