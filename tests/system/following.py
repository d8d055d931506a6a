"""Looking at a directory again and again, as the app does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from kan_monitor.app.session import Session
from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.curve import Curve
from kan_monitor.sources.experiment import ExperimentSource

#: Records that are taken in: a sparse file of terabytes has no end.
MOST_RECORDS: Final = 2**16


class Seen(NamedTuple):
    """What a look at a run found."""

    directory: Path
    session: Session
    now: float


class Follower:
    """Looks at one directory again and again, as the app does."""

    def __init__(self, directory: Path, now: float) -> None:
        self._directory = directory
        self._now = now
        self._session = Session(ExperimentSource(directory), clock=lambda: self._now)

    def look(self, now: float) -> Seen:
        self._now = now
        self._session.look()
        self._session.refresh_curves(self._names())
        return Seen(self._directory, self._session, now)

    def build_pyramids(self) -> None:
        """What the app does beside the screen."""
        build_pyramids_of(self._session.refresh_curves(self._names()))

    def _names(self) -> list[str]:
        series = self._session.dashboard.loss.series
        return [series, "validation/loss"] if series else []


def build_pyramids_of(curves: Iterable[Curve]) -> None:
    """Takes in at once what is too long to be kept whole."""
    for curve in curves:
        file = curve.new_file()
        file.refresh()
        pyramid = Pyramid(file)
        pyramid.extend(limit=MOST_RECORDS)
        curve.adopt(pyramid, file)
