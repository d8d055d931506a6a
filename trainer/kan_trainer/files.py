"""The files that a run appends to while it goes: its series and its journals, opened when they are first needed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalWriter, Sample
from kan_shared.series import Record, SeriesWriter


class RunFiles:
    """Appends to one experiment's series and journals."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._inode = self._directory_inode()
        self._series: dict[str, SeriesWriter] = {}
        self._journals: dict[type, JournalWriter] = {}

    def extend(self, name: str, records: Sequence[Record]) -> None:
        """Appends records to the series `name`.

        Raises:
            ShortWrite: Not all of them fitted.
            OSError: None of them could be written.
        """
        writer = self._series.get(name)
        if writer is None:
            self._experiment.history.mkdir(exist_ok=True)
            writer = self._series[name] = SeriesWriter(self._experiment.series(name))
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
        self._journals[kind].append(entry)

    def reopen_if_moved(self) -> None:
        """A directory that was deleted takes its open files with it: what is appended to those is lost in silence."""
        inode = self._directory_inode()
        if inode != self._inode:
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

    def _directory_inode(self) -> int | None:
        try:
            return os.stat(self._experiment.directory).st_ino
        except OSError:
            return None
