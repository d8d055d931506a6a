"""A series of any length in the columns of a chart, in a millisecond.

This is the face of it: `curve` keeps what is known of a file, in the levels of a `tower`, and `query` looks it up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from threading import Lock
from typing import Final

import numpy as np

from kan_monitor.charts.beside import beside
from kan_monitor.charts.curve import Curve
from kan_monitor.charts.decimate import Envelope
from kan_monitor.charts.gather import Window
from kan_monitor.charts.query import fill
from kan_monitor.charts.reading import Sides
from kan_monitor.charts.smoothing import Smoothed
from kan_monitor.charts.timeline import Timeline
from kan_monitor.charts.tower import BLOCK
from kan_shared.series import SeriesFile

CHUNK: Final = 256 * BLOCK  # records taken in at once: half a MiB, which stays in a core's cache


class Pyramid:
    """One series file as a curve. Any thread may ask while another one extends."""

    def __init__(self, file: SeriesFile) -> None:
        """The curve in `file`."""
        self._file = file
        self._branch: Curve | None = None  # only where there is one: most runs have none
        self._lock = Lock()
        self._start_over()

    @property
    def count(self) -> int:
        """How many records the file had when it was last looked at."""
        return self._file.count

    @property
    def loaded(self) -> int:
        """How many of them were taken in; a resume that overwrites some has these read once more."""
        return self._curve.loaded

    @property
    def bad_records(self) -> int:
        """How many of the loaded records have a wrong checksum; they are passed over."""
        with self._lock:
            return int(self._curve.tower.overall("bad"))

    @property
    def has_branch(self) -> bool:
        """Whether there were resumes, which may have overwritten a part of the curve."""
        return self._branch is not None

    def span(self, timeline: Timeline | None = None) -> tuple[float, float] | None:
        """The lowest and the highest step of the curve, or time on `timeline`; None where it has no record."""
        names = ("first", "last") if timeline is None else ("begin", "end")
        with self._lock:
            first, last = map(self._curve.tower.overall, names)
        if first > last:
            return None
        return (first, last) if timeline is None else (timeline.elapsed(first), timeline.elapsed(last))

    def extend(self, *, limit: int | None = None) -> bool:
        """Takes in what the file has beyond what was read; the caller refreshes the file.

        Args:
            limit: At most so many records now; call again for the rest.

        Returns:
            False when there was nothing new.
        """
        changed = self._file.generation != self._generation
        if changed:
            with self._lock:
                self._start_over()
        changed |= self._in_chunks(self._curve.take, limit)
        if self._curve.resumed and self._branch is None:
            self._branch = Curve(self._file, branch=True)
        return (self._branch is not None and self._in_chunks(self._branch.take, limit)) or changed

    def prepare(self, smoothing: float, *, limit: int | None = None) -> bool:
        """Works out the average of a weight ahead of the query that shows it, over at most `limit` records now.

        Returns:
            False when there was nothing left to do.

        Raises:
            ValueError: The weight is not at least 0 and less than 1.
        """
        return self._in_chunks(partial(self._curve.smooth, _weight(smoothing)), limit)

    def envelope(
        self,
        *,
        start: float,
        stop: float,
        columns: int,
        smoothing: float = 0.0,
        timeline: Timeline | None = None,
        branch: bool = False,
        before: Envelope | None = None,
        since: float = -inf,
    ) -> Envelope:
        """The curve in `columns` equal parts of `start` … `stop`, both included.

        The average of a weight other than the last is worked out first, which takes time for millions of records: see
        `prepare`. Like the values it has gaps, and is marked, where these are not finite.

        Args:
            start: The step, or time, at the left edge of the first column.
            stop: At the right edge of the last column.
            columns: How many dot columns.
            smoothing: The weight of the exponential moving average to show; 0 for the values themselves.
            timeline: The x axis is time; without one it is the step.
            branch: What resumes have overwritten, instead of the curve; never smoothed.
            before: What the same question had for an answer before the newest records came, which overwrite nothing.
            since: The lowest step, or time, of these.

        Raises:
            ValueError: The weight is not at least 0 and less than 1.
        """
        if columns < 1:
            return Envelope([], [], [], [])
        window = Window(start, stop, columns, since=None if before is None else since)
        with self._lock, _overflow_is_fine():
            if not branch:
                fill(window, self._curve, self._average(_weight(smoothing)) if smoothing else None, timeline)
            elif self._branch is not None:
                fill(window, self._branch, None, timeline)
        return window.envelope(before)

    def beside(self, x: float, *, smoothing: float = 0.0, timeline: Timeline | None = None) -> Sides:
        """The records on both sides of a step, or time, and the average there; None where there is none.

        Raises:
            ValueError: The weight is not at least 0 and less than 1.
        """
        with self._lock, _overflow_is_fine():
            return beside(self._curve, self._average(_weight(smoothing)) if smoothing else None, x, timeline)

    def _start_over(self) -> None:
        self._generation = self._file.generation
        self._curve = Curve(self._file, branch=False)
        self._branch = None

    def _average(self, weight: float) -> Smoothed | None:
        """The average of all that is loaded; None where the file has become shorter meanwhile."""
        while self._curve.smooth(weight, CHUNK):
            pass
        smoothed = self._curve.smoothed
        return smoothed if smoothed and smoothed.records == self._curve.loaded else None

    def _in_chunks(self, work: Callable[[int], int], limit: int | None) -> bool:
        """Does `work` on at most so many records, with room for queries in between; whether there was any."""
        left, any_done, done = inf if limit is None else limit, False, 1
        with _overflow_is_fine():
            while done and left > 0:
                with self._lock:
                    done = work(int(min(left, CHUNK)))
                left, any_done = left - done, any_done or done > 0
        return any_done


def _weight(smoothing: float) -> float:
    if not 0 <= smoothing < 1:
        raise ValueError(f"the weight of an average is at least 0 and less than 1, not {smoothing}")
    return smoothing


def _overflow_is_fine() -> np.errstate:
    """The sum of very large values is infinite, or NaN; a mean is kept within its values afterwards."""
    return np.errstate(over="ignore", invalid="ignore")
