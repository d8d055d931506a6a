"""How the tests look at a run: the way of the monitor, with the clock in their hands."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import NamedTuple

from kan_monitor.curves import Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.frame import FrameOptions, draw_frame
from kan_monitor.ink import Line, plain_text
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Facts
from kan_monitor.view import ViewOptions, build

from .cases import CASES, NOW, Run

UTC_OPTIONS = ViewOptions(utc_offset_seconds=0)
#: Every run stands here, under the folder that the tests have made theirs, so that no path of a machine is shown.
PLACE = Path("experiments/qwen-rust-tests-07")


class Look(NamedTuple):
    """What was seen at one moment."""

    facts: Facts
    dashboard: Dashboard
    curves: Curves

    def lines(self, width: int = 120, height: int = 34, *, plain: bool = False) -> list[Line]:
        """The frame."""
        return draw_frame(self.dashboard, self.curves, FrameOptions(plain=plain), width, height)

    def text(self, width: int = 120, height: int = 34, *, plain: bool = False) -> str:
        """The frame as text."""
        return plain_text(self.lines(width, height, plain=plain))


def look(source: ExperimentSource, now: float = NOW, frame: int = 892) -> Look:
    """Looks once."""
    facts = source.poll(now)
    dashboard = build(facts, UTC_OPTIONS, now=now, frame=frame)
    curves = Curves(source)
    curves.refresh([dashboard.loss.series, "validation/loss"] if dashboard.loss.series else [])
    return Look(facts, dashboard, curves)


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
