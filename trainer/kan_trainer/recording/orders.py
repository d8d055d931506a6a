"""What the training is to do at its next safe point: given by the recorder's thread, done by the loop's."""

from __future__ import annotations

import signal
import threading
from collections import deque
from typing import Final

from kan_shared.control import Request
from kan_trainer.recording.signals import Stopped

#: Requests that may wait for the end of one step.
MAX_ORDERS: Final = 8
#: How often a pause asks whether it is to end for another reason than a request.
_LOOK_SECONDS: Final = 0.1


class StopAsked(Stopped):
    """Somebody asked for the end from a monitor; for a shell it is one by SIGTERM."""

    def __init__(self, by: str) -> None:
        super().__init__(signal.SIGTERM)
        self._by = by

    def __str__(self) -> str:
        return f"stopped by {self._by} from a monitor"


class Diverged(Exception):
    """The loss is not finite or runs away, and the training was told to end then; the message says which and when."""


Order = Request | Diverged


class Orders:
    """What waits to be done: one thread gives, one takes.

    Attributes:
        waiting: The orders themselves: to look whether there are any costs a loop nothing, after every step.
    """

    def __init__(self) -> None:
        self.waiting: deque[Order] = deque()
        self._news = threading.Event()

    def __len__(self) -> int:
        return len(self.waiting)

    def give(self, order: Order) -> None:
        """Adds one; what the run itself finds goes before what somebody asks."""
        if isinstance(order, Diverged):
            self.waiting.appendleft(order)
        else:
            self.waiting.append(order)
        self._news.set()

    def take(self) -> Order:
        """The next one."""
        return self.waiting.popleft()

    def wait(self) -> None:
        """Waits for one, for a moment."""
        if not self.waiting:
            self._news.wait(_LOOK_SECONDS)
            self._news.clear()
