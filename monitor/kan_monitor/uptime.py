"""When a run was up: from its first to its last record in every segment, looked up in one of its series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kan_monitor.charts.timeline import Timeline, is_time
from kan_shared.series import Record, SeriesFile, unpack

_MOST_SEGMENTS: Final = 1000
#: So many records are read to find one that is not damaged.
_NEIGHBOURS: Final = 16


class Uptime:
    """Follows a series file: segments grow in it, so that each is found by halving, in some dozen small reads."""

    def __init__(self, file: SeriesFile) -> None:
        self._file = file
        self._generation = 0
        self._stretches: list[tuple[float, float]] = []
        self._last_begins_at = 0  # the index of the first record of the last segment that was found
        self._timeline = Timeline.of(())

    def timeline(self) -> Timeline:
        """The timeline of what the file has now."""
        if self._file.refresh():
            if self._file.generation != self._generation:
                self._generation, self._last_begins_at, self._stretches = self._file.generation, 0, []
            self._stretches[-1:] = self._segments_from(self._last_begins_at)
            self._timeline = Timeline.of(self._stretches)
        return self._timeline

    def _segments_from(self, begin: int) -> Iterator[tuple[float, float]]:
        while begin < self._file.count and len(self._stretches) < _MOST_SEGMENTS:
            first = self._record(begin)
            if first is None:
                return
            end = self._end_of(first.segment, begin)
            last = self._record(end - _NEIGHBOURS, until=end) or first
            self._last_begins_at = begin
            yield first.seconds, last.seconds
            begin = end

    def _end_of(self, segment: int, begin: int) -> int:
        """The index of the first record of a later segment."""
        low, high = begin + 1, self._file.count
        while low < high:
            middle = (low + high) // 2
            record = self._record(middle)
            if record is not None and record.segment > segment:
                high = middle
            else:
                low = middle + 1
        return low

    def _record(self, at: int, *, until: int | None = None) -> Record | None:
        """The first intact record from `at` on, or the last one before `until`."""
        data = self._file.read(max(0, at), until or min(self._file.count, at + _NEIGHBOURS))
        intact = [record for record in unpack(data) if is_time(record.seconds)]
        return (intact[-1] if until else intact[0]) if intact else None
