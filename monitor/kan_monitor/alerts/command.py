"""`--on-alert`: a command of the user's, run once for every new alert, beside the monitor."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kan_monitor.alerts.fields import alert_fields
from kan_monitor.alerts.raised import Raised
from kan_monitor.dashboard import AlertView, Dashboard

if TYPE_CHECKING:
    from subprocess import Popen

#: Commands that may run at once: one that hangs must not fill the machine.
_MOST: Final = 16
#: At the end, commands are given so long to fail, so that it can be said.
_LAST_WAIT_SECONDS: Final = 1.0


class AlertCommand:
    """Runs `command` in a shell, with the alert in its environment and, as JSON, on its standard input.

    What a run says never becomes a part of the command line. It runs in a session of its own, so that it outlives the
    monitor; its output is not shown.

    Args:
        command: The user's words.
        complain: Says that it fails; once.
    """

    def __init__(self, command: str, complain: Callable[[str], None]) -> None:
        self._command = command
        self._complain = complain
        self._complained = False
        self._raised = Raised()
        self._running: list[Popen[bytes]] = []

    def tell(self, dashboard: Dashboard) -> None:
        """Runs it for each alert that is new; returns at once."""
        self._reap()
        for alert in self._raised.among(dashboard.alerts):
            self._start(alert, dashboard.header.name)

    def close(self) -> None:
        """Waits a moment for those that are about to fail; the others go on."""
        end = time.monotonic() + _LAST_WAIT_SECONDS
        while self._running and time.monotonic() < end:
            self._reap()
            time.sleep(0.01 if self._running else 0)

    def _start(self, alert: AlertView, run: str) -> None:
        import json  # these two here: most monitors never need them
        from subprocess import DEVNULL, PIPE, Popen

        if len(self._running) >= _MOST:
            self._fail(f"{_MOST} of them are running already")
            return
        fields = {**alert_fields(alert), "run": run}
        told = {
            name: str(fields[name.lower()]) for name in ("KEY", "KIND", "SEVERITY", "VERDICT", "EVIDENCE", "ACTION")
        }
        environment = {**os.environ, **{f"KAN_ALERT_{name}": text for name, text in told.items()}, "KAN_ALERT_RUN": run}
        try:
            process = Popen(
                self._command,
                shell=True,
                env=environment,
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._fail(str(error))
            return
        self._running.append(process)
        if process.stdin is not None:
            # Some kilobytes: they fit into the pipe, whether anybody reads them or not.
            with contextlib.suppress(OSError), process.stdin as stdin:
                stdin.write(json.dumps(fields).encode() + b"\n")

    def _reap(self) -> None:
        """Takes note of those that have ended."""
        for process in list(self._running):
            code = process.poll()
            if code is not None:
                self._running.remove(process)
            if code:
                self._fail(f"it ended with {code}")

    def _fail(self, reason: str) -> None:
        if not self._complained:
            self._complained = True
            self._complain(f"the command of --on-alert fails ({reason}): {self._command}")
