"""Counters become rates and sums: how fast a counter grows, what energy a card has used."""

from __future__ import annotations

from typing import Final

#: Over a longer gap than this nobody knows what the power was.
_LONGEST_GAP_SECONDS: Final = 30.0
#: A counter that grows faster than this many watts is none.
_MOST_WATTS: Final = 1e6


class RateMeter:
    """How much a counter grows a second, from one reading to the next."""

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None

    def per_second(self, seconds: float, count: float | None) -> float | None:
        """The rate since the reading before; unknown at the first one, and where the counter went back."""
        last, self._last = self._last, None if count is None else (seconds, count)
        if last is None or count is None or seconds <= last[0] or count < last[1]:
            return None
        return (count - last[1]) / (seconds - last[0])


class EnergyMeter:
    """What one card has used since the first reading: by its own counter, or, where it has none, by its power.

    Attributes:
        joules: The sum; `None` before there is anything to tell it by.
    """

    def __init__(self) -> None:
        self.joules: float | None = None
        self._counter: tuple[float, float] | None = None
        self._power: tuple[float, float] | None = None

    def add(self, seconds: float, counter_joules: float | None, watts: float | None) -> None:
        """Takes in a reading at `seconds`. A counter that answered once is waited for: it counts on meanwhile."""
        if counter_joules is not None:
            used = 0.0 if self._counter is None else counter_joules - self._counter[1]
            elapsed = 0.0 if self._counter is None else max(1.0, seconds - self._counter[0])
            self._counter = (seconds, counter_joules)
            self._use(used if 0 <= used <= _MOST_WATTS * elapsed else 0.0)  # otherwise the driver began it anew
        elif self._counter is None and watts is not None:
            elapsed, before = (seconds - self._power[0], self._power[1]) if self._power else (0.0, watts)
            self._power = (seconds, watts)
            self._use((before + watts) / 2 * elapsed if 0 <= elapsed <= _LONGEST_GAP_SECONDS else 0.0)

    def _use(self, joules: float) -> None:
        self.joules = (self.joules or 0.0) + joules
