"""What a series looks like in so many columns: the lowest, the highest and the mean value of each.

A column keeps its extremes, so a spike of a single step is never lost. This is the plain-Python side, for the few
hundred points of a first chart; `pyramid` answers the same question for any length.
"""

from __future__ import annotations

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


def envelope(steps: Sequence[float], values: Sequence[float], *, start: float, stop: float, columns: int) -> Envelope:
    """The values in `columns` equal parts of `start` … `stop`, both included; steps may come in any order.

    Args:
        steps: Where each value stands.
        values: As many values, non-finite ones included.
        start: The step at the left edge of the first column.
        stop: The step at the right edge of the last column.
        columns: How many dot columns.
    """
    factor, last = columns_per_step(start, stop, columns), columns - 1
    fallen: list[list[float]] = [[] for _ in range(columns)]
    non_finite: set[int] = set()
    for step, value in zip(steps, values, strict=True):
        if start <= step <= stop and columns:
            column = min(int((step - start) * factor), last) if factor else 0
            if isfinite(value):
                fallen[column].append(value)
            else:
                non_finite.add(column)
    return Envelope(
        [min(column) if column else None for column in fallen],
        [max(column) if column else None for column in fallen],
        [_mean(column) if column else None for column in fallen],
        sorted(non_finite),
    )


def smooth(values: Iterable[float], weight: float) -> list[float]:
    """The exponential moving average y = weight · y + (1 − weight) · x of the finite values, as long as `values`.

    It starts at the first finite value. A non-finite one is passed over: it stays in its place, so that the chart can
    mark it, and the average carries on behind it.
    """
    smoothed: list[float] = []
    average: float | None = None
    for value in values:
        if isfinite(value):
            value = average = value if average is None else weight * average + (1 - weight) * value
        smoothed.append(value)
    return smoothed


def _mean(values: list[float]) -> float:
    # Rounding, or a sum that overflows, must not carry the mean out of the values' range.
    return max(min(values), min(sum(values) / len(values), max(values)))
