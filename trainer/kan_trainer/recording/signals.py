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
from typing import Final


class Stopped(SystemExit):
    """A signal asked the process to end; its exit code is the shell's, 128 + the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name

    def __str__(self) -> str:
        return f"stopped by {self.name}"


#: Blocks that are open, in any thread.
_users: set[object] = set()
_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


def _stop(number: int, _frame: FrameType | None) -> None:
    if _users:
        raise Stopped(number)
    # The last block ended in another thread, which could not remove this handler.
    _remove()
    signal.raise_signal(number)


def _remove() -> None:
    """Gives back the signals that are still ours."""
    for number in _SIGNALS:
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_DFL)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def stop_on_signals() -> Iterator[None]:
    """Inside the block SIGTERM and SIGHUP raise `Stopped` in the main thread; the last block to end gives them back.

    Blocks may overlap in any order, and end in another thread than they began in.
    """
    user = object()
    _users.add(user)
    try:
        if _in_main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, _stop)
        yield
    finally:
        _users.discard(user)
        if not _users and _in_main_thread():
            _remove()


@contextlib.contextmanager
def ignored_interrupts() -> Iterator[None]:
    """Inside the block Ctrl-C does nothing: at the end of the process there is nothing left to interrupt."""
    ours = _in_main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
