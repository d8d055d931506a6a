"""The experiment directory: the name of everything in it, and how runs are found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

DEFAULT_ROOT: Final = Path("experiments")
_SERIES_SUFFIX: Final = ".series"
#: What stands for itself in the name of a series file; the rest is percent-encoded.
_UNESCAPED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~ ")
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
        self.network = self.directory / "network.json"
        self.config = self.directory / "config.yaml"
        self.metrics = self.directory / "metrics.json"
        self.log = self.directory / "training.log"
        self.lock = self.directory / "lock"
        self.reproducibility = self.directory / "reproducibility.lock"
        self.control = self.directory / "control"
        self.ranks = self.directory / "ranks"
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
            files = os.listdir(self.history)
        except OSError:
            return []
        return sorted(name for name in map(_series_name, files) if name is not None)


def series_file_name(name: str) -> str:
    """The file name of the series `name`, percent-encoded: `train/loss` is `train%2Floss.series`.

    Raises:
        ValueError: The name is empty, or longer than a file name can be.
    """
    octets = name.encode(errors="replace")
    encoded = "".join(chr(octet) if octet in _UNESCAPED else f"%{octet:02X}" for octet in octets)
    if not 0 < len(encoded) <= MAX_SERIES_NAME_BYTES:
        raise ValueError(f"a series name must have 1 to {MAX_SERIES_NAME_BYTES} bytes when percent-encoded")
    return encoded + _SERIES_SUFFIX


def is_series_name(name: str) -> bool:
    """Whether a series of that name can have a file."""
    try:
        return bool(series_file_name(name))
    except ValueError:
        return False


def _series_name(file: str) -> str | None:
    """The series that `file` belongs to; `None` where it is no series' file."""
    from urllib.parse import unquote  # here, since it costs a tenth of the headless monitor's start

    name = unquote(file.removesuffix(_SERIES_SUFFIX))
    try:
        return name if series_file_name(name) == file else None
    except ValueError:
        return None


def find_runs(root: str | os.PathLike[str]) -> list[Path]:
    """The run directories right under `root`, the most recently written first."""
    return [Path(path) for _, path in sorted(_runs_with_time(root), key=lambda found: found[0], reverse=True)]


def newest_run(root: str | os.PathLike[str]) -> Path | None:
    """The first of `find_runs`, without the work for the others; None where there is none."""
    newest = max(_runs_with_time(root), key=lambda found: found[0], default=None)
    return Path(newest[1]) if newest else None


def has_runs(root: str | os.PathLike[str]) -> bool:
    """Whether there is a run right under `root`: not all of thousands are looked at for that."""
    return next(_runs_with_time(root), None) is not None


def _runs_with_time(root: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    try:
        entries = list(os.scandir(root))
    except OSError:
        return
    for entry in entries:
        try:
            yield os.stat(f"{entry.path}/state.json").st_mtime_ns, entry.path
        except OSError:
            continue
