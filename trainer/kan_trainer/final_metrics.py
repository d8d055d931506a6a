"""`metrics.json`: what every metric amounted to when the run ended, for whoever compares runs."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from kan_shared.state import State
from kan_shared.store import replace_file


class FinalMetrics:
    """Writes `path` at the end, unless the training itself writes it meanwhile: it knows best."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _signature(path)

    def write(self, state: State) -> None:
        """Writes the figures of the final `state`, last, first and best, by the name of the metric.

        Raises:
            OSError: It cannot be written.
        """
        if _signature(self._path) != self._before:
            return
        figures = {
            "run_id": state.run_id,
            "status": state.status,
            "step": state.step,
            "epoch": state.epoch,
            "elapsed_seconds": state.elapsed_seconds,
            "metrics": state.metrics,
        }
        replace_file(self._path, msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


def _signature(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
