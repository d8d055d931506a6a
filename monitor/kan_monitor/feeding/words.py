"""The text files of a run: its config as it is, its log as it grows, what is too much of it left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kan_monitor.sources.protocol import TextFile, Words
from kan_shared.experiment import Experiment
from kan_shared.network import MAX_NETWORK_BYTES
from kan_shared.reading import open_regular

#: Of a file that was not sent yet, its end; of a log that goes on, at one look.
_FIRST_BYTES: Final = 64 * 1024
_LIVE_BYTES: Final = 2 * 1024
#: Of a network's snapshots; before they are deflated, to a third.
_NETWORK_BYTES_A_SECOND: Final = 5000
_MOST_SECONDS: Final = 60.0


class WordsFeed:
    """The text files under `experiment`."""

    def __init__(self, experiment: Experiment) -> None:
        self._config = experiment.config
        self._log = experiment.log
        self._network = experiment.network
        self._network_due = 0.0
        self._seen: dict[TextFile, tuple[int, int, int]] = {}
        self._inode: int | None = None
        self._offset = 0

    def look(self, now: float) -> Iterator[Words]:
        """What is new at unix time `now`; of the network, which is as large as all else together, the less often the
        larger it is."""
        if self._changed("config", self._config):
            yield Words(file="config", text=_decode(_read(self._config, 0, _FIRST_BYTES)), fresh=True)
        if self._changed("log", self._log):
            yield from self._log_words()
        if abs(now - self._network_due) > _MOST_SECONDS or now >= self._network_due:
            yield from self._network_words(now)

    def _changed(self, name: TextFile, path: Path) -> bool:
        try:
            found = os.stat(path)
        except OSError:
            return False
        before, self._seen[name] = self._seen.get(name), (found.st_ino, found.st_size, found.st_mtime_ns)
        return before != self._seen[name]

    def _network_words(self, now: float) -> Iterator[Words]:
        if self._changed("network", self._network):
            text = _decode(_read(self._network, 0, MAX_NETWORK_BYTES))
            self._network_due = now + len(text) / _NETWORK_BYTES_A_SECOND
            if len(text) < MAX_NETWORK_BYTES:
                yield Words(file="network", text=text, fresh=True)

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
