"""The end of a text that grows, such as `training.log`: its last lines as they are, whatever they are."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import Final

from kan_shared.reading import open_regular

#: What is kept of the end of a long text.
KEPT_BYTES: Final = 4 * 1024 * 1024
KEPT_LINES: Final = 50_000
#: A line that is longer is cut into several.
_LONGEST_LINE_BYTES: Final = 64 * 1024


class LogTail:
    """Follows one text file.

    Attributes:
        lines: The last lines, oldest first; the very last may be one that is still being written.
        skipped_bytes: How much of the beginning was never read.
        exists: Whether there is such a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._start_over()

    def poll(self) -> bool:
        """Reads what was appended since; whether anything changed. A file that is another or shorter is read anew."""
        try:
            with open_regular(self.path) as file:
                self.exists = True
                return self._follow(file.fileno())
        except OSError:
            gone = self.exists
            self._start_over()
            return gone

    def _start_over(self, inode: tuple[int, int] | None = None, offset: int = 0) -> None:
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.skipped_bytes = self._offset = offset
        self.exists = inode is not None
        self._inode = inode
        self._rest = b""

    def _follow(self, fd: int) -> bool:
        found = os.fstat(fd)
        inode = (found.st_dev, found.st_ino)
        if inode != self._inode or found.st_size < self._offset:
            self._start_over(inode, max(0, found.st_size - KEPT_BYTES))
        data = os.pread(fd, KEPT_BYTES, self._offset)
        if not data:
            return False
        self._offset += len(data)
        self._take(data)
        return True

    def _take(self, data: bytes) -> None:
        """Takes whole lines; what is behind the last newline is shown too, and replaced when it goes on."""
        if self._rest:
            self.lines.pop()
        *whole, rest = (self._rest + data).split(b"\n")
        if len(rest) > _LONGEST_LINE_BYTES:
            whole, rest = [*whole, rest], b""
        self._rest = rest
        for line in [*whole, *filter(None, [rest])]:
            self.lines.append(line[:_LONGEST_LINE_BYTES].decode(errors="replace"))
