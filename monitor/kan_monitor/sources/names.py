"""The names of a run's series, which grow in number while it goes on."""

from __future__ import annotations

import os
import time
from typing import Final

from kan_shared.experiment import Experiment

#: A folder that changed this recently may change again without looking younger.
_SETTLED_SECONDS: Final = 2.0


class SeriesNames:
    """Lists the folder of the series again when it has changed."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._listed: tuple[int, int] | None = None
        self._names: tuple[str, ...] = ()

    def poll(self) -> tuple[str, ...]:
        """The names, sorted; none where there is no such folder."""
        try:
            found = os.stat(self._experiment.history)
            listed = (found.st_ino, found.st_mtime_ns)
        except OSError:
            listed = None
        if listed != self._listed or listed is None:
            self._names = tuple(self._experiment.series_names())
            self._listed = listed if listed and time.time() - listed[1] / 1e9 > _SETTLED_SECONDS else None
        return self._names
