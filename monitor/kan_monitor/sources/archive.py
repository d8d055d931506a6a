"""Every entry of a journal by its number, read from the file when it is asked for: a long journal costs no memory."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Generic

import msgspec

from kan_shared.journal import MAX_LINE_BYTES, Entry
from kan_shared.reading import open_regular

_CHUNK_BYTES: Final = 1024 * 1024
#: More entries are not looked for: their places alone would be too much to keep.
_MOST_ENTRIES: Final = 4_000_000


class Archive(Generic[Entry]):
    """The entries of one journal; `len` is how many have been found so far.

    Attributes:
        beginnings: How often it was read from its beginning: what was known of its entries may then be of others.
    """

    def __init__(self, path: Path, kind: type[Entry]) -> None:
        self._path = path
        self._decode: Callable[[bytes], Entry] = msgspec.json.Decoder(kind).decode
        self._inode: tuple[int, int] | None = None
        self._ends = array("Q")
        self._read_up_to = 0
        self.beginnings = 0

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> Entry | None:
        """An entry, counted from 0; None where its line is no entry, or the file has changed."""
        start = self._ends[number - 1] if number else 0
        try:
            with open_regular(self._path) as file:
                line = os.pread(file.fileno(), min(self._ends[number] - start, MAX_LINE_BYTES), start)
            return self._decode(line)
        except (OSError, ValueError, RecursionError):  # msgspec's DecodeError is a ValueError
            return None

    def poll(self, most_bytes: int = 8 * _CHUNK_BYTES) -> bool:
        """Looks for entries that were appended, in at most so many bytes of the file; whether there were any."""
        before = len(self)
        try:
            with open_regular(self._path) as file:
                self._notice_another(os.fstat(file.fileno()))
                for _ in range(0, most_bytes, _CHUNK_BYTES):
                    if not self._take(os.pread(file.fileno(), _CHUNK_BYTES, self._read_up_to)):
                        break
        except OSError:
            self._start_over(None)
        return len(self) != before

    def _notice_another(self, found: os.stat_result) -> None:
        inode = (found.st_dev, found.st_ino)
        if inode != self._inode or found.st_size < self._read_up_to:
            self._start_over(inode)

    def _start_over(self, inode: tuple[int, int] | None) -> None:
        self._inode, self._read_up_to = inode, 0
        self.beginnings += 1
        del self._ends[:]

    def _take(self, data: bytes) -> bool:
        if len(self) < _MOST_ENTRIES:
            self._ends.extend(self._read_up_to + end for end in _line_ends(data))
        self._read_up_to += len(data)
        return bool(data)


def _line_ends(data: bytes) -> Iterator[int]:
    """Where each line of `data` ends, its newline included."""
    end = data.find(b"\n") + 1
    while end:
        yield end
        end = data.find(b"\n", end) + 1
