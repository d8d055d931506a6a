"""Ticks of the x axis: steps by 1-2-5, times by the units that clocks have, and what stands under them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import Final, Literal, NamedTuple

from kan_monitor.charts.axis import Step, step_of
from kan_monitor.charts.labels import step_labels
from kan_monitor.text import clock, day

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
#: Seconds between ticks, from a second to half a day; finer and coarser ones, in seconds and days, are 1-2-5.
_NATURAL: Final = tuple(
    count * unit
    for unit, counts in ((1, (1, 2, 5, 10, 15, 30)), (_MINUTE, (1, 2, 5, 10, 15, 30)), (_HOUR, (1, 2, 3, 6, 12)))
    for count in counts
)

Tick = tuple[float, str]


class XAxis(NamedTuple):
    """What the x axis is.

    Attributes:
        unit: Steps, seconds of training, or unix seconds.
        utc_offset_seconds: Of the clock on the wall.
    """

    unit: Literal["step", "elapsed", "clock"] = "step"
    utc_offset_seconds: int = 0

    def choices(self, start: float, stop: float, least: float) -> Iterator[list[Tick]]:
        """The ticks from `start` to `stop` and their labels: at least `least` apart, then ever fewer, without end."""
        if self.unit == "step":
            step = max(step_of(least), Step(1, 0), key=lambda step: step.size) if stop - start >= 1 else step_of(least)
            while True:
                found = step.multiples(start, stop)
                yield list(zip(found, step_labels(found), strict=True))
                step = step.coarser
        offset = self.utc_offset_seconds if self.unit == "clock" else 0
        for size in _sizes(least):
            counts = range(ceil((start + offset) / size), floor((stop + offset) / size) + 1)
            yield [(count * size - offset, self._label(count * size - offset, size)) for count in counts]

    def _label(self, seconds: float, size: float) -> str:
        if self.unit == "elapsed":
            return elapsed_label(seconds, _decimals(size))
        return clock_label(seconds, size, self.utc_offset_seconds)


STEPS: Final = XAxis()


def _sizes(least: float) -> Iterator[float]:
    """The distances that ticks of time may have, from `least` on."""
    step = step_of(least)
    while step.size < 1:
        yield step.size
        step = step.coarser
    yield from (size for size in _NATURAL if size >= least)
    step = step_of(max(1.0, least / _DAY))
    while True:
        yield step.size * _DAY
        step = step.coarser


def _decimals(size: float) -> int:
    return max(0, -step_of(size).exponent) if size < 1 else 0


def elapsed_label(seconds: float, decimals: int = 0) -> str:
    """A length of time, as short as can be: 45s, 10m, 1h30, 2d, 1d6h, 1h02m10."""
    minutes, rest = divmod(round(seconds, decimals), _MINUTE)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    known = [at for at, count in enumerate((days, hours, minutes, rest)) if count]
    if not known:
        return "0"
    if known[0] == known[-1]:
        return (f"{days:g}d", f"{hours:g}h", f"{minutes:g}m", f"{round(rest, decimals):g}s")[known[0]]
    padded = f"{rest:0{2 + decimals + (decimals > 0)}.{decimals}f}s"
    words = [f"{days:g}d", f"{hours:g}h", f"{minutes:02.0f}m", padded][known[0] : known[-1] + 1]
    # Behind hours come minutes, and behind these seconds, without saying so; hours do not go without saying.
    return "".join(words).lstrip("0").rstrip("ms")


def clock_label(seconds: float, size: float, utc_offset_seconds: int) -> str:
    """The time of day, to the second where ticks are `size` < 60 apart; at midnight the day: 14:02, 14:02:30, Jun 2."""
    decimals = _decimals(size)
    seconds = round(seconds, decimals)
    of_day = (seconds + utc_offset_seconds) % _DAY
    if not of_day:
        return day(seconds, utc_offset_seconds)
    minutes = clock(seconds, utc_offset_seconds)
    if size >= _MINUTE:
        return minutes
    return f"{minutes}:{of_day % _MINUTE:0{2 + decimals + (decimals > 0)}.{decimals}f}"
