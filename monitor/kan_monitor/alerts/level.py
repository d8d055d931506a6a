"""What is usual for a series, and what stands out of it: medians of medians, so that neither noise nor a trend does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from kan_monitor.forecast import median
from kan_shared.series import Record

Item = TypeVar("Item")
#: The usual is told from so many values, in so many groups: within one of them a loss hardly falls.
_USUAL: Final = 128
_GROUP: Final = 32
_FEWEST: Final = 64
#: What stands out is so many standard deviations off, and so many times as far as the farthest of the usual values.
_DEVIATIONS: Final = 6.0
_FARTHER: Final = 2.0
#: Of a normal distribution, in median absolute deviations.
_DEVIATION_OF_MAD: Final = 1.4826
#: A series that stays up so long has a new level.
_NEW_LEVEL: Final = 32


class Excursion(NamedTuple):
    """Records in a row that stand out of what came before them."""

    first: Record
    last: Record
    peak: Record
    #: What was usual before.
    level: float
    #: Whether the last record of the series is one of them.
    goes_on: bool

    @property
    def ratio(self) -> float | None:
        """How many times its level the peak is, where that means anything."""
        return self.peak.value / self.level if self.level > 0 else None


def excursions(records: Sequence[Record], *, least_ratio: float) -> list[Excursion]:
    """Where the finite ones of `records` rise far out of their noise, and at least so many times their level.

    Ratios are looked at where no value is negative, differences where one is.
    """
    finite = [record for record in records if math.isfinite(record.value)]
    scaled, log = on_scale([record.value for record in finite])
    least = math.log(least_ratio) if log else 0.0
    usual: list[float] = []
    found: list[Excursion] = []
    run: list[int] = []
    for place, value in enumerate(scaled):
        stands_out = len(usual) >= _FEWEST and _stands_out(value, usual, least)
        run += [place] * stands_out
        if run and (not stands_out or len(run) == _NEW_LEVEL):
            found.append(_excursion(finite, scaled, run, usual))
            usual, run = usual if len(run) < _NEW_LEVEL else [scaled[place] for place in run], []
        if not stands_out:
            usual.append(value)
    return [*found, _excursion(finite, scaled, run, usual)] if run else found


def on_scale(values: Sequence[float]) -> tuple[list[float], bool]:
    """The logarithms of the values where none of them is negative, and whether it is those: their noise is alike at any
    height. Nothing counts for as much as the least of them."""
    least = min((value for value in values if value > 0), default=0.0)
    if not least or min(values) < 0:
        return list(values), False
    return [math.log(max(value, least)) for value in values], True


def scatter(groups: Sequence[Sequence[float]]) -> float:
    """The standard deviation of values about the medians of the groups that they are in, by its own median."""
    return _DEVIATION_OF_MAD * median(map(abs, _residuals(groups)))


def grouped(values: Sequence[Item], groups: int) -> list[Sequence[Item]]:
    """`values` in so many stretches of the same length."""
    bounds = [len(values) * place // groups for place in range(groups + 1)]
    return [values[start:stop] for start, stop in pairwise(bounds)]


def _stands_out(value: float, usual: Sequence[float], least: float) -> bool:
    if value <= max(usual[-_GROUP:]):
        return False
    usual = usual[-_USUAL:]
    off, groups = value - median(usual[-_GROUP:]), grouped(usual, len(usual) // _GROUP)
    return off > least and off > _DEVIATIONS * scatter(groups) and off > _FARTHER * max(_residuals(groups))


def _residuals(groups: Sequence[Sequence[float]]) -> list[float]:
    return [value - level for group in groups if group for level in [median(group)] for value in group]


def _excursion(
    records: Sequence[Record], scaled: Sequence[float], run: Sequence[int], usual: Sequence[float]
) -> Excursion:
    level = median(usual[-_GROUP:])
    return Excursion(
        first=records[run[0]],
        last=records[run[-1]],
        peak=records[max(run, key=lambda place: scaled[place])],
        level=_unscaled(level, records, scaled),
        goes_on=run[-1] == len(records) - 1,
    )


def _unscaled(level: float, records: Sequence[Record], scaled: Sequence[float]) -> float:
    """A level as a value of the series again: it is one of them, whatever the scale."""
    return records[scaled.index(level)].value
