"""Where a run is going: the trend of its loss and the time it still takes. Pure, and without numpy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Final, Literal

from kan_shared.state import State

Trend = Literal["decreasing", "plateau", "increasing"]

_BUCKETS: Final = 16
_MIN_POINTS: Final = 8
#: A change over the window that is smaller than this share of the level is a plateau, and so is one that chance alone
#: would bring about in one of twenty looks.
_FLAT_SHARE: Final = 0.02
_BEYOND_CHANCE: Final = 1.96


def trend(values: Sequence[float]) -> Trend | None:
    """The direction of `values`, evenly spaced over the window that is looked at; `None` where there are too few.

    The slope is the median of those between all pairs of bucket medians (Theil and Sen), so that neither a spike nor
    an unlucky last value turns it. It counts when the change over the window stands out of the level, and the order of
    the medians out of chance.
    """
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < _MIN_POINTS:
        return None
    buckets = _bucket_medians(finite)
    slope = _median_slope(buckets)
    change = slope * (len(buckets) - 1)
    if abs(change) <= _FLAT_SHARE * abs(median(buckets)) or abs(_order(buckets)) < _BEYOND_CHANCE:
        return "plateau"
    return "decreasing" if change < 0 else "increasing"


def remaining_seconds(state: State) -> float | None:
    """The time that the steps to come take at the run's pace; `None` where the end or the pace is unknown.

    The pace is the producer's: validation and checkpoints are in it at their share, pauses and what was before a
    resume are not.
    """
    if state.step is None or state.total_steps is None or state.seconds_per_step is None:
        return None
    if state.status in ("complete", "stopped", "error"):
        return None
    return max(0, state.total_steps - state.step) * state.seconds_per_step


def median(values: Iterable[float]) -> float:
    """The upper median. `statistics` has one too, but costs a tenth of the headless monitor's start."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _bucket_medians(values: Sequence[float]) -> list[float]:
    buckets = min(_BUCKETS, len(values))
    bounds = [len(values) * i // buckets for i in range(buckets + 1)]
    return [median(values[start:stop]) for start, stop in pairwise(bounds)]


def _order(values: Sequence[float]) -> float:
    """How far the order of `values` is from chance, in standard deviations, below zero when they fall (Mann 1945)."""
    score = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    count = len(values)
    return score / math.sqrt(count * (count - 1) * (2 * count + 5) / 18)


def _median_slope(values: Sequence[float]) -> float:
    return median(
        (values[later] - values[earlier]) / (later - earlier)
        for earlier in range(len(values))
        for later in range(earlier + 1, len(values))
    )
