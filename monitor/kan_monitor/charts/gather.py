"""Blocks and records, in any order, into the columns of a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kan_monitor.charts.decimate import Envelope, columns_per_step
from kan_monitor.charts.records import Bools, Floats

Integers = NDArray[np.int64]
Figures = Mapping[str, NDArray[Any]]  # of blocks: `low`, `high`, `total`, `finite`, `non_finite`


class Window:
    """The part of a series that a chart shows, and what was found for each of its columns.

    Attributes:
        start: The place on the x axis at the left edge.
        stop: At the right edge.
        begin: The first column that is wanted; of those before only a part is looked at.
    """

    def __init__(self, start: float, stop: float, columns: int, *, since: float | None = None) -> None:
        self.start = start
        self.stop = stop
        self.begin = 0
        self._factor = columns_per_step(start, stop, columns)
        self._low = np.full(columns, np.inf)
        self._high = np.full(columns, -np.inf)
        self._total = np.zeros(columns)
        self._finite = np.zeros(columns)
        self._non_finite = np.zeros(columns)
        if since is not None:
            self.begin = int(self.column_of(np.array([since]))[0])

    def column_of(self, places: Floats) -> Integers:
        """The column of each place, of the nearest one of the window for those outside."""
        # The very operations of `decimate`, so that the two agree to the last bit.
        placed = (places - self.start) * self._factor if self._factor else np.zeros_like(places)
        return np.clip(placed, 0, len(self._low) - 1).astype(np.int64)

    def touches(self, first: Floats, last: Floats) -> Bools:
        """Which of the blocks with these first and last places reach into the window."""
        touching: Bools = (last >= self.start) & (first <= self.stop)
        return touching & (self.column_of(last) >= self.begin) if self.begin else touching

    def holds(self, first: Floats, last: Floats) -> Bools:
        """Which of the blocks lie in the window, and in one column of it."""
        inside = (first >= self.start) & (last <= self.stop)
        whole: Bools = inside & (self.column_of(first) == self.column_of(last))
        return whole

    def add_blocks(self, places: Floats, figures: Figures) -> None:
        """Adds blocks, each to the column of its place; they lie in the window."""
        columns = self.column_of(places)
        np.minimum.at(self._low, columns, figures["low"])
        np.maximum.at(self._high, columns, figures["high"])
        self._total += self._sums(columns, figures["total"])
        self._finite += self._sums(columns, figures["finite"])
        self._non_finite += self._sums(columns, figures["non_finite"])

    def add_values(self, places: Floats, values: Floats) -> None:
        """Adds finite values; their places lie in the window."""
        columns = self.column_of(places)
        np.minimum.at(self._low, columns, values)
        np.maximum.at(self._high, columns, values)
        self._total += self._sums(columns, values)
        self._finite += self._sums(columns)

    def add_non_finite(self, places: Floats) -> None:
        """Takes note of non-finite values; their places lie in the window."""
        self._non_finite += self._sums(self.column_of(places))

    def _sums(self, columns: Integers, of: NDArray[Any] | None = None) -> Floats:
        return np.bincount(columns, of, len(self._low)).astype(np.float64)

    def envelope(self, before: Envelope | None = None) -> Envelope:
        """What was found, behind what was found `before` in the columns that were not wanted."""
        mean = self._total / np.maximum(self._finite, 1)
        # fmin and fmax, since a total that overflowed both ways is NaN.
        mean = np.fmax(self._low, np.fmin(mean, self._high))
        known = [self._known(column) for column in (self._low, self._high, mean)]
        found = Envelope(known[0], known[1], known[2], np.flatnonzero(self._non_finite).tolist())
        return found if before is None else _joined(before, found, self.begin)

    def _known(self, column: Floats) -> list[float | None]:
        return [value if count else None for value, count in zip(column.tolist(), self._finite.tolist(), strict=True)]


def _joined(before: Envelope, found: Envelope, begin: int) -> Envelope:
    low, high, mean = (old[:begin] + new[begin:] for old, new in zip(before[:3], found[:3], strict=True))
    marked = [column for column in before.non_finite if column < begin]
    return Envelope(low, high, mean, marked + [column for column in found.non_finite if column >= begin])
