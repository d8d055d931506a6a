"""The text files of a run: its config as it is, its log as it grows, what is too much of it left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kan_monitor.sources.protocol import TextFile, Words
from kan_shared.experiment import Experiment
from kan_shared.reading import open_regular

#: Of a file that was not sent yet, its end; of a log that goes on, at one look.
_FIRST_BYTES: Final = 64 * 1024
_LIVE_BYTES: Final = 2 * 1024


class WordsFeed:
    """The text files under `experiment`."""

    def __init__(self, experiment: Experiment) -> None:
        self._config = experiment.config
        self._log = experiment.log
        self._seen: dict[TextFile, tuple[int, int, int]] = {}
        self._inode: int | None = None
        self._offset = 0

    def look(self) -> Iterator[Words]:
        """What is new."""
        if self._changed("config", self._config):
            yield Words(file="config", text=_decode(_read(self._config, 0, _FIRST_BYTES)), fresh=True)
        if self._changed("log", self._log):
            yield from self._log_words()

    def _changed(self, name: TextFile, path: Path) -> bool:
        try:
            found = os.stat(path)
        except OSError:
            return False
        before, self._seen[name] = self._seen.get(name), (found.st_ino, found.st_size, found.st_mtime_ns)
        return before != self._seen[name]

    def _log_words(self) -> Iterator[Words]:
        inode, size, _ = self._seen["log"]
        fresh = inode != self._inode or size < self._offset
        start = 0 if fresh else self._offset
        left_out = max(0, size - start - (_FIRST_BYTES if fresh else _LIVE_BYTES))
        data = _read(self._log, start + left_out, size)
        whole = data.rfind(b"\n") + 1
        if not whole and len(data) < _LIVE_BYTES:
            return  # a line that is being written comes when it is there
        data = data[: whole or len(data)]
        self._inode, self._offset = inode, start + left_out + len(data)
        note = f"… {left_out} bytes are not shown here …\n" if left_out else ""
        yield Words(file="log", text=note + _decode(data), fresh=fresh)


def _read(path: Path, start: int, stop: int) -> bytes:
    try:
        with open_regular(path) as file:
            return os.pread(file.fileno(), stop - start, start)
    except OSError:
        return b""


def _decode(data: bytes) -> str:
    return data.decode(errors="replace")
