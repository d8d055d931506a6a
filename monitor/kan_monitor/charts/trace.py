"""Columns of values to columns of dots: the run of every column, joined to a line or a band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, pairwise

from kan_monitor.charts.axis import Scale
from kan_monitor.charts.decimate import Envelope

Heights = list[int | None]  # of dots, one a column, 0 the lowest


def trace(envelope: Envelope, scale: Scale, dots: int, *, spread: bool) -> list[int]:
    """The dot columns of an envelope: one int each, bit 0 the lowest of `dots` dots.

    Neighbours are joined, across empty columns too, except where a non-finite value lies between.

    Args:
        envelope: What to draw.
        scale: From values to heights.
        dots: How many dot rows there are, 1 or more.
        spread: From the lowest to the highest value of every column; otherwise a line through the means.
    """
    middle = heights(envelope.mean, scale, dots)
    bottom = heights(envelope.low, scale, dots) if spread else middle.copy()
    top = heights(envelope.high, scale, dots) if spread else middle.copy()
    broken = set(envelope.non_finite)
    for column, height in _bridges(middle, broken):
        bottom[column] = top[column] = height
    _join(bottom, top, broken)
    columns = [
        0 if low is None or high is None else (2 << high) - (1 << low) for low, high in zip(bottom, top, strict=True)
    ]
    _enlarge_lone_dots(columns, dots)
    return columns


def dotted(columns: Sequence[int]) -> list[int]:
    """Every other dot of a line, and nothing of a jump lost: the dots of each cell in its left column."""
    return [mask for left, right in zip(columns[::2], columns[1::2], strict=True) for mask in (left | right, 0)]


def heights(values: Sequence[float | None], scale: Scale, dots: int) -> Heights:
    """The dot row of each value; what is out of range is at the edge."""
    highest = dots - 1
    fractions = scale.fractions([value for value in values if value is not None])
    if fractions and (min(fractions) < 0 or max(fractions) > 1):
        fractions = [min(1.0, max(0.0, fraction)) for fraction in fractions]
    rows = iter([int(fraction * highest + 0.5) for fraction in fractions])
    return [None if value is None else next(rows) for value in values]


def non_finite_cells(envelope: Envelope, scale: Scale, rows: int, dots: int) -> Iterator[tuple[int, int]]:
    """Where NaN and infinities are marked, as rows of `dots / rows` dots from the top and cell columns.

    A mark stands at the last finite value before it, at half height where there is none.
    """
    if not envelope.non_finite:
        return
    middle = heights(envelope.mean, scale, dots)
    first: int | None = dots // 2
    before = list(accumulate(middle, lambda last, height: last if height is None else height, initial=first))
    for column in envelope.non_finite:
        yield rows - 1 - (before[column + 1] or 0) * rows // dots, column // 2


def _bridges(middle: Sequence[int | None], broken: AbstractSet[int]) -> Iterator[tuple[int, int]]:
    """The dots, by column and height, that join values across empty columns."""
    filled = [(column, height) for column, height in enumerate(middle) if height is not None]
    for (left, start), (right, stop) in pairwise(filled):
        if right > left + 1 and broken.isdisjoint(range(left, right + 1)):
            for column in range(left + 1, right):
                yield column, round(start + (stop - start) * (column - left) / (right - left))


def _join(bottom: Heights, top: Heights, broken: AbstractSet[int]) -> None:
    """Lengthens the runs of neighbours until they meet half-way."""
    neighbours = zip(bottom[:], top[:], bottom[1:], top[1:], strict=False)
    for left, (low, high, next_low, next_high) in enumerate(neighbours):
        if low is None or high is None or next_low is None or next_high is None:
            continue
        if (high >= next_low and low <= next_high) or left in broken or left + 1 in broken:
            continue
        rising = high < next_low
        meet = (high + next_low) // 2 if rising else (low + next_high) // 2
        lower, upper = (left, left + 1) if rising else (left + 1, left)
        top[lower] = max(top[lower] or 0, meet)
        bottom[upper] = min(bottom[upper] or 0, meet + 1)


def _enlarge_lone_dots(columns: list[int], dots: int) -> None:
    """A dot that nothing is joined to becomes four, or it would be taken for one of the grid's."""
    for column, (left, mask, right) in enumerate(zip([0, *columns], columns[:], [*columns[1:], 0], strict=False)):
        if mask.bit_count() == 1 and not left and not right:
            columns[column] = columns[column ^ 1] = mask | (mask << 1 if mask < 1 << dots - 1 else mask >> 1)
