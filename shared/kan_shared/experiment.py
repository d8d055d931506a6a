"""The experiment directory: the name of everything in it, and how runs are found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

DEFAULT_ROOT: Final = Path("experiments")
_SERIES_SUFFIX: Final = ".series"
#: File systems take names of 255 bytes.
MAX_SERIES_NAME_BYTES: Final = 200


class Experiment:
    """The paths inside the experiment directory `directory`; nothing is created or read."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        self.state = self.directory / "state.json"
        self.history = self.directory / "history"
        self.events = self.directory / "events.jsonl"
        self.samples = self.directory / "samples.jsonl"
        self.config = self.directory / "config.yaml"
        self.metrics = self.directory / "metrics.json"
        self.log = self.directory / "training.log"
        self.lock = self.directory / "lock"
        self.checkpoints = self.directory / "checkpoints"

    def series(self, name: str) -> Path:
        """The file of the series `name`.

        Raises:
            ValueError: The name is empty, or longer than a file name can be.
        """
        return self.history / series_file_name(name)

    def series_names(self) -> list[str]:
        """The names of all series that have a file, sorted."""
        try:
            names = os.listdir(self.history)
        except OSError:
            return []
        return sorted(unquote(name[: -len(_SERIES_SUFFIX)]) for name in names if name.endswith(_SERIES_SUFFIX))


def series_file_name(name: str) -> str:
    """The file name of the series `name`, percent-encoded: `train/loss` is `train%2Floss.series`.

    Raises:
        ValueError: The name is empty, or longer than a file name can be.
    """
    encoded = quote(name, safe=" ", errors="replace")
    if not 0 < len(encoded) <= MAX_SERIES_NAME_BYTES:
        raise ValueError(f"a series name must have 1 to {MAX_SERIES_NAME_BYTES} bytes when percent-encoded")
    return encoded + _SERIES_SUFFIX


def find_runs(root: str | os.PathLike[str]) -> list[Path]:
    """The run directories right under `root`, the most recently written first."""
    return [path for _, path in sorted(_runs_with_time(root), key=lambda found: found[0], reverse=True)]


def _runs_with_time(root: str | os.PathLike[str]) -> Iterator[tuple[int, Path]]:
    try:
        entries = list(os.scandir(root))
    except OSError:
        return
    for entry in entries:
        try:
            yield os.stat(os.path.join(entry.path, "state.json")).st_mtime_ns, Path(entry.path)
        except OSError:
            continue
