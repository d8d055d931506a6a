"""How fast a run goes: seconds a step for the forecast, units a second for the eye."""

from __future__ import annotations

from collections import deque
from typing import Final

from kan_shared.state import Rate, RateUnit

#: The step time forgets half of the past in this many steps, or in a tenth of the steps done if that is more.
_HALF_LIFE_STEPS: Final = 100.0
_HALF_LIFE_SHARE: Final = 0.1
#: The rate looks back this far, but over no fewer marks than this.
_WINDOW_SECONDS: Final = 10.0
_WINDOW_MARKS: Final = 20


class Pace:
    """Seconds a step, as a ratio of sums that both forget at the same rate.

    A ratio counts validation and checkpoints in at the share that they really take, and one slow step cannot swing
    it. It begins with the first step of a segment, so neither start-up nor what was before a resume is in it.
    """

    def __init__(self) -> None:
        self._seconds = self._steps = self._all_steps = 0.0
        self._last: tuple[int, float] | None = None
        self.longest_gap_seconds: float | None = None

    def advance(self, step: int, seconds: float) -> None:
        """Takes in that `step` was reached at `seconds`; a step that is no progress is passed over."""
        if self._last is None or step <= self._last[0]:
            self._last = self._last or (step, seconds)
            return
        steps, gap = step - self._last[0], max(0.0, seconds - self._last[1])
        self._last = (step, seconds)
        self._all_steps += steps
        keep = 0.5 ** (steps / max(_HALF_LIFE_STEPS, _HALF_LIFE_SHARE * self._all_steps))
        self._seconds = self._seconds * keep + gap
        self._steps = self._steps * keep + steps
        if self.longest_gap_seconds is None or gap > self.longest_gap_seconds:
            self.longest_gap_seconds = gap

    def skip(self, seconds: float) -> None:
        """Leaves a pause of that length out of the step that it fell into."""
        if self._last is not None:
            self._last = (self._last[0], self._last[1] + seconds)

    @property
    def seconds_per_step(self) -> float | None:
        """The time that a step takes; `None` before the second step."""
        return self._seconds / self._steps if self._steps else None


class Throughput:
    """Units a second over the last seconds: tokens or samples where the loop counts them, steps where it does not."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, float]] = deque(maxlen=1024)
        self._unit: RateUnit = "steps"
        self._total = 0.0

    def count(self, amount: float, unit: RateUnit) -> None:
        """Adds what one step processed; steps are counted only where nothing better is."""
        if unit != self._unit:
            if unit == "steps":
                return
            self._unit, self._total = unit, 0.0
            self._marks.clear()
        self._total += amount

    def mark(self, seconds: float) -> None:
        """Notes how much had been processed at `seconds`."""
        marks = self._marks
        marks.append((seconds, self._total))
        while len(marks) > _WINDOW_MARKS and marks[-1][0] - marks[1][0] > _WINDOW_SECONDS:
            marks.popleft()

    def restart(self) -> None:
        """Forgets the window, after a pause."""
        self._marks.clear()

    @property
    def rate(self) -> Rate | None:
        """The rate; `None` before there is a stretch of time to measure it over."""
        if len(self._marks) < 2:
            return None
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        if end <= start or after <= before:
            return None
        return Rate(unit=self._unit, per_second=(after - before) / (end - start))
