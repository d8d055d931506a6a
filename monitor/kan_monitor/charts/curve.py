"""What is known of a series file: it grows at the end, and is gone back in where a resume has overwritten it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kan_monitor.charts.chunk import FIELDS, Chunk, elapsed
from kan_monitor.charts.records import Floats, Records, decode
from kan_monitor.charts.segments import Segments
from kan_monitor.charts.smoothing import Smoothed
from kan_monitor.charts.timeline import Timeline
from kan_monitor.charts.tower import BLOCK, Tower
from kan_shared.reading import open_regular
from kan_shared.series import RECORD_BYTES, SeriesFile

BLOCK_BYTES: Final = BLOCK * RECORD_BYTES
#: Room for more blocks is not reserved ahead: a sparse file claims any size.
_MOST_EXPECTED: Final = 2**24


class Curve:
    """The blocks of one generation of a file.

    Attributes:
        loaded: How many records were taken in.
        tower: What is known of their blocks.
        smoothed: The average that was last asked for; it may lag behind.
    """

    def __init__(self, file: SeriesFile, *, branch: bool) -> None:
        self.loaded = 0
        self.tower = Tower(FIELDS)
        self.smoothed: Smoothed | None = None
        self._file = file
        self._branch = branch
        self._segments = Segments()

    def take(self, limit: int) -> int:
        """Takes in the next records, at most so many; how many were read."""
        at, stop = self.loaded // BLOCK, min(self._file.count, self.loaded + limit)
        data = self._file.read(at * BLOCK, stop) if stop > self.loaded else b""
        taken = at * BLOCK + len(data) // RECORD_BYTES - self.loaded
        if taken <= 0:
            return 0
        records = decode(data)
        if not self._rewind(self._segments.learn(records)):
            chunk, kept_up = self._chunk(records), self.smoothed and self.smoothed.records == self.loaded
            self.loaded += taken
            self.tower.write(at, chunk.figures(), full=self.loaded // BLOCK, expected=self._expected)
            if kept_up:  # these need not be read again for it
                self._average(at, chunk, self.loaded)
        return taken

    def smooth(self, weight: float, limit: int) -> int:
        """Takes the next of the loaded records into the average of `weight`, at most so many; how many were read."""
        if self.smoothed is None or self.smoothed.weight != weight:
            self.smoothed = Smoothed(weight)
        done = self.smoothed.records
        at, stop = done // BLOCK, min(self.loaded, done + limit)
        data = self._file.read(at * BLOCK, stop) if stop > done else b""
        taken = at * BLOCK + len(data) // RECORD_BYTES - done
        if taken <= 0:
            return 0
        bad = self.tower.column("bad")[at : stop // BLOCK + 1].any()
        self._average(at, self._chunk(decode(data, verify=bool(bad))), done + taken)
        return taken

    def ends(self, blocks: NDArray[np.int64], level: int, timeline: Timeline | None) -> tuple[Floats, Floats]:
        """From where to where some blocks of a level reach on the x axis; from infinity where nothing belongs."""
        if timeline is None:
            return self.tower.column("first", level)[blocks], self.tower.column("last", level)[blocks]
        begin, end = (self.tower.column(name, level)[blocks] for name in ("begin", "end"))
        return elapsed(timeline, begin), elapsed(timeline, end)

    def records_of(self, blocks: NDArray[np.int64]) -> Chunk:
        """The records of some blocks, ascending; those that the file does not have any more are damaged."""
        data, whole = self._read(blocks.tolist())
        return self._chunk(decode(data, verify=not whole or bool(self.tower.column("bad")[blocks].any())))

    def _read(self, blocks: list[int]) -> tuple[bytearray, bool]:
        """The bytes of some loaded blocks, and whether all were there.

        In the place of those that were not stand zeros: records with a wrong checksum.
        """
        not_loaded = (blocks[-1] + 1) * BLOCK - self.loaded if blocks else 0
        data = bytearray(len(blocks) * BLOCK_BYTES - max(0, not_loaded) * RECORD_BYTES)
        view, read = memoryview(data), 0
        with suppress(OSError), open_regular(self._file.path) as file:
            fd = file.fileno()
            for begin, end in _runs(blocks):
                read += os.preadv(fd, [view[begin * BLOCK_BYTES : end * BLOCK_BYTES]], blocks[begin] * BLOCK_BYTES)
        return data, read == len(data)

    @property
    def resumed(self) -> bool:
        """Whether there is more than one segment, so that something may have been overwritten."""
        return len(self._segments) > 1

    @property
    def _expected(self) -> int:
        return min(_MOST_EXPECTED, -(-self._file.count // BLOCK))

    def _rewind(self, overwritten_from: float) -> bool:
        """Goes back to the first full block that a resume has changed, to read it again; False if there is none."""
        if overwritten_from == inf:
            return False
        # Blocks of the branch say nothing about the records that only now belong to it.
        changed = self.tower.column("last") >= (-inf if self._branch else overwritten_from)
        at = int(changed.argmax()) if changed.any() else len(self.tower)
        if at >= self.loaded // BLOCK:
            return False
        self.loaded = at * BLOCK
        self.tower.cut(at)
        if self.smoothed:
            self.smoothed.cut(at)
        return True

    def _average(self, at: int, chunk: Chunk, records: int) -> None:
        if self.smoothed:
            self.smoothed.write(at, chunk.values, chunk.finite, records=records, expected=self._expected)

    def _chunk(self, records: Records) -> Chunk:
        live = self._segments.live(records.steps, records.segments)
        return Chunk.of(records, ~live if self._branch else live)


def _runs(blocks: list[int]) -> Iterator[tuple[int, int]]:
    """From where to where `blocks` has neighbours, which are read at once."""
    begin = 0
    for at, (left, right) in enumerate(pairwise(blocks), 1):
        if right != left + 1:
            yield begin, at
            begin = at
    if blocks:
        yield begin, len(blocks)
