"""The learning rate: its plan as points that a chart can join, and the moments when it jumps."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf
from typing import Final

from kan_shared.series import Record
from kan_shared.state import MAX_PLANNED
from kan_trainer.recording.entries import count

RATE_SERIES: Final = "learning_rate"
#: A jump is at least twofold, after a change of less than a tenth: a warm-up, a cosine and an exponential are none.
_JUMP: Final = 2.0
_STEADY: Final = 1.1
#: Points that every plan is looked at first; the others go where it is bent.
_EVEN_POINTS: Final = 33

RatePlan = Callable[[int], float] | Sequence[tuple[int, float]]


class RateWatch:
    """Sees the jumps of one learning rate, by the values that are logged."""

    def __init__(self) -> None:
        self._last = self._before = 0.0

    def look(self, records: Sequence[Record]) -> list[tuple[int, str]]:
        """Takes in records; the step of every jump among them, and what it was: `1e-3 → 1e-4`."""
        jumps: list[tuple[int, str]] = []
        for step, _, value, _ in records:
            if 0 < _change(self._before, self._last) < _STEADY and _change(self._last, value) >= _JUMP:
                jumps.append((step, f"{short(self._last)} → {short(value)}"))
            self._before, self._last = self._last, value
        return jumps


def _change(before: float, after: float) -> float:
    """How many-fold a rate changed, up or down; 0 where that cannot be said."""
    low, high = sorted((before, after))
    return high / low if 0 < low <= high < inf else 0.0


def short(rate: float) -> str:
    """A rate as people write it: `3e-4`."""
    mantissa, exponent = f"{rate:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def planned_rates(plan: RatePlan, total_steps: int | None) -> tuple[tuple[int, float], ...]:
    """`plan` as (step, rate) pairs by ascending steps, no more than a state holds.

    Args:
        plan: Such pairs, or a function from step to rate.
        total_steps: How far the function goes.

    Raises:
        TypeError, ValueError: It is neither, or a function without an end.
    """
    if callable(plan):
        if total_steps is None:
            raise ValueError("a learning_rate_plan that is a function needs total_steps, to have an end")
        of_step = plan
        return tuple(_sampled(lambda step: (step, float(of_step(step))), 1, count(total_steps)))
    pairs = sorted((count(step), float(rate)) for step, rate in plan)
    return tuple(_sampled(pairs.__getitem__, 0, len(pairs) - 1))


def _sampled(at: Callable[[int], tuple[int, float]], first: int, last: int) -> list[tuple[int, float]]:
    """The points `first` … `last`; of too many some that are spread evenly, and those between them where a line would
    miss the others most, so that a step keeps its edge."""
    if last - first < MAX_PLANNED:
        return [at(place) for place in range(first, last + 1)]
    spread = [first + (last - first) * number // (_EVEN_POINTS - 1) for number in range(_EVEN_POINTS)]
    points = {place: at(place) for place in spread}
    gaps: list[tuple[float, int, int, int]] = []

    def look_between(left: int, right: int) -> None:
        middle = (left + right) // 2
        if middle > left:
            share = (middle - left) / (right - left)
            line = points[left][1] * (1 - share) + points[right][1] * share
            heapq.heappush(gaps, (-abs(at(middle)[1] - line), left, middle, right))

    for left, right in pairwise(spread):
        look_between(left, right)
    while gaps and len(points) < MAX_PLANNED:
        _, left, middle, right = heapq.heappop(gaps)
        points[middle] = at(middle)
        look_between(left, middle)
        look_between(middle, right)
    return [points[place] for place in sorted(points)]
