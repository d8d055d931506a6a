"""The series of a run as one long table, or as a wide one by step, a batch of rows at a time.

What a resume has overwritten shows only when the whole file has been seen: so a series is read twice, and no more of
it is in memory than one batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kan_monitor.charts.records import Bools, Floats, decode
from kan_monitor.charts.segments import Segments
from kan_shared.series import NUMPY_FIELDS, SeriesFile

Ints = NDArray[np.int64]
#: Records that are in memory at once: 2 MiB of a file.
BATCH_RECORDS: Final = 2**16


class Rows(NamedTuple):
    """Some rows of the long table, all of one series: columns of equal length."""

    series: str
    steps: Ints
    seconds: Floats
    values: Floats
    segments: Ints


class WideRows(NamedTuple):
    """Some rows of the wide table: `known` says where a series, a column each, has a value at all."""

    steps: Ints
    values: Floats
    known: Bools


def long_rows(name: str, file: SeriesFile, *, overwritten: bool = False) -> Iterator[Rows]:
    """The series in `file` in the order of the file; with `overwritten`, also what a resume has left behind."""
    segments = Segments()
    file.refresh()
    starts = range(0, file.count, BATCH_RECORDS)
    for start in () if overwritten else starts:
        segments.learn(decode(_batch(file, start)))
    for start in starts:
        data = _batch(file, start)
        records = decode(data)
        fields = np.frombuffer(data, np.dtype(NUMPY_FIELDS), len(records.steps))
        kept = records.intact & (overwritten | segments.live(records.steps, records.segments))
        yield Rows(
            name,
            fields["step"][kept].astype(np.int64),
            fields["seconds"][kept].astype(np.float64),
            records.values[kept],
            records.segments[kept].astype(np.int64),
        )


def _batch(file: SeriesFile, start: int) -> bytes:
    return file.read(start, min(start + BATCH_RECORDS, file.count))


def wide_rows(columns: Sequence[Iterator[Rows]]) -> Iterator[WideRows]:
    """Series side by side, by ascending steps.

    The last value of a step counts. A step that was logged out of order comes where it was logged, in a row of its own.
    """
    waiting = [_Waiting(rows) for rows in columns]
    while any(column.has_rows() for column in waiting):
        # Up to here nobody will bring more: what lies beyond waits for the columns that have not come so far.
        bound = min(column.steps.max() for column in waiting if column.has_rows())
        taken = [column.take(bound) for column in waiting]
        steps = np.unique(np.concatenate([steps for steps, _ in taken]))
        values = np.full((len(taken), len(steps)), np.nan)
        known = np.zeros((len(taken), len(steps)), np.bool_)
        for row, (own, own_values) in enumerate(taken):
            at = np.searchsorted(steps, own)
            values[row, at], known[row, at] = own_values, True
        yield WideRows(steps, values, known)


class _Waiting:
    """The rows of one series that the wide table has not reached."""

    def __init__(self, rows: Iterator[Rows]) -> None:
        self._rows = rows
        self.steps: Ints = np.empty(0, np.int64)
        self._values = np.empty(0)

    def has_rows(self) -> bool:
        """Whether there are any, read from the series if need be."""
        while not len(self.steps):
            if (rows := next(self._rows, None)) is None:
                return False
            self.steps, self._values = rows.steps, rows.values
        return True

    def take(self, bound: int) -> tuple[Ints, Floats]:
        """Those up to the step `bound`, in the order they were logged."""
        due = self.steps <= bound
        taken = self.steps[due], self._values[due]
        self.steps, self._values = self.steps[~due], self._values[~due]
        return taken
