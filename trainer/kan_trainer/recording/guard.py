"""Jidoka: a training that goes wrong ends by itself, before it spends a night on nothing.

    nan       a loss is NaN or infinite: the series `loss`, or any with that for its last part, as `validation/loss`
    diverge   the training loss runs away: `train/loss`, or the first of those series where there is none of that name

A loss has diverged when, for fifty values in a row, the median of the last 25 was above what it was in the beginning,
and farther above its lowest than twice that lowest's amount: all that was learned is lost, and the loss more than three
times its best. Spikes do not do that, nor a plateau, nor noise. A value that is not finite counts as a very large one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from math import inf, isfinite
from typing import Any, Final, Literal, get_args

from kan_shared.errors import UsageError
from kan_shared.numbers import to_wire
from kan_shared.series import Record

StopOn = Literal["nan", "diverge"]
_MAIN: Final = "train/loss"
_WINDOW: Final = 25
_RISE: Final = 2.0
_IN_A_ROW: Final = 50


def kinds(stop_on: Any) -> tuple[StopOn, ...]:
    """What a run is to stop on, told as one word or as several.

    Raises:
        UsageError: There is no such kind.
    """
    told: tuple[Any, ...] = (stop_on,) if isinstance(stop_on, str) else tuple(stop_on)
    for kind in told:
        if kind not in get_args(StopOn):
            raise UsageError(f"{kind!r} is nothing to stop on: there are nan and diverge.")
    return told


class LossGuard:
    """Looks at the losses of one run for the `kinds` of trouble that shall end it."""

    def __init__(self, kinds: Collection[StopOn]) -> None:
        self._kinds = frozenset(kinds)
        self._verdict: str | None = None
        self._followed: str | None = None
        self._rise = _Rise()

    @property
    def doubt(self) -> str | None:
        """Why the weights as they are had better not be saved; it is there as soon as a rise begins, and goes with
        it."""
        return self._verdict or self._rise.doubt

    def look(self, name: str, records: Sequence[Record]) -> str | None:
        """Takes in records of the series `name`; why the training is to end, said once."""
        if self._verdict or name.rpartition("/")[2] != "loss":
            return None
        if "nan" in self._kinds:
            self._verdict = next((_bad(name, record) for record in records if not isfinite(record[2])), None)
        if "diverge" in self._kinds and not self._verdict and self._follows(name):
            self._verdict = self._rise.take(name, records)
        return self._verdict

    def _follows(self, name: str) -> bool:
        if self._followed is None or name == _MAIN != self._followed:
            self._followed, self._rise = name, _Rise()
        return name == self._followed


def _bad(name: str, record: Record) -> str:
    return f"{name} is {to_wire(record[2])} at step {record[0]}"


class _Rise:
    """Whether one loss runs away."""

    def __init__(self) -> None:
        self._window: deque[float] = deque(maxlen=_WINDOW)
        self._first, self._best = inf, inf
        self._above = 0
        self.doubt: str | None = None

    def take(self, name: str, records: Sequence[Record]) -> str | None:
        """Takes in the next records; what to say when it has gone on for long enough."""
        for step, _, value, _ in records:
            self._window.append(value if isfinite(value) else inf)
            if len(self._window) == _WINDOW:
                median = sorted(self._window)[_WINDOW // 2]
                self._above = self._above + 1 if self._is_above(median) else 0
                self.doubt = None if not self._above else self.doubt or f"{name} runs away since step {step}"
                if self._above == _IN_A_ROW:
                    return f"{name} has diverged by step {step}: {median:.3g} after {self._best:.3g} at its best"
        return None

    def _is_above(self, median: float) -> bool:
        if median == inf:
            return True
        if self._first == inf:
            self._first = median
        self._best = min(self._best, median)
        return median > self._first and median - self._best > _RISE * abs(self._best)
