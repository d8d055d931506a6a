"""What a crosshair reads: the record of a curve that is nearest to it, as it was logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kan_shared.series import Record


class Reading(NamedTuple):
    """One record of a curve, and the curve's average there, which is the value itself where nothing is smoothed."""

    record: Record
    average: float


def nearest(records: Sequence[Record], averages: Sequence[float], places: Sequence[float], x: float) -> Reading | None:
    """The record whose place on the x axis is nearest to `x`, of several the newest; None where there is none.

    Args:
        records: In the order in which they were written.
        averages: One a record.
        places: One a record.
        x: Where the crosshair is.
    """
    newest_first = range(len(places) - 1, -1, -1)
    at = min(newest_first, key=lambda index: abs(places[index] - x), default=None)
    return None if at is None else Reading(records[at], averages[at])
