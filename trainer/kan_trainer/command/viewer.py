"""`--headless`: the headless monitor, as a child process, shows the run that this process trains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

#: The monitor ends by itself once it has shown how the run ended.
_LAST_LINE_SECONDS: Final = 30.0


class HeadlessViewer:
    """At the end of the block the monitor that `show` started has written its last line.

    It has a session of its own: Ctrl-C ends the training, and the monitor lives to tell.
    """

    def __init__(self) -> None:
        self._monitor: subprocess.Popen[bytes] | None = None

    def show(self, directory: Path, format: str) -> None:
        """Writes the run in `directory` to this process's stdout, as text or as JSON, while it goes on."""
        # -P: modules in the working directory, such as a csv.py, are not to be run.
        command = [sys.executable, "-P", "-m", "kan_monitor", "--headless", "--format", format, str(directory)]
        self._monitor = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._monitor is None:
            return
        try:
            self._monitor.wait(_LAST_LINE_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # the training has ended: its exit code stands
            self._monitor.terminate()
            self._monitor.wait()
