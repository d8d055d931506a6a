"""Some blocks' worth of records, and what a tower keeps of each block."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from kan_monitor.charts.records import Bools, Floats, Records
from kan_monitor.charts.timeline import Timeline
from kan_monitor.charts.tower import BLOCK, COUNT, LARGEST, SMALLEST, TOTAL, Column

Item = TypeVar("Item", bound=np.generic)

# What is known of a block: of its records that belong to the curve, and how many are damaged.
FIELDS: Final = {
    "first": SMALLEST,  # step, infinity where none belongs to the curve
    "last": LARGEST,
    "begin": SMALLEST,  # seconds
    "end": LARGEST,
    "low": SMALLEST,  # of the finite values
    "high": LARGEST,
    "total": TOTAL,
    "finite": COUNT,
    "non_finite": COUNT,
    "bad": COUNT,
}


class Chunk(NamedTuple):
    """Records in blocks: every array is [blocks, 64], the last block filled up with records that do not belong.

    Attributes:
        steps: Of every record.
        seconds: Of every record.
        values: Of every record.
        segments: Of every record.
        finite: Which belong to the curve and have a finite value.
        non_finite: Which belong to the curve and have none.
        bad: Which are damaged.
    """

    steps: Floats
    seconds: Floats
    values: Floats
    segments: NDArray[np.uint32]
    finite: Bools
    non_finite: Bools
    bad: Bools

    @classmethod
    def of(cls, records: Records, belongs: Bools) -> Chunk:
        """The records in blocks; `belongs` says which of those that are intact are part of the curve."""
        belongs, finite = belongs & records.intact, np.isfinite(records.values)
        return cls(
            steps=_blocks(records.steps),
            seconds=_blocks(records.seconds),
            values=_blocks(records.values),
            segments=_blocks(records.segments),
            finite=_blocks(belongs & finite),
            non_finite=_blocks(belongs & ~finite),
            bad=_blocks(~records.intact),
        )

    def places(self, timeline: Timeline | None) -> Floats:
        """Where every record stands on the x axis: at its step, or at its time."""
        return self.steps if timeline is None else elapsed(timeline, self.seconds)

    def figures(self) -> dict[str, Column]:
        """One value a block for each of `FIELDS`."""
        belongs = self.finite | self.non_finite
        return {
            "first": np.where(belongs, self.steps, np.inf).min(axis=1),
            "last": np.where(belongs, self.steps, -np.inf).max(axis=1),
            "begin": np.where(belongs, self.seconds, np.inf).min(axis=1),
            "end": np.where(belongs, self.seconds, -np.inf).max(axis=1),
            **value_figures(self.values, self.finite),
            "finite": _count(self.finite),
            "non_finite": _count(self.non_finite),
            "bad": _count(self.bad),
        }


def elapsed(timeline: Timeline, seconds: Floats) -> Floats:
    """`Timeline.elapsed` of many, by the very same operations, so that the two agree to the last bit."""
    begins, ends, bases = (np.array(column) for column in timeline)
    at = np.maximum(np.searchsorted(begins, seconds, side="right") - 1, 0)
    elapsed: Floats = bases[at] + (np.clip(seconds, begins[at], ends[at]) - begins[at])
    return elapsed


def value_figures(values: Floats, counts: Bools) -> dict[str, Column]:
    """Lowest, highest and sum of those of each block's values that count."""
    return {
        "low": np.where(counts, values, np.inf).min(axis=1),
        "high": np.where(counts, values, -np.inf).max(axis=1),
        "total": np.where(counts, values, 0.0).sum(axis=1),
    }


def _blocks(column: NDArray[Item]) -> NDArray[Item]:
    if missing := -len(column) % BLOCK:
        column = np.concatenate([column, np.zeros(missing, column.dtype)])
    return column.reshape(-1, BLOCK)


def _count(which: Bools) -> NDArray[np.uint8]:
    count: NDArray[np.uint8] = which.view(np.uint8).sum(axis=1, dtype=np.uint8)
    return count
