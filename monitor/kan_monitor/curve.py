"""One series as its charts need it: exact while it is short, from a pyramid when it is long.

numpy is the pyramid's alone. A series of up to `SHORT_RECORDS` is kept as lists; of a longer one an even sample is
drawn until its pyramid is there, which the app builds in a thread, so that the first frame waits for neither numpy
nor a disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Final

from kan_monitor.charts import reading
from kan_monitor.charts.decimate import Envelope, envelope, smooth
from kan_monitor.charts.reading import Reading, Sides, nearer
from kan_monitor.charts.timeline import Timeline, is_time
from kan_monitor.extent import Reach
from kan_shared.series import Record, SeriesFile, live, unpack

if TYPE_CHECKING:
    from kan_monitor.charts.pyramid import Pyramid

SHORT_RECORDS: Final = 4096
#: A long series takes in no more at one look; the rest, where its file was replaced by a huge one, at the next.
_RECORDS_AT_ONCE: Final = 2**20
_SAMPLE: Final = 1024
#: Answers that are kept until the series changes: those of a frame, in which nothing moves but the crosshair.
_ANSWERS: Final = 16


class Curve:
    """One series, read as it grows.

    Attributes:
        version: Another one whenever the series would be drawn otherwise.
    """

    def __init__(self, file: SeriesFile) -> None:
        self.version = 0
        self._file = file
        self._pyramid: Pyramid | None = None
        self._read = self._generation = 0
        self._records: list[Record] = []
        self._live: list[Record] = []
        self._left: list[Record] = []
        self._answers: dict[object, Envelope] = {}
        self._averages: dict[float, list[float]] = {}
        self._placed: dict[Timeline | None, list[float]] = {}
        #: What came last, and the answers of before.
        self._news: list[Record] = []
        self._before: dict[object, Envelope] = {}

    @property
    def wants_pyramid(self) -> bool:
        """Whether it is too long to be kept whole."""
        return self._pyramid is None and self._file.count > SHORT_RECORDS

    def new_file(self) -> SeriesFile:
        """The same series, for a thread of its own."""
        return SeriesFile(self._file.path)

    def adopt(self, pyramid: Pyramid, file: SeriesFile) -> None:
        """Draws from `pyramid`, which reads from `file`, from now on."""
        self._pyramid, self._file, self._generation = pyramid, file, file.generation
        self._take([])

    def prepare(self, smoothing: float) -> None:
        """Works out the average of a weight ahead of the chart that shows it: for a long series that takes a while."""
        if self._pyramid is not None:
            self._pyramid.prepare(smoothing)

    @property
    def count(self) -> int:
        """How many records the file has."""
        return self._file.count

    @property
    def is_short(self) -> bool:
        """Whether all of it is drawn from lists."""
        return self._pyramid is None

    @property
    def has_branch(self) -> bool:
        """Whether resumes have overwritten a part of it."""
        return bool(self._left) if self._pyramid is None else self._pyramid.has_branch

    def refresh(self) -> None:
        """Takes in what the file has beyond what was read."""
        changed = self._file.refresh()
        if self._pyramid is not None:
            self._extend_pyramid(self._pyramid)
        elif not changed:
            return
        elif self._file.count > SHORT_RECORDS:
            self._take(_usable(self._file.sampled(0, self._file.count, _SAMPLE)))
        else:
            self._extend()

    def reach(self, timeline: Timeline | None = None) -> Reach | None:
        """From where to where it goes by step, or by time on `timeline`; None where there is no record of it."""
        if self._pyramid is not None:
            span = self._pyramid.span(timeline)
        else:
            places = self._places(timeline)
            span = (min(places), max(places)) if places else None
        return Reach(*span, self._file.count) if span else None

    def envelope(
        self,
        start: float,
        stop: float,
        columns: int,
        smoothing: float = 0.0,
        timeline: Timeline | None = None,
        *,
        branch: bool = False,
    ) -> Envelope:
        """The series, or what was overwritten of it, between two steps or times, in so many columns."""
        key = (start, stop, columns, smoothing, timeline, branch)
        if key not in self._answers:
            while len(self._answers) >= _ANSWERS:
                del self._answers[next(iter(self._answers))]
            self._answers[key] = self._envelope(*key)
        return self._answers[key]

    @property
    def latest(self) -> Record | None:
        """The newest record, overwritten or not."""
        return next(reversed(self._file.tail(1)), None)

    def beside(self, x: float, smoothing: float = 0.0, timeline: Timeline | None = None) -> Sides:
        """The records on both sides of a step, or time, and the average there; None where there is none."""
        if self._pyramid is not None:
            return self._pyramid.beside(x, smoothing=smoothing, timeline=timeline)
        return reading.beside(self._live, self._values(smoothing), self._places(timeline), x)

    def read(self, x: float, smoothing: float = 0.0, timeline: Timeline | None = None) -> Reading | None:
        """The nearer one of them."""
        return nearer(self.beside(x, smoothing, timeline), x)

    def _envelope(
        self, start: float, stop: float, columns: int, smoothing: float, timeline: Timeline | None, branch: bool
    ) -> Envelope:
        before = self._before.get((start, stop, columns, smoothing, timeline, branch))
        if branch and before is not None:
            return before
        since = min(_places(self._news, timeline), default=stop)
        if self._pyramid is not None:
            return self._pyramid.envelope(
                start=start,
                stop=stop,
                columns=columns,
                smoothing=smoothing,
                timeline=timeline,
                branch=branch,
                before=before,
                since=since,
            )
        if branch:
            places, values = _places(self._left, timeline), _values(self._left)
            return envelope(places, values, start=start, stop=stop, columns=columns)
        places, values = self._places(timeline), self._values(smoothing)
        return envelope(places, values, start=start, stop=stop, columns=columns, before=before, since=since)

    def _places(self, timeline: Timeline | None) -> list[float]:
        if timeline not in self._placed:
            self._placed[timeline] = _places(self._live, timeline)
        return self._placed[timeline]

    def _values(self, smoothing: float) -> list[float]:
        if smoothing not in self._averages:
            values = _values(self._live)
            self._averages[smoothing] = smooth(values, smoothing) if smoothing else values
        return self._averages[smoothing]

    def _extend(self) -> None:
        if self._file.generation != self._generation:
            self._read, self._generation, self._records = 0, self._file.generation, []
        new = _usable(unpack(self._file.read(self._read, self._file.count)))
        self._read = self._file.count
        if self._records and all(record.segment == self._records[-1].segment for record in new):
            self._go_on(new)
        else:
            self._take([*self._records, *new])

    def _extend_pyramid(self, pyramid: Pyramid) -> None:
        """Takes in what is new; where that overwrites nothing, all that stands before it stays as it is."""
        begin = pyramid.loaded
        if not pyramid.extend(limit=_RECORDS_AT_ONCE):
            return
        again = self._file.generation != self._generation
        found = [] if again or not begin else self._new_and_last(begin, pyramid.loaded)
        goes_on = len(found) > 1 and len({record.segment for record in found}) == 1
        self._news, self._before = (_usable(found[1:]), self._answers) if goes_on else ([], {})
        self._generation, self._answers = self._file.generation, {}
        self.version += 1

    def _new_and_last(self, begin: int, end: int) -> list[Record]:
        """The one before the new records and these; none where one is damaged, or where they are many."""
        count = end - begin + 1
        found = list(unpack(self._file.read(begin - 1, end))) if 1 < count <= _SAMPLE else []
        return found if len(found) == count else []

    def _go_on(self, new: list[Record]) -> None:
        """Draws from these records too: as they overwrite nothing, all that stands before them stays as it is."""
        self._records += new
        self._live += new
        for weight, values in self._averages.items():
            average = next(filter(isfinite, reversed(values)), None)
            values += smooth((record.value for record in new), weight, average) if weight else _values(new)
        for timeline, places in self._placed.items():
            places += _places(new, timeline)
        self._news, self._before, self._answers = new, self._answers, {}
        self.version += 1

    def _take(self, records: list[Record]) -> None:
        """Draws from these records, in the order in which they were written."""
        resumed = len({record.segment for record in records}) > 1
        self._records, self._live, self._left = records, live(records) if resumed else records[:], []
        self._answers, self._before, self._averages, self._placed = {}, {}, {}, {}
        self.version += 1
        if len(self._live) < len(records):
            kept = set(map(id, self._live))
            self._left = [record for record in records if id(record) not in kept]


def _usable(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if is_time(record.seconds)]


def _values(records: list[Record]) -> list[float]:
    return [record.value for record in records]


def _places(records: list[Record], timeline: Timeline | None) -> list[float]:
    if timeline is None:
        return [record.step for record in records]
    return [timeline.elapsed(record.seconds) for record in records]
