"""When runs were last looked at, kept with the user and never with the run: what is new since then is marked."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kan_shared.store import replace_file

_MOST_RUNS: Final = 500
_MOST_BYTES: Final = 256 * 1024


def default_place(environment: Mapping[str, str]) -> Path:
    """Where the user's programs keep such things (XDG base directories); nowhere for a user without a home."""
    base = environment.get("XDG_STATE_HOME", "")
    folder = Path(base if os.path.isabs(base) else os.path.expanduser("~/.local/state"))
    return (folder if folder.is_absolute() else Path(os.devnull)) / "kan-monitor" / "seen.json"


class LastSeen:
    """The unix times by run, in one file; a file that cannot be read or written is none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, run_id: str) -> float | None:
        """When the run was last looked at; None where it never was."""
        return self._read().get(run_id)

    def remember(self, run_id: str, seconds: float) -> None:
        """Takes note that somebody looked at the run until `seconds`."""
        seen = {**self._read(), run_id: seconds}
        latest = sorted(seen.items(), key=lambda item: item[1])[-_MOST_RUNS:]
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(dict(latest)).encode())

    def _read(self) -> dict[str, float]:
        try:
            with open(self._path, "rb") as file:
                found = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {run: float(at) for run, at in found.items() if type(at) in (int, float) and 0 <= at < 1e11}
