"""How far the x axis of everything goes: to a round end that stays the same while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from kan_monitor.viewport import Extent, X

#: The right end of the x axis is one of these times a power of ten, so that the curve does not move with every step.
_NICE_ENDS: Final = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
#: From this share of the run on, the axis ends where the run does.
_WHOLE_RUN_FROM: Final = 0.6
_UNITS: Final = (86400.0, 3600.0, 60.0, 1.0)
#: No fewer records than this are shown, by their mean distance.
_FEWEST_RECORDS: Final = 4


class Reach(NamedTuple):
    """From where to where one curve goes on the x axis, and how many records it has."""

    first: float
    last: float
    records: int


def extent_of(reaches: Sequence[Reach], x: X, total_steps: int | None) -> Extent:
    """What there is to show of several curves."""
    if not reaches:
        stop = float(total_steps or 1) if x == "step" else 60.0
        return Extent(0.0, stop, 0.0, 0.0, 1.0)
    first, newest = min(reach.first for reach in reaches), max(reach.last for reach in reaches)
    closest = min((reach.last - reach.first) / max(1, reach.records - 1) for reach in reaches if reach.records)
    start, stop = _steps(first, newest, total_steps) if x == "step" else _times(first, newest, x)
    return Extent(start, stop, first, newest, _FEWEST_RECORDS * closest or 1.0)


def around(extents: Sequence[Extent]) -> Extent:
    """What there is to show of several runs in one chart; at least one."""
    starts, stops, firsts, newest, narrowest = zip(*extents, strict=True)
    return Extent(min(starts), max(stops), min(firsts), max(newest), min(narrowest))


def _steps(first: float, last: float, total_steps: int | None) -> tuple[float, float]:
    start = 0.0 if first <= last / 10 else first
    if total_steps and _WHOLE_RUN_FROM * total_steps <= last <= total_steps:
        return start, float(total_steps)
    return start, start + _nice_end(max(1.0, last - start))


def _times(first: float, last: float, x: X) -> tuple[float, float]:
    """In the largest unit that the time fills."""
    start = 0.0 if x == "elapsed" else first
    length = max(1.0, last - start)
    unit = next(unit for unit in _UNITS if unit <= length)
    return start, start + unit * _nice_end(length / unit)


def _nice_end(length: float) -> float:
    power = 1.0
    while power * 10 <= length:
        power *= 10
    return next(nice * power for nice in _NICE_ENDS if nice * power >= length)
