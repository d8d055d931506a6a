"""The files that a run appends to while it goes: its series and its journals, opened when they are first needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalWriter, Sample
from kan_shared.network import Network, encode_network
from kan_shared.series import Record, SeriesWriter
from kan_shared.store import replace_file

#: Series that are open at a time: a thousand of them would leave the training no file descriptors.
_MAX_OPEN: Final = 64


class RunFiles:
    """Appends to one experiment's series and journals."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._inode = self._directory_inode()
        self._series: dict[str, SeriesWriter] = {}
        self._journals: dict[type, JournalWriter] = {}
        #: Where each of them lies.
        self._paths: dict[str | type, Path] = {}

    def extend(self, name: str, records: Sequence[Record]) -> None:
        """Appends records to the series `name`.

        Raises:
            ShortWrite: Not all of them fitted.
            OSError: None of them could be written.
        """
        writer = self._series.pop(name, None) or self._opened(name)
        self._series[name] = writer  # the last of them now: the first is the one that was not used for the longest
        writer.append(records)

    def append(self, entry: Event | Sample) -> None:
        """Appends one entry to its journal.

        Raises:
            OSError: It could not be written.
        """
        kind = type(entry)
        if kind not in self._journals:
            path = self._experiment.events if kind is Event else self._experiment.samples
            self._journals[kind] = JournalWriter(path)
            self._paths[kind] = path
        self._journals[kind].append(entry)

    def replace(self, network: Network) -> None:
        """Writes what the network has learned so far, in the place of what was known before.

        Raises:
            OSError: It could not be written.
        """
        replace_file(self._experiment.network, encode_network(network))

    def reopen_if_moved(self) -> None:
        """A file that was deleted stays open: what is appended to it is lost in silence. A directory that was deleted
        and made again may have the inode that it had."""
        inode = self._directory_inode()
        if inode != self._inode or not all(map(os.path.exists, self._paths.values())):
            self.close()
            self._inode = inode

    def close(self) -> None:
        """Closes all files; the next append opens them again."""
        for writer in self._series.values():
            writer.close()
        for journal in self._journals.values():
            journal.close()
        self._series.clear()
        self._journals.clear()
        self._paths.clear()

    def _opened(self, name: str) -> SeriesWriter:
        while len(self._series) >= _MAX_OPEN:
            oldest = next(iter(self._series))
            self._series.pop(oldest).close()
            del self._paths[oldest]
        path = self._experiment.series(name)
        path.parent.mkdir(exist_ok=True)
        writer = SeriesWriter(path)
        self._paths[name] = path
        return writer

    def _directory_inode(self) -> int | None:
        try:
            return os.stat(self._experiment.directory).st_ino
        except OSError:
            return None
