"""The series of a run: their history thinned, and then what is new of them, within so many records a look.

A live run may log hundreds of series a thousand times a second; a connection has room for a few. So the series take
turns, and what has come up since a series' last turn is thinned like its history.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kan_monitor.charts.timeline import is_time
from kan_monitor.sources.protocol import MAX_RECORDS, Points, WireRecord
from kan_shared.experiment import Experiment
from kan_shared.numbers import to_wire
from kan_shared.series import Record, SeriesFile, unpack

#: Records of history for all series together, for one of them at most, and at least.
_HISTORY_RECORDS: Final = 40_000
_MOST, _LEAST = 4_096, 60
#: Records of all series together at one look, and of one that has its turn.
_LIVE_RECORDS: Final = 64
_TURN_RECORDS: Final = 8


class SeriesFeed:
    """The series under `experiment`."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._followed: dict[str, _Followed] = {}

    def look(self, main: str | None) -> Iterator[Points]:
        """What is new, the series `main` first, then those that have waited longest."""
        for name in self._experiment.series_names():
            if name not in self._followed:
                self._followed[name] = _Followed(name, SeriesFile(self._experiment.series(name)))
        changed = [series for series in self._followed.values() if series.has_news()]
        changed.sort(key=lambda series: (series.name != main, not series.is_new, series.turn))
        history = max(_LEAST, min(_MOST, _HISTORY_RECORDS // max(1, len(self._followed))))
        room = _LIVE_RECORDS
        for waiting, series in zip(range(len(changed), 0, -1), changed, strict=True):
            if series.is_new:
                yield series.take(history)
            elif room > 0:
                points = series.take(max(_TURN_RECORDS, room // waiting))
                room -= len(points.records)
                yield points


class _Followed:
    """One series, and how much of it was sent.

    Attributes:
        is_new: Whether nothing of it was sent, or only of another file in its place.
        turn: How often it had its turn.
    """

    def __init__(self, name: str, file: SeriesFile) -> None:
        self.name, self._file = name, file
        self.is_new, self.turn = True, 0
        self._sent = self._generation = 0

    def has_news(self) -> bool:
        """Whether there are records that were not sent."""
        self._file.refresh()
        if self._file.generation != self._generation:
            self._generation, self._sent, self.is_new = self._file.generation, 0, True
        return self._file.count > self._sent

    def take(self, limit: int) -> Points:
        """What was not sent yet, in about `limit` records."""
        found = self._thinned(self._sent, self._file.count, limit)
        records = [record for record in found if is_time(record.seconds)]  # a NaN is no JSON
        points = Points(series=self.name, records=tuple(map(_wire, records[-MAX_RECORDS:])), fresh=self.is_new)
        self._sent, self.is_new, self.turn = self._file.count, False, self.turn + 1
        return points

    def _thinned(self, start: int, stop: int, limit: int) -> list[Record]:
        if stop - start <= limit:
            return list(unpack(self._file.read(start, stop)))
        from kan_monitor.feeding.thinning import thinned  # numpy is for who needs it

        return thinned(self._file, start, stop, limit)


def _wire(record: Record) -> WireRecord:
    return record.step, round(record.seconds, 3), to_wire(record.value), record.segment
