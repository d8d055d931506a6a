"""The same series of several runs on one chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kan_monitor.charts.axis import scale_of
from kan_monitor.charts.chart import ALIKE, Layer, columns_of
from kan_monitor.curves import Curve, Plot
from kan_shared.experiment import Experiment
from kan_shared.series import SeriesFile

#: With more runs than this their raw values would hide each other, and are left out behind the smoothed ones.
_WITH_RAW_VALUES = 3


class Overlay:
    """The series `metric` of the runs in `places`, numbered as they come."""

    def __init__(self, places: Sequence[Path], metric: str) -> None:
        self.metric = metric
        self._curves = [Curve(SeriesFile(Experiment(place).series(metric))) for place in places]

    def refresh(self) -> None:
        """Takes in what is new."""
        for curve in self._curves:
            curve.refresh()

    @property
    def are_short(self) -> bool:
        """Whether every curve is drawn from lists, so that nothing takes a while."""
        return all(curve.is_short for curve in self._curves)

    def prepare(self, smoothing: float) -> None:
        """Works out the averages of a weight ahead of the chart that shows them."""
        for curve in self._curves:
            curve.prepare(smoothing)

    def wanting_pyramids(self) -> list[Curve]:
        """The curves that are too long to be kept whole."""
        return [curve for curve in self._curves if curve.wants_pyramid]

    def plot(self, width: int, smoothing: float) -> Plot:
        """The layers of a chart that is `width` cells wide: a line for every run, in the order of their numbers."""
        start, stop = self._range()
        columns = columns_of(width)
        backdrop: list[Layer] = []
        lines: list[Layer] = []
        for series, curve in zip(ALIKE, self._curves, strict=False):
            if smoothing and len(self._curves) <= _WITH_RAW_VALUES:
                backdrop.append(Layer(curve.envelope(start, stop, columns), series, "band", faint=True))
            lines.append(Layer(curve.envelope(start, stop, columns, smoothing), series, "line"))
        return Plot([*backdrop, *lines], start, stop)

    def _range(self) -> tuple[float, float]:
        """From the first step of any run to a round number behind the last."""
        spans = [steps for curve in self._curves if (steps := curve.steps)]
        if not spans:
            return 0.0, 1.0
        first, last = min(start for start, _ in spans), max(stop for _, stop in spans)
        start = 0.0 if first <= last / 10 else first
        return start, scale_of(start, max(last, start + 1), log=False).high
