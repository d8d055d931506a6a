"""Where a run is going: the trend of its loss and the time it still takes. Pure, and without numpy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final, Literal, NamedTuple

from kan_shared.journal import Event
from kan_shared.series import Record
from kan_shared.state import State

Trend = Literal["decreasing", "plateau", "increasing"]

_BUCKETS: Final = 16
_MIN_POINTS: Final = 8
#: A change over the window that is smaller than this share of the level is a plateau, and so is one that chance alone
#: would bring about in one of twenty looks.
_FLAT_SHARE: Final = 0.02
_BEYOND_CHANCE: Final = 1.96
#: The pace and its spread are told from so many blocks of steps; a range is so many standard errors wide each way.
_BLOCKS: Final = 12
_FEWEST_BLOCKS: Final = 4
_ERRORS: Final = 2.0
#: A pace that changes steadily is expected to change by this share more, at the most.
_MOST_DRIFT: Final = 0.5


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
    slope = _median_slope(list(enumerate(buckets)))
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


def remaining_range(state: State, pace: Sequence[Record], events: Sequence[Event]) -> tuple[float, float] | None:
    """Between what the remaining seconds are likely to be; `None` where too little was seen of the run's pace.

    `pace` are records of one segment, evenly spaced, from which blocks of steps are made, with all that was done
    between them but the run's pauses. The scatter of the blocks says how far the mean of the steps to come may be off,
    which is never said to be less than the longest wait: it is not known on which side of the end the next one falls.
    A pace that has changed is between the mean of the blocks and the producer's own, which forgets faster; one that
    goes on changing is followed a little way.
    """
    middle = remaining_seconds(state)
    pauses = list(_pauses(events))
    blocks = [] if middle is None else _blocks(pace, pauses)
    if middle is None or len(blocks) < _FEWEST_BLOCKS:
        return None
    steps, seconds = sum(block.steps for block in blocks), sum(block.seconds for block in blocks)
    mean, to_come = seconds / steps, max(0, (state.total_steps or 0) - (state.step or 0))
    squares = sum(block.steps * (block.pace - mean) ** 2 for block in blocks) / steps
    share = 1 / (len(blocks) - 1) + steps / len(blocks) / max(1, to_come)
    error = max(_ERRORS * to_come * math.sqrt(squares * share), _longest_wait(pace, pauses) if to_come else 0.0)
    drift = steady_slope([(block.middle, block.pace) for block in blocks]) * (steps + to_come) / 2
    drift = to_come * max(-_MOST_DRIFT * mean, min(_MOST_DRIFT * mean, drift))
    slow, fast = max(mean * to_come, middle), min(mean * to_come, middle)
    return max(0.0, fast - error + min(0.0, drift)), slow + error + max(0.0, drift)


def steady_slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of `points` by the median of those between all pairs of them; 0 where chance would do as well."""
    if len(points) < 2 or abs(_order([y for _, y in points])) < _BEYOND_CHANCE:
        return 0.0
    return _median_slope(points)


def median(values: Iterable[float], *, otherwise: float | None = None) -> float:
    """The upper median; `otherwise` where there are no values and that is given. `statistics` has one too, but costs a
    tenth of the headless monitor's start."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered or otherwise is None else otherwise


def _bucket_medians(values: Sequence[float]) -> list[float]:
    buckets = min(_BUCKETS, len(values))
    bounds = [len(values) * i // buckets for i in range(buckets + 1)]
    return [median(values[start:stop]) for start, stop in pairwise(bounds)]


def _order(values: Sequence[float]) -> float:
    """How far the order of `values` is from chance, in standard deviations, below zero when they fall (Mann 1945)."""
    score = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    count = len(values)
    return score / math.sqrt(count * (count - 1) * (2 * count + 5) / 18)


def _median_slope(points: Sequence[tuple[float, float]]) -> float:
    """By Theil and Sen; of `points` whose x ascend."""
    return median(((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x2 > x1), otherwise=0.0)


class _Block(NamedTuple):
    """Some steps in a row, and how long they took."""

    middle: float
    steps: int
    seconds: float

    @property
    def pace(self) -> float:
        return self.seconds / self.steps


def _blocks(pace: Sequence[Record], pauses: Sequence[tuple[float, float]]) -> list[_Block]:
    """Blocks of the same length; one between every two records where there are few of them."""
    blocks = min(_BLOCKS, len(pace) - 1)
    bounds = [pace[(len(pace) - 1) * place // blocks] for place in range(blocks + 1)] if blocks > 0 else []
    return [
        _Block((first.step + last.step) / 2, last.step - first.step, _seconds_between(first, last, pauses))
        for first, last in pairwise(bounds)
        if last.step > first.step
    ]


def _seconds_between(first: Record, last: Record, pauses: Iterable[tuple[float, float]]) -> float:
    seconds = last.seconds - first.seconds
    for start, end in pauses:
        seconds -= max(0.0, min(last.seconds, end) - max(first.seconds, start))
    return max(0.0, seconds)


def _longest_wait(pace: Sequence[Record], pauses: Sequence[tuple[float, float]]) -> float:
    """By how much the longest time between two records is longer than the usual one."""
    waits = [_seconds_between(first, last, pauses) for first, last in pairwise(pace) if last.step > first.step]
    return max(waits) - median(waits)


def _pauses(events: Sequence[Event]) -> Iterator[tuple[float, float]]:
    """When the run was paused, and until when."""
    began: float | None = None
    for event in events:
        if event.kind == "pause" and began is None:
            began = event.seconds
        elif event.kind == "continue" and began is not None:
            yield began, event.seconds
            began = None
