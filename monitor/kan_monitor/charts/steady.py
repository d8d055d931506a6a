"""A load over the last minutes in a few columns that stand still: a terminal far away is sent only what is new."""

from __future__ import annotations

from collections.abc import Sequence


def steady(values: Sequence[float], *, end: int, columns: int, span: int) -> list[float | None]:
    """The means of groups of values, a column each, the newest last; `None` where there is nothing yet.

    Groups begin at multiples of their size, counted from the beginning of the series, and one is shown when it is
    full: so nothing moves until then, and then all of it by one column.

    Args:
        values: The last ones of a series.
        end: How many the series has in all.
        columns: To be filled.
        span: How many values they show.
    """
    size = min(max(1, -(-span // max(1, columns))), max(1, end))
    first, after = end - len(values), end // size
    groups = [range(at * size - first, (at + 1) * size - first) for at in range(after - columns, after)]
    return [sum(values[group.start : group.stop]) / size if group.start >= 0 else None for group in groups]
