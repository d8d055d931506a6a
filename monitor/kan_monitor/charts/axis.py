"""Ranges and ticks: 1-2-5, linear and logarithmic, worked out from the data alone.

A range is snapped outwards to round numbers: it stays the same while the data moves a little, and the same data
always gives the same range, whatever was shown before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import ceil, floor, inf, log10
from typing import Final, NamedTuple

LARGEST: Final = 1e300  # what is larger is drawn at the edge: float64 needs room for spans and steps
SMALLEST: Final = 1e-300
FLATTEST: Final = 1e-9  # a span below this share of its values counts as none: nothing is left to tell ticks apart
LOG_BOUNDS: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # where a logarithmic range may end
NARROWEST_LOG: Final = 2.0  # below this ratio of its ends those are too coarse, and the linear ones are taken
ENOUGH: Final = 2  # so many ticks of a logarithmic scale are worth more than evenly spaced values
ENDS_PER_RANGE: Final = 20  # a linear range ends at multiples of about this part of it
FINER: Final = 8  # so much finer than the gap starts the search for ticks, so that it always passes one


class Scale(NamedTuple):
    """A range and how values lie in it.

    Attributes:
        low: The value at fraction 0.
        high: The value at fraction 1, above `low`.
        log: Equal distances are equal ratios; both ends are positive.
        fell_back: A logarithmic scale was asked for, but there are values without a logarithm.
    """

    low: float
    high: float
    log: bool = False
    fell_back: bool = False

    def fraction(self, value: float) -> float:
        """Where `value` lies: 0 at `low`, 1 at `high`, beyond these when it is outside of the range."""
        return self.fractions((value,))[0]

    def fractions(self, values: Iterable[float]) -> list[float]:
        """Where each of `values` lies."""
        if self.log:
            zero, span = log10(self.low), log10(self.high) - log10(self.low)
            return [(log10(value) - zero) / span if value > 0 else -1.0 for value in values]
        zero, span = self.low, self.high - self.low
        return [(value - zero) / span for value in values]


class Step(NamedTuple):
    """A distance between ticks: 1, 2 or 5 times a power of ten."""

    mantissa: int
    exponent: int

    @property
    def size(self) -> float:
        """The distance itself."""
        return float(f"{self.mantissa}e{self.exponent}")

    @property
    def coarser(self) -> Step:
        """The next larger step."""
        return Step({1: 2, 2: 5, 5: 1}[self.mantissa], self.exponent + (self.mantissa == 5))

    def multiple(self, count: int) -> float:
        """So many steps; through text, since 3 * 0.1 is 0.30000000000000004 and "3e-1" is 0.3."""
        return float(f"{count * self.mantissa}e{self.exponent}")

    def multiples(self, low: float, high: float) -> list[float]:
        """Its multiples from `low` to `high`."""
        counts = range(floor(low / self.size), ceil(high / self.size) + 1)
        return [tick for tick in map(self.multiple, counts) if low <= tick <= high]


def step_of(least: float) -> Step:
    """The smallest step that is not below `least`, up to rounding."""
    least = max(least, SMALLEST) * (1 - FLATTEST)
    step = Step(1, floor(log10(least)))
    while step.size < least:
        step = step.coarser
    return step


def scale_of(low: float, high: float, *, log: bool = False) -> Scale:
    """The round range around `low` … `high`; linear where a value has no logarithm."""
    low, high = max(low, -LARGEST), min(high, LARGEST)
    if log and low > 0:
        return Scale(*_log_range(low, high), log=True)
    return Scale(*_linear_range(low, high), fell_back=log)


def ticks(scale: Scale, gap: float) -> list[float]:
    """Ticks inside the range, ascending, at least `gap` (a fraction of the range) apart; at least one.

    Logarithmic: 1, 2 and 5 of every decade, or 1 of every decade, or of every second, fifth, tenth …, whatever the
    room allows. Linear: multiples of a 1-2-5 step; a short logarithmic range has them too, where they are more.
    """
    decades = _log_ticks(scale, gap) if scale.log else []
    if len(decades) >= ENOUGH:
        return decades
    return max(decades, _linear_ticks(scale, gap), key=len)


def _linear_ticks(scale: Scale, gap: float) -> list[float]:
    step = step_of(gap * (scale.high - scale.low) / FINER)
    found = step.multiples(scale.low, scale.high)
    while _apart(scale, found) < gap * (1 - FLATTEST):
        step = step.coarser
        found = step.multiples(scale.low, scale.high) or found[:1]
    return found


def _log_ticks(scale: Scale, gap: float) -> list[float]:
    return next((found for found in _log_candidates(scale) if _apart(scale, found) >= gap), [])


def _apart(scale: Scale, found: list[float]) -> float:
    return min((right - left for left, right in pairwise(scale.fractions(found))), default=inf)


def _log_candidates(scale: Scale) -> Iterator[list[float]]:
    first, last = floor(log10(scale.low)) - 1, ceil(log10(scale.high)) + 1
    yield _inside(scale, [f"{mantissa}e{decade}" for decade in range(first, last) for mantissa in (1, 2, 5)])
    every = Step(1, 0)
    while every.size <= last - first:
        yield _inside(scale, [f"1e{decade}" for decade in range(first, last) if decade % every.size == 0])
        every = every.coarser


def _inside(scale: Scale, found: list[str]) -> list[float]:
    return [tick for tick in map(float, found) if scale.low <= tick <= scale.high]


def _linear_range(low: float, high: float) -> tuple[float, float]:
    magnitude = max(abs(low), abs(high))
    if high - low <= max(FLATTEST * magnitude, SMALLEST):
        pad = magnitude / 2 if magnitude > SMALLEST else 1.0
        low, high = low - pad, high + pad
    step = step_of((high - low) / ENDS_PER_RANGE)
    return step.multiple(floor(low / step.size)), step.multiple(ceil(high / step.size))


def _log_range(low: float, high: float) -> tuple[float, float]:
    low, high = max(low, SMALLEST), max(high, SMALLEST)
    if high - low <= FLATTEST * high:
        low, high = low / 1.5, high * 1.5
    if high / low < NARROWEST_LOG:
        return _linear_range(low, high)
    # With the neighbours: log10 rounds, and 1000 must not be taken for something just below.
    decades = sorted({floor(log10(end)) + beside for end in (low, high) for beside in (-1, 0, 1)})
    bounds = [float(f"{mantissa}e{decade}") for decade in decades for mantissa in LOG_BOUNDS]
    return max(bound for bound in bounds if bound <= low), min(bound for bound in bounds if bound >= high)
