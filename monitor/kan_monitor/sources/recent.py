"""The latest records of a run's series, for its alerts and its forecast: read only when there are more, and never many.

What one look reads is bounded whatever the length of the run, and whatever happened since the look before it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import isfinite
from typing import Final

from kan_monitor.sources.facts import Recent
from kan_monitor.sources.stretches import Stretches, with_time
from kan_shared.experiment import is_series_name
from kan_shared.series import RECORD_BYTES, Record, SeriesFile, live, unpack
from kan_shared.state import State

VALIDATION: Final = "validation/loss"
GRADIENT_NORM: Final = "gradient_norm"
#: What is read of a run that is looked at for the first time, or that has done more than `_MOST_NEWS` since the last
#: look; and what is kept of one look for the next, to tell what is usual.
_FIRST: Final = 512
_MOST_NEWS: Final = 4096
_CONTEXT: Final = 192
#: As far back is looked for the first one of many that are not finite.
_MOST_NOT_FINITE: Final = 2**16
#: Memory is looked at this often, over this many records, of which there is one a second.
_MEMORY_INTERVAL_SECONDS: Final = 5.0
_MEMORY_RECORDS: Final = 600
_MEMORY_POINTS: Final = 60
_fields = struct.Struct("<qddII")


class RecentReader:
    """Reads what is recent of one run.

    Args:
        open_series: Gives the series of a name.
    """

    def __init__(self, open_series: Callable[[str], SeriesFile]) -> None:
        self._open = open_series
        self._tails: dict[str, _Tail] = {}
        self._stretches = Stretches()
        self._seen: dict[str, int] = {}
        self._not_finite: dict[str, Record] = {}
        self._memory: dict[int | None, tuple[Record, ...]] = {}
        self._memory_read: float | None = None
        self._found = Recent()

    @property
    def trend(self) -> tuple[float, ...]:
        """Values of the main series over the recent past, evenly spaced."""
        return self._stretches.trend

    def look(self, state: State, main: str | None, now: float) -> Recent:
        """What is recent at unix time `now`, `main` being the series that the run is judged by; the same object as
        long as there is no news."""
        followed = {name for name in (main, VALIDATION, GRADIENT_NORM) if name is not None and name in state.metrics}
        grown = {name for name in followed if self._tail(name).grown()}
        if main is not None and main in grown:
            self._stretches.read(self._tails[main].file, self._tails[main].records)
        self._find_not_finite(state, followed)
        found = Recent(
            losses=self._records(main),
            validation_losses=self._records(VALIDATION),
            gradient_norms=self._records(GRADIENT_NORM),
            history=self._stretches.history,
            pace=self._stretches.pace,
            latest=self._stretches.latest,
            not_finite=tuple(self._not_finite.items()),
            memory_bytes=self._memory_in_use(state, now),
        )
        if found != self._found:
            self._found = found
        return self._found

    def _tail(self, name: str) -> _Tail:
        if name not in self._tails:
            self._tails[name] = _Tail(self._open(name))
        return self._tails[name]

    def _records(self, name: str | None) -> tuple[Record, ...]:
        return self._tails[name].records if name in self._tails else ()

    def _find_not_finite(self, state: State, followed: set[str]) -> None:
        """Looks through the news of the metrics that no rule follows; the state says which have some."""
        for name, metric in state.metrics.items():
            fresh = metric.count - self._seen.get(name, 0)
            if fresh and name not in followed and is_series_name(name):
                self._seen[name] = metric.count
                found = _last_not_finite(self._open(name), min(fresh, _FIRST) if fresh > 0 else _FIRST)
                if found is not None:
                    self._not_finite[name] = found

    def _memory_in_use(self, state: State, now: float) -> dict[int | None, tuple[Record, ...]]:
        if self._memory_read is None or not 0 <= now - self._memory_read < _MEMORY_INTERVAL_SECONDS:
            self._memory_read = now
            gpus = state.telemetry.gpus if state.telemetry else ()
            names: dict[int | None, str] = {gpu.index: f"system/gpu{gpu.index}/memory_bytes" for gpu in gpus}
            names[None] = "system/host/memory_bytes"
            self._memory = {place: _thinned(self._open(name)) for place, name in names.items()}
        return self._memory


class _Tail:
    """The end of one series: all that came since the last look, behind what tells what is usual."""

    def __init__(self, file: SeriesFile) -> None:
        self.file = file
        self.records: tuple[Record, ...] = ()
        self._read = (-1, 0)

    def grown(self) -> bool:
        """Reads the news, where there are some; whether there were."""
        if not self.file.refresh():
            return False
        generation, place = self._read
        self._read = (self.file.generation, self.file.count)
        before = self.records[-_CONTEXT:]
        if generation != self.file.generation or self.file.count - place > _MOST_NEWS:
            before, place = (), max(0, self.file.count - self._enough())
        records = (*before, *with_time(unpack(self.file.read(place, self.file.count))))
        resumed = bool(records) and records[0].segment != records[-1].segment
        self.records = tuple(live(records)) if resumed else records
        return True

    def _enough(self) -> int:
        """How many of the last records to begin with: more than usual where none of them is finite, for when that
        began is to be told."""
        count = _FIRST
        while count < min(self.file.count, _MOST_NOT_FINITE) and not any(
            isfinite(record.value)
            for record in unpack(self.file.read(max(0, self.file.count - count), self.file.count))
        ):
            count *= 2
        return count


def _last_not_finite(file: SeriesFile, count: int) -> Record | None:
    """The last record that is not finite among the last `count`; checksums are looked at only where there is one."""
    file.refresh()
    data = file.read(max(0, file.count - count), file.count)
    whole = memoryview(data)[: len(data) - len(data) % RECORD_BYTES]
    if all(isfinite(fields[2]) for fields in _fields.iter_unpack(whole)):
        return None
    return next((record for record in reversed(with_time(unpack(data))) if not isfinite(record.value)), None)


def _thinned(file: SeriesFile) -> tuple[Record, ...]:
    """The last minutes of a series in a few records, in one read."""
    file.refresh()
    data = file.read(max(0, file.count - _MEMORY_RECORDS), file.count)
    count = len(data) // RECORD_BYTES
    places = [place * RECORD_BYTES for place in range(count - 1, -1, -max(1, count // _MEMORY_POINTS))]
    kept = b"".join(data[place : place + RECORD_BYTES] for place in reversed(places))
    return tuple(record for record in with_time(unpack(kept)) if isfinite(record.value))
