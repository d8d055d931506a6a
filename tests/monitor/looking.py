"""How the tests look at a run: the way of the monitor, with the clock in their hands."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import NamedTuple

from kan_monitor.curves import Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.frame import FrameOptions, charted, draw_frame
from kan_monitor.ink import Line, plain_text
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Facts
from kan_monitor.view import ViewOptions, build
from kan_monitor.viewport import ChartOptions

from .cases import CASES
from .making import NOW, Run

DEFAULTS = ChartOptions()
UTC_OPTIONS = ViewOptions(utc_offset_seconds=0)
#: Every run stands here, under the folder that the tests have made theirs, so that no path of a machine is shown.
PLACE = Path("experiments/qwen-rust-tests-07")


class Look(NamedTuple):
    """What was seen at one moment."""

    facts: Facts
    dashboard: Dashboard
    curves: Curves
    series_names: tuple[str, ...]

    def lines(
        self, width: int = 120, height: int = 34, *, plain: bool = False, chart: ChartOptions = DEFAULTS
    ) -> list[Line]:
        """The frame."""
        beside = charted(self.dashboard, lambda: self.series_names, width, height)
        options = FrameOptions(chart, plain=plain, beside=beside)
        return draw_frame(self.dashboard, self.curves, options, width, height)

    def text(self, width: int = 120, height: int = 34, *, plain: bool = False, chart: ChartOptions = DEFAULTS) -> str:
        """The frame as text."""
        return plain_text(self.lines(width, height, plain=plain, chart=chart))


def look(source: ExperimentSource, now: float = NOW, frame: int = 892) -> Look:
    """Looks once."""
    facts = source.poll(now)
    dashboard = build(facts, UTC_OPTIONS, now=now, frame=frame)
    # What a chart reads when it is drawn is found from any folder; no path of it is shown.
    curves = Curves(ExperimentSource(source.experiment.directory.absolute()))
    names, main = source.series_names(), dashboard.loss.series
    beside = charted(dashboard, lambda: names, 300, 90)
    curves.refresh([*([main, "validation/loss"] if main else []), *beside])
    return Look(facts, dashboard, curves, names)


def look_at_run(run: Run, home: Path, now: float = NOW) -> Look:
    """Writes a run under `home`, and looks."""
    with contextlib.chdir(home):
        run.write(PLACE)
        return look(ExperimentSource(PLACE), now)


def look_at(case: str, home: Path) -> Look:
    """Looks at one of `CASES`, in the empty folder `home`."""
    with contextlib.chdir(home):
        run, then = CASES[case].run, CASES[case].then
        if run:
            run().write(PLACE)
        source = ExperimentSource(PLACE)
        source.poll(NOW)
        if then:
            then(PLACE)
        return look(source)
