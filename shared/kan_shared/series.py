"""Series files: one append-only file a series, of records that are 32 bytes each.

    offset  0  <i8  step
            8  <f8  seconds   unix time
           16  <f8  value     NaN and the infinities included
           24  <u4  segment   grows by one at every resume
           28  <u4  CRC-32 of the 28 bytes before

Appends of 32 bytes were never seen half-written in millions of reads; a tail that was cut off is `size % 32` and
ignored. With numpy a whole file is one line: `numpy.memmap(path, NUMPY_FIELDS)`.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from kan_shared.reading import open_regular

RECORD_BYTES: Final = 32
#: Steps are exact in a float64, as a state and a chart need them.
MAX_STEP: Final = 2**53
#: Some hundred records spread evenly over so many lie on every page of them: one call costs less than a call each.
_READ_AT_ONCE: Final = 2**16
NUMPY_FIELDS: Final = [("step", "<i8"), ("seconds", "<f8"), ("value", "<f8"), ("segment", "<u4"), ("checksum", "<u4")]

_pack_body = struct.Struct("<qddI").pack
_unpack = struct.Struct("<qddII")


class Record(NamedTuple):
    """One value of a series."""

    step: int
    seconds: float
    value: float
    segment: int


def pack(records: Iterable[Record]) -> bytes:
    """The records as they stand in a file.

    Raises:
        struct.error: A number does not fit its field.
    """
    parts: list[bytes] = []
    for record in records:
        body = _pack_body(*record)
        parts += body, crc32(body).to_bytes(4, "little")
    return b"".join(parts)


def unpack(data: bytes | memoryview) -> Iterator[Record]:
    """The records in `data`, without those whose checksum is wrong or step no count, and without a cut-off tail."""
    view = memoryview(data)
    whole = len(view) - len(view) % RECORD_BYTES
    for at in range(0, whole, RECORD_BYTES):
        step, seconds, value, segment, checksum = _unpack.unpack_from(view, at)
        if crc32(view[at : at + 28]) == checksum and abs(step) <= MAX_STEP:
            yield Record(step, seconds, value, segment)


def live(records: Sequence[Record]) -> list[Record]:
    """The records that no resume has overwritten: a later segment takes over from its first step on."""
    kept: list[Record] = []
    bound: int | None = None
    for index in range(len(records) - 1, -1, -1):
        record = records[index]
        later = records[index + 1] if index + 1 < len(records) else record
        if later.segment != record.segment:
            bound = later.step if bound is None else min(bound, later.step)
        if bound is None or record.step < bound:
            kept.append(record)
    return kept[::-1]


class SeriesWriter:
    """Appends to one series file; a tail that a dying writer left behind is cut off first.

    Raises:
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._cut_tail()

    def append(self, records: Iterable[Record]) -> None:
        """Appends the records, in one write.

        Raises:
            ShortWrite: Not all of them fitted; those that did not are not in the file, in no part.
            OSError: None of them could be written.
        """
        data = pack(records)
        written = os.write(self._fd, data)
        if written != len(data):
            self._cut_tail()
            raise ShortWrite((len(data) - written + RECORD_BYTES - 1) // RECORD_BYTES)

    def close(self) -> None:
        """Closes the file; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _cut_tail(self) -> None:
        size = os.fstat(self._fd).st_size
        if size % RECORD_BYTES:
            os.ftruncate(self._fd, size - size % RECORD_BYTES)


class ShortWrite(OSError):
    """The disk took only a part; `records` did not fit."""

    def __init__(self, records: int) -> None:
        super().__init__(f"the disk is full: {records} records did not fit")
        self.records = records


class SeriesFile:
    """Reads one series file at any place, and notices when it was truncated or replaced.

    Attributes:
        path: The file.
        count: Whole records in the file when `refresh` last looked.
        generation: Grows when the file turned out to be another one, or shorter: what was read before is void.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inode: tuple[int, int] | None = None
        self.count = 0
        self.generation = 0

    def refresh(self) -> bool:
        """Looks at the file's size; whether it changed."""
        try:
            found = os.stat(self.path)
            inode, count = (found.st_dev, found.st_ino), found.st_size // RECORD_BYTES
        except OSError:
            inode, count = None, 0
        if self._inode is not None and (inode != self._inode or count < self.count):
            self.generation += 1
        changed = (inode, count) != (self._inode, self.count)
        self._inode, self.count = inode, count
        return changed

    def read(self, start: int, stop: int) -> bytes:
        """The bytes of records `start` … `stop`, fewer where the file has become shorter, none where it is gone."""
        try:
            with open_regular(self.path) as file:
                return os.pread(file.fileno(), max(0, stop - start) * RECORD_BYTES, start * RECORD_BYTES)
        except OSError:
            return b""

    def tail(self, count: int) -> list[Record]:
        """The last `count` records that are intact."""
        return list(unpack(self.read(max(0, self.count - count), self.count)))

    def sampled(self, start: int, stop: int, limit: int) -> list[Record]:
        """The intact records from `start` to `stop`, or `limit` of them spread evenly where there are more."""
        if stop - start <= limit:
            return list(unpack(self.read(start, stop)))
        stride = (stop - start - 1) / max(1, limit - 1)
        places = [int(index * stride) * RECORD_BYTES for index in range(limit)]
        return list(unpack(b"".join(self._pieces(start, stop, places))))

    def _pieces(self, start: int, stop: int, places: Sequence[int]) -> list[bytes]:
        """The records at these places behind `start`: out of one read of a short stretch, else by a read each."""
        if stop - start <= _READ_AT_ONCE:
            data = self.read(start, stop)
            return [data[place : place + RECORD_BYTES] for place in places if place + RECORD_BYTES <= len(data)]
        try:
            with open_regular(self.path) as file:
                begin = start * RECORD_BYTES
                return [os.pread(file.fileno(), RECORD_BYTES, begin + place) for place in places]
        except OSError:
            return []
