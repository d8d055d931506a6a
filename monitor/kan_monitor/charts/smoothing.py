"""The exponential moving average of millions of values, in blocks.

Each step of the average is an affine map, y → factor · y + offset: (weight, (1 − weight) · x) for a value, (1, 0) for
one that is passed over. Affine maps compose to affine maps, so all prefixes are had in log2(n) vectorised passes
(Hillis and Steele's scan): first inside of every block, then over the blocks, with one value carried between calls.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kan_monitor.charts.chunk import value_figures
from kan_monitor.charts.records import Bools, Floats
from kan_monitor.charts.tower import BLOCK, LARGEST, SMALLEST, TOTAL, Tower

_CARRIED: Final = {"before": SMALLEST}  # a tower of one level, in which nothing is combined


class Smoothed:
    """The average of one weight over the blocks of a series, and what is known of each block of it.

    Attributes:
        weight: What the average keeps of itself at each value, at least 0 and less than 1.
        tower: `low`, `high` and `total` of the average, at the values that count.
        records: How many records it has taken in.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.tower = Tower({"low": SMALLEST, "high": LARGEST, "total": TOTAL})
        self.records = 0
        self._before = Tower(_CARRIED)  # the average before each block
        self._after = 0.0  # the average after the last one
        self._begun: int | None = None  # the record with the first value that counts: the average starts there

    def cut(self, at: int) -> None:
        """Forgets the blocks from `at` on."""
        if at < len(self._before):
            self._after = float(self._before.column("before")[at])
        self.tower.cut(at)
        self._before.cut(at)
        self.records = min(self.records, at * BLOCK)
        if self._begun is not None and self._begun >= at * BLOCK:
            self._begun = None

    def write(self, at: int, values: Floats, counts: Bools, *, records: int, expected: int) -> None:
        """Replaces everything from block `at` on.

        Args:
            at: A block, at most one behind the last.
            values: [blocks, 64].
            counts: [blocks, 64]: which of the values are part of the average.
            records: How many records there are now, those of a last block that is not full included.
            expected: How many blocks are going to come.
        """
        self.cut(at)
        if self._begun is None and counts.any():
            self._begun = at * BLOCK + int(counts.argmax())
        factor, offset = self._maps(np.arange(at, at + len(values)), values, counts)
        block_factor, block_offset = np.empty(len(offset)), offset[:, -1].copy()
        block_factor[:] = factor[:, -1]
        _compose(block_factor, block_offset)
        after = block_factor * self._after + block_offset
        before = np.concatenate([[self._after], after[:-1]])
        averages = factor * before[:, None] + offset
        self._before.write(at, {"before": before}, full=0, expected=expected)
        self.tower.write(at, value_figures(averages, counts), full=records // BLOCK, expected=expected)
        self.records, self._after = records, float(after[-1])

    def curve(self, blocks: NDArray[np.int64], values: Floats, counts: Bools) -> Floats:
        """The average at every record of some `blocks`: [blocks, 64], arbitrary where a value does not count."""
        factor, offset = self._maps(blocks, values, counts)
        return factor * self._before.column("before")[blocks, None] + offset

    def _maps(self, blocks: NDArray[np.int64], values: Floats, counts: Bools) -> tuple[Floats, Floats]:
        """What turns the average before each block into the one at each of its records."""
        # One row does for all blocks where every value counts.
        factor = np.full((1, BLOCK), self.weight) if counts.all() else np.where(counts, self.weight, 1.0)
        offset = np.where(counts, values, 0.0) * (1 - self.weight)
        if self._begun is not None:
            # The average is 0 until its first value, which it starts from: so that one goes in whole.
            block, record = divmod(self._begun, BLOCK)
            offset[blocks == block, record] = values[blocks == block, record]
        _compose(factor, offset)
        return factor, offset


def _compose(factor: Floats, offset: Floats) -> None:
    """All prefixes along the last axis, in place."""
    shift = 1
    while shift < factor.shape[-1]:
        offset[..., shift:] += factor[..., shift:] * offset[..., :-shift]
        factor[..., shift:] *= factor[..., :-shift]
        shift *= 2
