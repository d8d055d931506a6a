"""What a crosshair reads: the records of a curve on both sides of it, as they were logged, and the nearer of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kan_shared.series import Record


class Reading(NamedTuple):
    """One record of a curve.

    Attributes:
        record: As it was logged.
        average: The curve's average there; the value itself where nothing is smoothed, or where it is not finite.
        place: Where it is on the x axis.
    """

    record: Record
    average: float
    place: float


#: At a place or before it, and behind it; None where there is none.
Sides = tuple[Reading | None, Reading | None]


def beside(records: Sequence[Record], averages: Sequence[float], places: Sequence[float], x: float) -> Sides:
    """The nearest record on each side of `x`, of several in one place the newest.

    Args:
        records: In the order in which they were written.
        averages: One a record.
        places: One a record.
        x: A place on the x axis.
    """
    newest_first = range(len(places) - 1, -1, -1)
    before = max((at for at in newest_first if places[at] <= x), key=places.__getitem__, default=None)
    behind = min((at for at in newest_first if places[at] > x), key=places.__getitem__, default=None)
    found = [None if at is None else Reading(records[at], averages[at], places[at]) for at in (before, behind)]
    return found[0], found[1]


def nearer(sides: Sides, x: float) -> Reading | None:
    """The one of both that is nearer to `x`, the later one where they are as near."""
    before, behind = sides
    if before is None or behind is None:
        return before or behind
    return before if x - before.place < behind.place - x else behind
