"""The values of a run's series as no resume has overwritten them, and where two runs of them part."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kan_shared.errors import UsageError
from kan_shared.reading import open_regular
from kan_shared.series import MAX_STEP, NUMPY_FIELDS, RECORD_BYTES

#: Of one series: a gigabyte.
_MAX_RECORDS: Final = 2**25
#: What is measured of the machine is another time another.
_MEASURED: Final = re.compile(r"system/.*|.*(per_second|_seconds|_milliseconds|_bytes|throughput).*")


class Parting(Struct, frozen=True, kw_only=True):
    """The first value of `series` that is another one; `None` where one of the runs has none at that step."""

    step: int
    series: str
    there: float | None
    here: float | None


class Compared(Struct, frozen=True, kw_only=True):
    """One series of two runs: `values` that both have, how far they are apart at most, and where they part."""

    values: int
    apart: float
    parting: Parting | None


def is_measured(series: str) -> bool:
    """Whether `series` is of the machine rather than of the training: time, throughput, memory."""
    return _MEASURED.fullmatch(series) is not None


def read_values(path: Path) -> NDArray[np.void]:
    """The records of the series file `path` that are intact and that no resume has overwritten; none where there is no
    such file.

    Raises:
        UsageError: It cannot be read, or is longer than the series of any training.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size // RECORD_BYTES * RECORD_BYTES
            if size > _MAX_RECORDS * RECORD_BYTES:
                raise UsageError(f"{path} has more than {_MAX_RECORDS} values: it is not compared.")
            data = _all_of(file.fileno(), size)
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    records = np.frombuffer(data, NUMPY_FIELDS)
    view = memoryview(data)
    checksums = (crc32(view[at : at + 28]) for at in range(0, len(data), RECORD_BYTES))
    intact = np.fromiter(checksums, np.uint32, len(records)) == records["checksum"]
    return live_values(records[intact & (np.abs(records["step"]) <= MAX_STEP)])


def _all_of(fd: int, size: int) -> bytes:
    data = os.pread(fd, size, 0)
    return data[: len(data) - len(data) % RECORD_BYTES]


def live_values(records: NDArray[np.void]) -> NDArray[np.void]:
    """What `kan_shared.series.live` keeps, for millions of records: a later segment takes over from its first step."""
    begins = np.full(len(records), np.iinfo(np.int64).max)
    if len(records) > 1:
        later = records["segment"][1:] != records["segment"][:-1]
        begins[:-1][later] = records["step"][1:][later]
    bounds = np.minimum.accumulate(begins[::-1])[::-1]
    return records[records["step"] < bounds]


def compare(
    series: str, there: NDArray[np.void], here: NDArray[np.void], *, whole: bool = True, gaps: bool = False
) -> Compared:
    """Compares bit by bit; of several values at one step the first is compared to the first, and so on.

    Args:
        series: What they are of.
        there, here: The records, as `read_values` gives them.
        whole: Whether `there` came to its end; if not, what is `here` beyond it is left out.
        gaps: Whether one may lack values that the other has.
    """
    left, right = (records[np.argsort(records["step"], kind="stable")] for records in (there, here))
    steps = np.unique(np.concatenate([left["step"], right["step"]]))
    old_places, new_places = _places(left, steps), _places(right, steps)
    if not whole:
        right, new_places = (part[new_places <= old_places.max(initial=-1)] for part in (right, new_places))
    common, at_old, at_new = np.intersect1d(old_places, new_places, assume_unique=True, return_indices=True)
    old, new = left["value"][at_old], right["value"][at_new]
    other = (old.view(np.int64) != new.view(np.int64)) & ~(np.isnan(old) & np.isnan(new))
    lacking = np.setxor1d(old_places, new_places, assume_unique=True)[: 0 if gaps else None]
    parted = np.concatenate([common[other], lacking])
    with np.errstate(all="ignore"):
        apart = float(np.abs(old[other] - new[other]).max(initial=0.0))
    if not len(parted):
        return Compared(values=len(old), apart=apart, parting=None)
    place = parted.min()
    parting = Parting(
        step=int(steps[place // _MAX_RECORDS]),
        series=series,
        there=_value_at(place, old_places, left),
        here=_value_at(place, new_places, right),
    )
    return Compared(values=len(old), apart=apart, parting=parting)


def _places(records: NDArray[np.void], steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which value of which of `steps` each record is: one ascending number. The records are sorted by step."""
    own = records["step"]
    number: NDArray[np.int64] = np.arange(len(own)) - np.searchsorted(own, own)
    return np.searchsorted(steps, own) * _MAX_RECORDS + number


def _value_at(place: int, places: NDArray[np.int64], records: NDArray[np.void]) -> float | None:
    at = int(np.searchsorted(places, place))
    return float(records["value"][at]) if at < len(places) and places[at] == place else None
