"""What a resume overwrites.

Every resume starts a new segment and goes back to its checkpoint's step. What earlier segments had recorded from
there on is no part of the curve any more: it is the branch that was left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kan_monitor.charts.records import Bools, Floats, Records


class Segments:
    """The first step of every segment seen so far."""

    def __init__(self) -> None:
        self._numbers = np.empty(0, np.uint32)  # ascending
        self._firsts = np.empty(0)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._numbers)

    def learn(self, records: Records) -> float:
        """Takes note of new segments; the lowest step that they overwrite, infinity where there are none."""
        segments, steps = records.segments, records.steps
        if not records.intact.all():
            segments, steps = segments[records.intact], steps[records.intact]
        if len(self._numbers) and (segments == self._numbers[-1]).all():
            return np.inf
        numbers, at = np.unique(segments, return_index=True)
        new = ~np.isin(numbers, self._numbers)
        self._numbers = np.concatenate([self._numbers, numbers[new]])
        self._firsts = np.concatenate([self._firsts, steps[at[new]]])
        order = self._numbers.argsort()
        self._numbers, self._firsts = self._numbers[order], self._firsts[order]
        return float(steps[at[new]].min(initial=np.inf))

    def live(self, steps: Floats, segments: NDArray[np.uint32]) -> Bools:
        """Which records no later segment has overwritten."""
        if len(self._numbers) <= 1:
            return np.ones(len(steps), np.bool_)
        overwritten_from = np.append(np.minimum.accumulate(self._firsts[:0:-1])[::-1], np.inf)
        at = np.searchsorted(self._numbers[:-1], segments)
        live: Bools = steps < overwritten_from[at]
        return live
