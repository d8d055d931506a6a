"""One series seen from further away: a few records of the whole run, of its latest segment, of its last seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kan_shared.series import Record, SeriesFile, live, unpack

#: Points of a stretch, evenly spaced.
MAIN_POINTS: Final = 256
#: The trend looks at the last tenth of the run, at no fewer records than the points of a stretch if there are.
_TREND_SHARE: Final = 0.1
#: What is far away is read anew when the series has grown by this part.
_MOVED_SHARE: Final = 64
LATEST_SECONDS: Final = 20.0
_LAST_SECOND: Final = 1e11


class Stretches:
    """Of one series; the long ones are read anew when it has grown by what makes a difference to them.

    Attributes:
        history: Over the whole run.
        pace: Over the latter half of the latest segment.
        latest: Over the last seconds, or as much of them as is in the latest segment.
        trend: The values over the last tenth of the run.
    """

    def __init__(self) -> None:
        self.history: tuple[Record, ...] = ()
        self.pace: tuple[Record, ...] = ()
        self.latest: tuple[Record, ...] = ()
        self.trend: tuple[float, ...] = ()
        self._read: tuple[Path, int, int] | None = None
        self._segment: tuple[Path, int, int, int] | None = None

    def read(self, file: SeriesFile, tail: Sequence[Record]) -> None:
        """Reads `file`, of which `tail` is the end."""
        window = max(MAIN_POINTS, int(file.count * _TREND_SHARE))
        self.trend = tuple(
            record.value for record in live(file.sampled(max(0, file.count - window), file.count, MAIN_POINTS))
        )
        own = [record for record in tail if record.segment == tail[-1].segment]
        self.latest = _last_seconds(file, own)
        path, generation, count = self._read or (None, 0, 0)
        moved = file.count - count > file.count // _MOVED_SHARE
        if own and (moved or (path, generation) != (file.path, file.generation)):
            self._read = (file.path, file.generation, file.count)
            self.history = tuple(live(with_time(file.sampled(0, file.count, MAIN_POINTS))))
            middle = (self._segment_start(file, own[-1].segment) + file.count) // 2
            found = with_time(file.sampled(middle, file.count, MAIN_POINTS))
            self.pace = tuple(record for record in found if record.segment == own[-1].segment)

    def _segment_start(self, file: SeriesFile, segment: int) -> int:
        """Where the segment begins in `file`; looked for once, by halves."""
        if segment == 0:
            return 0
        if self._segment is None or self._segment[:3] != (file.path, file.generation, segment):
            low, high = 0, file.count
            while low < high:
                middle = (low + high) // 2
                record = next(unpack(file.read(middle, middle + 1)), None)
                low, high = (low, middle) if record and record.segment >= segment else (middle + 1, high)
            self._segment = (file.path, file.generation, segment, low)
        return self._segment[3]


def with_time(records: Iterable[Record]) -> list[Record]:
    """The records whose time can be one."""
    return [record for record in records if 0 <= record.seconds <= _LAST_SECOND]


def _last_seconds(file: SeriesFile, own: Sequence[Record]) -> tuple[Record, ...]:
    """The records of the last seconds, by the pace of `own`, which may span less than them."""
    if not own:
        return ()
    since, span = own[-1].seconds - LATEST_SECONDS, own[-1].seconds - own[0].seconds
    if own[0].seconds <= since or span <= 0:
        return tuple(record for record in own if record.seconds >= since)
    records = int(min(file.count, LATEST_SECONDS * len(own) / span))
    found = file.sampled(file.count - records, file.count, MAIN_POINTS)
    return tuple(record for record in found if since <= record.seconds and record.segment == own[-1].segment)
