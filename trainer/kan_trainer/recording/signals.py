"""SIGTERM and SIGHUP end a run as an exception does, so that what is open is closed and the run says why it ended.

SIGINT does that in Python already. A handler that somebody else installed, and a signal that is ignored (nohup), are
left alone; only the main thread may install handlers.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Stopped(SystemExit):
    """A signal asked the process to end; its exit code is the shell's, 128 + the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name

    def __str__(self) -> str:
        return f"stopped by {self.name}"


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)


@contextlib.contextmanager
def stop_on_signals() -> Iterator[None]:
    """Inside the block SIGTERM and SIGHUP raise `Stopped` in the main thread."""
    installed = []
    if threading.current_thread() is threading.main_thread():
        installed = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is signal.SIG_DFL]
    for number in installed:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in installed:
            signal.signal(number, signal.SIG_DFL)
