"""A few records for many: of every stretch the first and the last, the lowest and the highest, and what is not finite.

So no spike of one step is lost, nor the place where a resume took over.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from kan_monitor.charts.records import decode
from kan_shared.series import RECORD_BYTES, Record, SeriesFile, unpack

#: What a stretch is worth.
_KEPT_OF_EACH: Final = 4
#: More resumes than this in one stretch are no resumes.
_SEAMS: Final = 64
#: Of a longer stretch the end is read: a series of ten million steps is read whole, a sparse file of terabytes is not.
_STRETCH_RECORDS: Final = 2**14


def thinned(file: SeriesFile, start: int, stop: int, limit: int) -> list[Record]:
    """About `limit` of the intact records `start` … `stop`, all of them where there are no more.

    No more of the file is in memory than one stretch.
    """
    if stop - start <= limit:
        return list(unpack(file.read(start, stop)))
    stretches = max(1, limit // _KEPT_OF_EACH)
    bounds = [start + (stop - start) * number // stretches for number in range(stretches + 1)]
    return [
        record for first, end in pairwise(bounds) for record in _few(file.read(max(first, end - _STRETCH_RECORDS), end))
    ]


def _few(data: bytes) -> list[Record]:
    records = decode(data)
    places = np.flatnonzero(records.intact)
    if not len(places):
        return []
    values, segments = records.values[places], records.segments[places]
    finite = np.isfinite(values)
    strange = np.flatnonzero(~finite)
    seams = np.flatnonzero(segments[1:] != segments[:-1])[:_SEAMS]
    extremes = [np.where(finite, values, np.inf).argmin(), np.where(finite, values, -np.inf).argmax()]
    kept = np.unique(np.concatenate([[0, len(values) - 1], extremes, strange[:1], strange[-1:], seams, seams + 1]))
    return list(
        unpack(b"".join(data[at : at + RECORD_BYTES] for at in (places[kept.astype(np.intp)] * RECORD_BYTES).tolist()))
    )
