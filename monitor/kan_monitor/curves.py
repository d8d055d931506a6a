"""The curves of one run, and the plots that charts draw of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from kan_monitor.charts.chart import Layer, Series, columns_of
from kan_monitor.charts.decimate import Envelope, polyline
from kan_monitor.charts.edges import joined_to
from kan_monitor.charts.reading import Reading
from kan_monitor.charts.timeline import CLOCK, Timeline
from kan_monitor.curve import SHORT_RECORDS, Curve
from kan_monitor.extent import extent_of
from kan_monitor.sources.facts import Source
from kan_monitor.uptime import Uptime
from kan_monitor.viewport import ChartOptions, Extent, Window, X, shown
from kan_shared.series import Record

__all__ = ["SHORT_RECORDS", "ChartOptions", "Curve", "Curves", "Plot"]

VALIDATION: Final = "validation/loss"
#: Records of series that are kept while others are in sight; ten million take about 12 MB, with an average 20.
_KEPT_RECORDS: Final = 20_000_000


class Plot(NamedTuple):
    """What a chart draws: its layers, back to front, and from where to where it goes on the x axis."""

    layers: list[Layer]
    start: float
    stop: float


class Curves:
    """The curves of one run: those that are on the screen, and the one by which it is judged."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._curves: dict[str, Curve] = {}
        self._kept: dict[str, Curve] = {}
        self._asked: set[str] = set()
        self._main: str | None = None
        self._uptime: Uptime | None = None
        # What all charts of one frame ask for.
        self._trained: Timeline | None = None
        self._extents: dict[tuple[X, int | None], Extent] = {}
        self._moves: dict[tuple[float, X, X], float | None] = {}

    def refresh(self, names: Sequence[str], main: str | None = None) -> None:
        """Takes in what is new in these series and in `main`, else the first one; no other costs anything.

        By `main` it is known when the run was up, which step was when, and how far the x axis of all its charts goes.
        """
        main = main or next(iter(names), None)
        if main != self._main:
            self._main, self._uptime = main, Uptime(self._source.series(main)) if main else None
        wanted = list(dict.fromkeys([main, *names] if main else names))
        self._curves = {name: self._known(name) for name in wanted}
        self._asked.update(wanted)
        self._trained, self._extents, self._moves = None, {}, {}
        for curve in self._curves.values():
            curve.refresh()
        self._let_go()

    def _known(self, name: str) -> Curve:
        """The curve of a series, which now is the one that was asked for last."""
        curve = self._kept.pop(name, None) or Curve(self._source.series(name))
        self._kept[name] = curve
        return curve

    def _let_go(self) -> None:
        """Forgets curves that have been out of sight for the longest, where all of them together are too much."""
        kept = sum(curve.count for curve in self._kept.values())
        for name in [name for name in self._kept if name not in self._curves]:
            if kept <= _KEPT_RECORDS:
                return
            kept -= self._kept.pop(name).count

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

    def loading(self, names: Iterable[str]) -> list[str]:
        """Which of these are in sight, but not taken in exactly yet."""
        return [name for name in names if (curve := self._curves.get(name)) and curve.wants_pyramid]

    def ahead(self, names: Iterable[str]) -> list[Curve]:
        """Those of these series that nobody has asked for yet, unread; they are kept as if somebody had."""
        new = [name for name in names if name not in self._asked]
        self._asked.update(new)
        return [self._known(name) for name in new]

    def version(self, name: str) -> int | None:
        """What is another one when the series would be drawn otherwise; None where it is not in sight."""
        curve = self._curves.get(name)
        return curve.version if curve else None

    def timeline(self, x: X) -> Timeline | None:
        """What puts a moment on the x axis; None where that is the step."""
        if x == "step":
            return None
        if x == "clock" or self._uptime is None:
            return CLOCK
        if self._trained is None:
            self._trained = self._uptime.timeline()
        return self._trained

    def extent(self, options: ChartOptions, total_steps: int | None) -> Extent:
        """What there is to show of all of them: what zoom, pan and crosshair keep to."""
        key = (options.x, total_steps)
        if key not in self._extents:
            timeline = self.timeline(options.x)
            reaches = [reach for curve in self._curves.values() if (reach := curve.reach(timeline))]
            self._extents[key] = extent_of(reaches, *key)
        return self._extents[key]

    def latest(self, name: str) -> Record | None:
        """The newest record of a series."""
        curve = self._curves.get(name)
        return curve.latest if curve else None

    def read(self, name: str, options: ChartOptions) -> Reading | None:
        """What the crosshair reads of a series."""
        curve = self._curves.get(name)
        if curve is None or options.cursor is None:
            return None
        return curve.read(options.cursor, options.smoothing, self.timeline(options.x))

    def place(self, x: X, step: int | None, seconds: float) -> float | None:
        """Where something that happened stands on the x axis; None where its step is not known and would be needed."""
        timeline = self.timeline(x)
        return step if timeline is None else timeline.elapsed(seconds)

    def seen(self, options: ChartOptions) -> float | None:
        """Where on the x axis the one who looks had last looked; None where nothing has come since."""
        seconds, latest = options.seen_seconds, self.latest(self._main or "")
        news = seconds is not None and latest is not None and latest.seconds > seconds
        return self._moved(seconds, "clock", options.x) if seconds is not None and news else None

    def turned(self, options: ChartOptions, x: X) -> ChartOptions:
        """The options with another x axis, on which window and crosshair stay at what they show, to the next record."""
        cursor, window = options.cursor, options.window
        if cursor is not None:
            cursor = self._moved(cursor, options.x, x)
        if window is not None:
            start, stop = (self._moved(end, options.x, x) for end in window[:2])
            window = None if start is None or stop is None or start >= stop else Window(start, stop, window.follows)
        return options._replace(x=x, window=window, cursor=cursor)

    def _moved(self, place: float, x: X, to: X) -> float | None:
        """The place on another x axis of the record that is nearest to one."""
        key = (place, x, to)
        if key not in self._moves:
            main = self._curves.get(self._main or "")
            found = main.read(place, timeline=self.timeline(x)) if main else None
            self._moves[key] = self.place(to, found.record.step, found.record.seconds) if found else None
        return self._moves[key]

    def plot(self, main: str | None, total_steps: int | None, width: int, options: ChartOptions) -> Plot:
        """The loss chart, `width` cells wide: `main` as the training curve, validation over it."""
        start, stop = shown(options, self.extent(options, total_steps))
        layers = self.layers(main, "train", start, stop, width, options) if main else []
        layers += self.layers(VALIDATION, "validation", start, stop, width, options._replace(smoothing=0.0))
        return Plot(layers, start, stop)

    def plot_of(
        self,
        name: str,
        total_steps: int | None,
        width: int,
        options: ChartOptions,
        *,
        series: Series = "train",
        plan: Sequence[tuple[float, float]] = (),
    ) -> Plot:
        """A chart of one series, over what is planned of it, as (step, value)."""
        start, stop = shown(options, self.extent(options, total_steps))
        if plan and options.x == "step" and options.window is None:
            stop = max(stop, plan[-1][0])
        ahead = polyline(plan, start=start, stop=stop, columns=columns_of(width)) if options.x == "step" else None
        layers = [Layer(ahead, series, "line", faint=True)] if plan and ahead else []
        return Plot(layers + self.layers(name, series, start, stop, width, options), start, stop)

    def layers(
        self, name: str, series: Series, start: float, stop: float, width: int, options: ChartOptions
    ) -> list[Layer]:
        """One series: what resumes have overwritten of it, the values, and their average in front where that is wanted.

        The average is that of all values, whatever part of them is shown.
        """
        curve = self._curves.get(name)
        if curve is None:
            return []
        where, timeline = (start, stop, columns_of(width)), self.timeline(options.x)

        def shape(smoothing: float) -> Envelope:
            found = curve.envelope(*where, smoothing, timeline)
            if options.window is None or None not in (*found.mean[:1], *found.mean[-1:]):
                return found
            before, _ = curve.beside(start, smoothing, timeline)
            _, behind = curve.beside(stop, smoothing, timeline)
            return joined_to(found, before, behind, start=start, stop=stop)

        layers = []
        if curve.has_branch:
            layers.append(Layer(curve.envelope(*where, timeline=timeline, branch=True), series, "line", faint=True))
        if not options.smoothing:
            return [*layers, Layer(shape(0.0), series, "line")]
        behind = Layer(shape(0.0), series, "band", faint=True)
        return [*layers, behind, Layer(shape(options.smoothing), series, "mean")]
