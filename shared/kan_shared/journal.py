"""`events.jsonl` and `samples.jsonl`: one JSON object a line, appended by the producer, followed by any reader.

A reader takes whole lines only and keeps its place behind the last newline. A writer that finds a torn line (its
predecessor died in it) starts a new one, so that the next entry is never glued to it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from kan_shared.numbers import Count, UnixSeconds
from kan_shared.reading import open_regular

#: The longest sample fits: three texts of 8192 characters, of which JSON writes some as six bytes.
MAX_LINE_BYTES: Final = 160 * 1024
#: How much of the end of a long journal is read at first; the lines before are only counted.
_TAIL_BYTES: Final = 1024 * 1024
#: More than this is not even counted: a journal of gigabytes must not hold up who looks at its end.
_COUNTED_BYTES: Final = 64 * _TAIL_BYTES
Text = Annotated[str, Meta(max_length=8192)]


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened: `kind` is checkpoint, resume, pause, error … or a word of the run's own."""

    kind: Annotated[str, Meta(max_length=60)]
    seconds: UnixSeconds
    step: Count | None = None
    detail: Text = ""


class Sample(Struct, frozen=True, kw_only=True):
    """One example of what the model does: `match` is how well it did, 0 … 1."""

    seconds: UnixSeconds
    step: Count
    input: Text
    target: Text
    generated: Text
    match: Annotated[float, Meta(ge=0, le=1)] | None = None


Entry = TypeVar("Entry", Event, Sample)


class JournalWriter:
    """Appends entries to one journal.

    Raises:
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def append(self, entry: Event | Sample) -> None:
        """Appends one line.

        Raises:
            OSError: It did not fit; no part of it is in the file.
        """
        size = os.fstat(self._fd).st_size
        torn = size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"
        line = b"\n" * torn + msgspec.json.encode(entry) + b"\n"
        if os.write(self._fd, line) != len(line):
            os.ftruncate(self._fd, size)
            raise OSError("the disk is full")

    def close(self) -> None:
        """Closes the file; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class JournalReader(Generic[Entry]):
    """Follows one journal and keeps its last `keep` entries.

    Attributes:
        entries: The last entries, oldest first.
        total: Lines in the journal so far, those that are not kept included; of a huge one those of its end.
        bad_lines: Lines that are no valid entry, and are skipped.
    """

    def __init__(self, path: Path, kind: type[Entry], *, keep: int = 500) -> None:
        self._path = path
        self._decode: Callable[[bytes], Entry] = msgspec.json.Decoder(kind).decode
        self.entries: deque[Entry] = deque(maxlen=keep)
        self._start_over()
        self._inode: tuple[int, int] | None = None

    def poll(self) -> bool:
        """Reads what was appended since; whether anything was. A file that is another or shorter is read anew."""
        try:
            with open_regular(self._path) as file:
                return self._follow(file.fileno())
        except OSError:
            self._inode = None
            return False

    def _follow(self, fd: int) -> bool:
        found = os.fstat(fd)
        inode = (found.st_dev, found.st_ino)
        if inode != self._inode or found.st_size < self._offset:
            self._start_over()
            self._inode = inode
            self._skip_head(fd, found.st_size)
        elif found.st_size - self._offset > _COUNTED_BYTES:
            self._skip_head(fd, found.st_size)
        changed = False
        while found.st_size > self._offset and self._take(os.pread(fd, _TAIL_BYTES, self._offset)):
            changed = True
        return changed

    def _start_over(self) -> None:
        self._offset = self.total = self.bad_lines = 0
        self.entries.clear()

    def _skip_head(self, fd: int, size: int) -> None:
        """Counts the lines before the last mebibyte, and begins behind the last of them."""
        if size - self._offset > _COUNTED_BYTES:
            self._offset = size - 3 * _TAIL_BYTES
        while size - self._offset > 2 * _TAIL_BYTES:
            chunk = os.pread(fd, _TAIL_BYTES, self._offset)
            if not chunk:
                return
            whole = chunk.rfind(b"\n") + 1 or len(chunk)
            self.total += chunk.count(b"\n", 0, whole)
            self._offset += whole

    def _take(self, data: bytes) -> bool:
        """Takes the whole lines in `data`; whether there was one (or a line that is too long, which is passed
        over)."""
        end = data.rfind(b"\n") + 1
        if not end:
            if len(data) < _TAIL_BYTES:
                return False
            end = len(data)
        self._offset += end
        for line in data[:end].removesuffix(b"\n").split(b"\n"):
            self._add(line)
        return True

    def _add(self, line: bytes) -> None:
        self.total += 1
        try:
            if len(line) > MAX_LINE_BYTES:
                raise ValueError("the line is too long")
            self.entries.append(self._decode(line))
        except (msgspec.DecodeError, ValueError, RecursionError):
            self.bad_lines += 1
