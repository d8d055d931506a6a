"""What a series looks like in so many columns: the lowest, the highest and the mean value of each.

A column keeps its extremes, so a spike of a single step is never lost. This is the plain-Python side, for the few
hundred points of a first chart; `pyramid` answers the same question for any length.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import inf, isfinite
from typing import NamedTuple


class Envelope(NamedTuple):
    """A series in dot columns; the three lists have one entry a column, None where no finite value fell.

    Attributes:
        low: Lowest finite value.
        high: Highest finite value.
        mean: Mean of the finite values, never outside `low` … `high`.
        non_finite: The columns in which a NaN or an infinity happened, ascending.
    """

    low: list[float | None]
    high: list[float | None]
    mean: list[float | None]
    non_finite: list[int]


def columns_per_step(start: float, stop: float, columns: int) -> float:
    """The one factor that places a step: its column is `int((step - start) * factor)`, the last column for `stop`.

    Zero where the window is a point, or no window at all: everything is in column 0 then.
    """
    span = stop - start
    return columns / span if 0 < span < inf and columns / span < inf else 0.0


def envelope(
    places: Sequence[float],
    values: Sequence[float],
    *,
    start: float,
    stop: float,
    columns: int,
    before: Envelope | None = None,
    since: float = -inf,
) -> Envelope:
    """The values in `columns` equal parts of `start` … `stop`, both included; places may come in any order.

    Args:
        places: Where each value stands on the x axis: its step, or its time.
        values: As many values, non-finite ones included.
        start: The place at the left edge of the first column.
        stop: The place at the right edge of the last column.
        columns: How many dot columns.
        before: The same without those values that came since: it is gone on with, and these stand at `since` or behind.
        since: The first place that is not as it was.
    """
    if (ascending := sorted(places)) != list(places):
        order = sorted(range(len(places)), key=places.__getitem__)
        places, values = ascending, [values[at] for at in order]
    factor, last = columns_per_step(start, stop, columns), columns - 1

    def column_of(place: float) -> int:
        return min(int((place - start) * factor), last) if factor else 0

    at, end = bisect_left(places, start), bisect_right(places, stop) if columns else 0
    found = Envelope([None] * columns, [None] * columns, [None] * columns, [])
    if before is not None and start <= since:
        known = column_of(min(since, stop))
        at = bisect_left(places, known, at, end, key=column_of)
        for new, old in zip(found[:3], before[:3], strict=True):
            new[:known] = old[:known]
        found.non_finite.extend(column for column in before.non_finite if column < known)
    while at < end:
        column = column_of(places[at])
        # Where the next column begins, up to rounding; what places a value is `column_of` alone.
        beyond = bisect_left(places, start + (column + 1) / factor, at, end) if factor else end
        while beyond < end and column_of(places[beyond]) == column:
            beyond += 1
        while column_of(places[beyond - 1]) > column:
            beyond -= 1
        _put(found, column, values[at:beyond])
        at = beyond
    return found


def _put(found: Envelope, column: int, values: Sequence[float]) -> None:
    """The figures of the values of one column."""
    total = sum(values)
    if not isfinite(total):
        finite = list(filter(isfinite, values))
        if len(finite) < len(values):
            found.non_finite.append(column)
        if not finite:
            return
        values, total = finite, sum(finite)
    low, high = min(values), max(values)
    found.low[column], found.high[column] = low, high
    # Rounding, or a sum that overflows, must not carry the mean out of the values' range.
    found.mean[column] = max(low, min(total / len(values), high))


def polyline(points: Sequence[tuple[float, float]], *, start: float, stop: float, columns: int) -> Envelope:
    """The lines between points, at the middle of each column; nothing before the first point or behind the last.

    Args:
        points: Place on the x axis and value, in any order.
        start: The place at the left edge of the first column.
        stop: The place at the right edge of the last column.
        columns: How many dot columns.
    """
    points, values = sorted(points), list[float | None]()
    for column in range(columns):
        place = start + (column + 0.5) * (stop - start) / columns
        behind = bisect_right(points, place, key=lambda point: point[0])
        if 0 < behind < len(points):
            (left, before), (right, after) = points[behind - 1 : behind + 1]
            share = (place - left) / (right - left)
            values.append((1 - share) * before + share * after)
        else:
            values.append(None)
    return Envelope(values, values, values, [])


def smooth(values: Iterable[float], weight: float, average: float | None = None) -> list[float]:
    """The exponential moving average y = weight · y + (1 − weight) · x of the finite values, as long as `values`.

    It starts at the first finite value, or goes on from `average`. A non-finite one is passed over: it stays in its
    place, so that the chart can mark it, and the average carries on behind it.
    """
    smoothed: list[float] = []
    for value in values:
        if isfinite(value):
            value = average = value if average is None else weight * average + (1 - weight) * value
        smoothed.append(value)
    return smoothed
