"""When a run was up: from the time of day to the time that it has trained for, and back.

While its process was down a run does not train: these gaps are taken out. What is recorded in one of them (a validation
after the last step, say) stands where training broke off.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from math import inf
from typing import Final, NamedTuple

LATEST: Final = 1e11  # seconds since the epoch; what is later is no time


def is_time(seconds: float) -> bool:
    """Whether a record's time can be one; otherwise the record is damaged, whatever its checksum says."""
    return 0 <= seconds <= LATEST


class Timeline(NamedTuple):
    """The stretches of time in which a run was up; it grows by the second in them, and stands still between them.

    Attributes:
        begins: Unix seconds, ascending; at least one.
        ends: Of each stretch; infinity for the last one.
        bases: The time trained before each of them.
    """

    begins: tuple[float, ...]
    ends: tuple[float, ...]
    bases: tuple[float, ...]

    @classmethod
    def of(cls, stretches: Iterable[tuple[float, float]]) -> Timeline:
        """The timeline of a run that was up from and to these times, the last of them until now.

        A stretch that ends before it begins, since the clock was put back in it, took no time: time never runs back.
        """
        begins: list[float] = []
        ends: list[float] = []
        for begin, end in stretches:
            if not begins or begin > ends[-1]:
                begins.append(begin)
                ends.append(max(begin, end))
            else:
                ends[-1] = max(ends[-1], end)
        if not begins:
            return CLOCK
        bases = [0.0]
        for begin, end in zip(begins[:-1], ends[:-1], strict=True):
            bases.append(bases[-1] + (end - begin))
        return cls(tuple(begins), (*ends[:-1], inf), tuple(bases))

    def elapsed(self, seconds: float) -> float:
        """The time trained at a time of day."""
        at = max(0, bisect_right(self.begins, seconds) - 1)
        begin = self.begins[at]
        return self.bases[at] + (min(max(seconds, begin), self.ends[at]) - begin)

    def clock(self, elapsed: float) -> float:
        """The time of day at which so much had been trained."""
        at = max(0, bisect_right(self.bases, elapsed) - 1)
        return self.begins[at] + (elapsed - self.bases[at])


#: The time of day itself.
CLOCK: Final = Timeline((0.0,), (inf,), (0.0,))
