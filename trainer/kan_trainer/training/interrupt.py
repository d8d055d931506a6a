"""Signals that ask a training to end wait for the end of its step, so that a checkpoint loses nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """Inside the block SIGINT, SIGTERM and SIGHUP are noted; `deliver` hands one on to who handled it before.

    A second signal does not wait. A signal that nobody handles, or that is ignored, is left alone.

    Attributes:
        requested: The number of the signal that came; `None` before.
    """

    def __init__(self) -> None:
        self.requested: int | None = None
        self._before: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def deliver(self) -> None:
        """Ends the training by its exception, if a signal came."""
        if self.requested is not None:
            self._before[self.requested](self.requested, None)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._before[number] = handler
                    signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.requested is not None:
            self._before[number](number, frame)
        self.requested = number
