"""The same series of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kan_monitor.curve import Curve
from kan_monitor.curves import Curves
from kan_monitor.extent import around
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.viewport import ChartOptions, Extent, X


class Overlay:
    """The series `metric` of the runs in `places`, numbered as they come.

    Attributes:
        metric: The series.
        runs: The curves of each run.
    """

    def __init__(self, places: Sequence[Path], metric: str) -> None:
        self.metric = metric
        self.runs = [Curves(ExperimentSource(place)) for place in places]

    def refresh(self) -> None:
        """Takes in what is new."""
        for run in self.runs:
            run.refresh([self.metric])

    @property
    def are_short(self) -> bool:
        """Whether every curve is drawn from lists, so that nothing takes a while."""
        return all(run.are_short for run in self.runs)

    def prepare(self, smoothing: float) -> None:
        """Works out the averages of a weight ahead of the chart that shows them."""
        for run in self.runs:
            run.prepare(smoothing)

    def wanting_pyramids(self) -> list[Curve]:
        """The curves that are too long to be kept whole."""
        return [curve for run in self.runs for curve in run.wanting_pyramids()]

    def extent(self, options: ChartOptions) -> Extent:
        """What there is to show of all of them: what zoom, pan and crosshair keep to."""
        return around([run.extent(options, None) for run in self.runs] or [Extent(0.0, 1.0, 0.0, 0.0, 1.0)])

    def turned(self, options: ChartOptions, x: X) -> ChartOptions:
        """The options with another x axis, on which window and crosshair stay at what they show of the first run."""
        return self.runs[0].turned(options, x) if self.runs else options._replace(x=x)
