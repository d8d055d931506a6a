"""Where a run that allows it takes requests: looks into its folder, and knows which of them are for it and still
meant."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Final, Protocol

from kan_shared.control import REQUEST_LIMIT_SECONDS, Request, clear_requests, take_requests
from kan_shared.state import State, Verdict
from kan_trainer.recording.orders import MAX_ORDERS, Diverged, Orders

#: A look is one listing of an empty folder.
_INTERVAL_SECONDS: Final = 0.2


class Answering(Protocol):
    """Has it recorded what became of a request, and why."""

    def __call__(self, request: Request, verdict: Verdict, reason: str = "") -> None:
        """Any thread may call it."""


class Desk:
    """Takes requests to the run of `state` from `folder`, and makes them `orders`."""

    def __init__(self, folder: Path, state: State, orders: Orders, answer: Answering) -> None:
        self._folder, self._orders, self._answer = folder, orders, answer
        self._run_id, self._segment = state.run_id, state.segment
        self._looked = 0.0

    def open(self) -> None:
        """Makes the folder; what lies in it was asked while nobody was there, and is not done.

        Raises:
            OSError: It cannot be made.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        clear_requests(self._folder)

    def look(self) -> None:
        """Takes the requests that have come since the last time."""
        if time.monotonic() - self._looked < _INTERVAL_SECONDS:
            return
        self._looked = time.monotonic()
        for request in take_requests(self._folder):
            problem = self._problem(request)
            self._answer(request, "refused" if problem else "accepted", problem)
            if not problem:
                self._orders.give(request)

    def close(self) -> None:
        """Refuses what was not done, and removes the folder: whoever asks now shall find that nobody is there."""
        while self._orders:
            order = self._orders.take()
            if not isinstance(order, Diverged):
                self._answer(order, "refused", "the run ended before")
        clear_requests(self._folder)
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def _problem(self, request: Request) -> str:
        """Why it cannot be done; nothing where it can."""
        age = time.time() - request.requested_seconds
        if request.run_id != self._run_id:
            return "it was asked of another run"
        if request.segment != self._segment:
            return "it was asked before the run was resumed"
        if abs(age) > REQUEST_LIMIT_SECONDS:
            return f"it was asked {age:.0f} s ago by the clock here"
        return "too much waits already for the end of this step" if len(self._orders) >= MAX_ORDERS else ""
