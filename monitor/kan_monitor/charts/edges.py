"""A curve in a window goes on to the records beyond it: zoomed in between two of them, there is still their line."""

from __future__ import annotations

from math import isfinite

from kan_monitor.charts.decimate import Envelope
from kan_monitor.charts.reading import Reading

_Point = tuple[float, float]  # a place on the x axis and a value


def joined_to(
    envelope: Envelope, before: Reading | None, behind: Reading | None, *, start: float, stop: float
) -> Envelope:
    """The envelope of `start` … `stop`, whose empty first and last column lie on the lines to the records beyond.

    Where a non-finite value lies between, or is the record beyond, there is no line.
    """
    columns = len(envelope.mean)
    filled = [column for column, value in enumerate(envelope.mean) if value is not None]
    known = sorted({*filled, *envelope.non_finite})
    width = (stop - start) / max(1, columns)

    def point(column: int) -> _Point | None:
        value = envelope.mean[column]
        return None if value is None or column in envelope.non_finite else (start + (column + 0.5) * width, value)

    enters, leaves = _point_of(before), _point_of(behind)
    means = list(envelope.mean)
    for edge, place, beyond, inner in (
        (0, start, enters, point(known[0]) if known else leaves),
        (-1, stop, leaves, point(known[-1]) if known else enters),
    ):
        if means and means[edge] is None and beyond and inner and beyond[0] != inner[0]:
            share = (place - beyond[0]) / (inner[0] - beyond[0])
            means[edge] = (1 - share) * beyond[1] + share * inner[1]
    edged = [
        [value if value is not None else means[at] for at, value in enumerate(values)]
        for values in (envelope.low, envelope.high)
    ]
    return Envelope(edged[0], edged[1], means, envelope.non_finite)


def _point_of(reading: Reading | None) -> _Point | None:
    return (reading.place, reading.average) if reading and isfinite(reading.average) else None
