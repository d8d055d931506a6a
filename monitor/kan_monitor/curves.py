"""The series of a run as its chart needs them: exact while they are short, from a pyramid when they are long.

numpy is the pyramid's alone. A series of up to `SHORT_RECORDS` is kept as lists; of a longer one an even sample is
drawn until its pyramid is there, which the app builds in a thread, so that the first frame waits for neither numpy
nor a disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kan_monitor.charts.chart import Layer, columns_of
from kan_monitor.charts.decimate import Envelope, envelope, smooth
from kan_monitor.sources.facts import Source
from kan_shared.series import Record, SeriesFile, live, unpack

if TYPE_CHECKING:
    from kan_monitor.charts.pyramid import Pyramid

SHORT_RECORDS: Final = 4096
#: A long series takes in no more at one look; the rest, where its file was replaced by a huge one, at the next.
_RECORDS_AT_ONCE: Final = 2**20
#: The right end of the x axis is one of these times a power of ten, so that the curve does not move with every step.
_NICE_ENDS: Final = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
#: From this share of the run on, the axis ends where the run does.
_WHOLE_RUN_FROM: Final = 0.6


class ChartOptions(NamedTuple):
    """How the loss chart is drawn: on a logarithmic axis, smoothed with the weight of an exponential mean (0: raw)."""

    log: bool = True
    smoothing: float = 0.6


class Plot(NamedTuple):
    """What a chart draws: its layers, back to front, and its range of steps."""

    layers: list[Layer]
    start: float
    stop: float


class Curve:
    """One series, read as it grows."""

    def __init__(self, file: SeriesFile) -> None:
        self._file = file
        self._pyramid: Pyramid | None = None
        self._read = self._generation = 0
        self._records: list[Record] = []
        self._live: list[Record] = []

    @property
    def wants_pyramid(self) -> bool:
        """Whether it is too long to be kept whole."""
        return self._pyramid is None and self._file.count > SHORT_RECORDS

    def new_file(self) -> SeriesFile:
        """The same series, for a thread of its own."""
        return SeriesFile(self._file.path)

    def adopt(self, pyramid: Pyramid, file: SeriesFile) -> None:
        """Draws from `pyramid`, which reads from `file`, from now on."""
        self._pyramid, self._file, self._records, self._live = pyramid, file, [], []

    def prepare(self, smoothing: float) -> None:
        """Works out the average of a weight ahead of the chart that shows it: for a long series that takes a while."""
        if self._pyramid is not None:
            self._pyramid.prepare(smoothing)

    @property
    def is_short(self) -> bool:
        """Whether all of it is drawn from lists."""
        return self._pyramid is None

    def refresh(self) -> None:
        """Takes in what the file has beyond what was read."""
        changed = self._file.refresh()
        if self._pyramid is not None:
            self._pyramid.extend(limit=_RECORDS_AT_ONCE)
        elif not changed:
            return
        elif self._file.count > SHORT_RECORDS:
            self._live = live(self._file.sampled(0, self._file.count, SHORT_RECORDS))
        else:
            self._extend()

    @property
    def steps(self) -> tuple[float, float] | None:
        """The first and the last step of what is live."""
        if self._pyramid is not None:
            return self._pyramid.steps
        return (self._live[0].step, max(self._live[-1].step, self._live[0].step)) if self._live else None

    def envelope(self, start: float, stop: float, columns: int, smoothing: float = 0.0) -> Envelope:
        """The series between two steps, in so many columns."""
        if self._pyramid is not None:
            return self._pyramid.envelope(start=start, stop=stop, columns=columns, smoothing=smoothing)
        values = [record.value for record in self._live]
        steps = [record.step for record in self._live]
        return envelope(
            steps, smooth(values, smoothing) if smoothing else values, start=start, stop=stop, columns=columns
        )

    def _extend(self) -> None:
        if self._file.generation != self._generation:
            self._read, self._generation, self._records = 0, self._file.generation, []
        self._records += unpack(self._file.read(self._read, self._file.count))
        self._read = self._file.count
        self._live = live(self._records)


class Curves:
    """The curves of one run's loss chart."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._curves: dict[str, Curve] = {}

    def refresh(self, names: list[str]) -> None:
        """Takes in what is new in the series of these names; others are let go."""
        self._curves = {name: self._curves.get(name) or Curve(self._source.series(name)) for name in names}
        for curve in self._curves.values():
            curve.refresh()

    @property
    def are_short(self) -> bool:
        """Whether every curve is drawn from lists, so that nothing takes a while."""
        return all(curve.is_short for curve in self._curves.values())

    def prepare(self, smoothing: float) -> None:
        """Works out the averages of a weight ahead of the chart that shows them."""
        for curve in list(self._curves.values()):
            curve.prepare(smoothing)

    def wanting_pyramids(self) -> list[Curve]:
        """The curves that are too long to be kept whole."""
        return [curve for curve in self._curves.values() if curve.wants_pyramid]

    def plot(self, main: str | None, total_steps: int | None, width: int, options: ChartOptions) -> Plot:
        """The layers of a chart that is `width` cells wide: `main` as the training curve, validation over it."""
        start, stop = self._range(total_steps)
        columns, layers = columns_of(width), []
        if main and (train := self._curves.get(main)):
            raw = train.envelope(start, stop, columns)
            if options.smoothing:
                layers.append(Layer(raw, "train", "band", faint=True))
                layers.append(Layer(train.envelope(start, stop, columns, options.smoothing), "train", "line"))
            else:
                layers.append(Layer(raw, "train", "line"))
        if validation := self._curves.get("validation/loss"):
            layers.append(Layer(validation.envelope(start, stop, columns), "validation", "line"))
        return Plot(layers, start, stop)

    def _range(self, total_steps: int | None) -> tuple[float, float]:
        spans = [steps for curve in self._curves.values() if (steps := curve.steps)]
        if not spans:
            return 0.0, float(total_steps or 1)
        first, last = min(start for start, _ in spans), max(stop for _, stop in spans)
        start = 0.0 if first <= last / 10 else first
        if total_steps and _WHOLE_RUN_FROM * total_steps <= last <= total_steps:
            return start, float(total_steps)
        return start, start + _nice_end(max(1.0, last - start))


def _nice_end(length: float) -> float:
    power = 1.0
    while power * 10 <= length:
        power *= 10
    return next(nice * power for nice in _NICE_ENDS if nice * power >= length)
