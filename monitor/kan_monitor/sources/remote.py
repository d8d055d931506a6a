"""The source that a run on another machine is: a feed over ssh, mirrored into a directory of this one.

Whether its process lives only its own machine can tell, so the condition is taken from there.
"""

from __future__ import annotations

import threading
import time
from typing import Final, NamedTuple

from msgspec.structs import replace

from kan_monitor.sources.address import Address
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Facts
from kan_monitor.sources.link import Link
from kan_monitor.sources.mirror import Mirror, TooMuch
from kan_monitor.sources.protocol import Looked, Message, Status
from kan_monitor.sources.ssh import SILENCE_SECONDS, Connection, ssh_command
from kan_shared.errors import KanError, NewerSchema, NoSuchRun, OutOfReach, UnreadableState
from kan_shared.liveness import HEARTBEAT_LIMIT_SECONDS
from kan_shared.series import SeriesFile

_ERRORS: Final = {error.__name__: error for error in (NewerSchema, NoSuchRun, UnreadableState)}
_ENDED: Final = ("complete", "stopped", "error")


class _Loss(NamedTuple):
    """A connection that is lost: why, since when nothing was heard, and whether it is tried again."""

    reason: KanError
    since: float
    is_tried_again: bool


class RemoteSource:
    """Follows the run at `address`.

    Args:
        address: Where it is.
        remote_command: How kan-monitor is started there, in words for its shell.
        refresh_ms: Between two looks of the other side.
    """

    def __init__(self, address: Address, *, remote_command: str = "kan-monitor", refresh_ms: int = 500) -> None:
        self._address, self._remote_command, self._refresh_ms = address, remote_command, refresh_ms
        self._mirror = Mirror()
        self.directory = self._mirror.directory
        self._local = ExperimentSource(self.directory)
        self.experiment = self._local.experiment
        self._status: Status | None = None
        self._loss: _Loss | None = None
        self._heard_at = time.time()
        self._known, self._settled = threading.Event(), threading.Event()
        self._link = Link(self._connect, self._take, self._lose)

    def wait(self, *, for_all: bool = False) -> None:
        """Waits until the state is known, or with `for_all` everything that was known at the first look.

        Raises:
            KanError: That will never be; the sentence says why.
        """
        (self._settled if for_all else self._known).wait()
        if self._loss is not None and not self._loss.is_tried_again:
            raise self._loss.reason

    def close(self) -> None:
        """Ends the connection, and takes the mirror away."""
        self._link.close()
        self._mirror.close()

    def poll(self, now: float) -> Facts:
        """Looks once, at unix time `now`; never raises."""
        place, facts, status, loss = str(self._address), self._local.poll(now), self._status, self._loss
        problem = _lost(loss) if loss else _problem_of(status)
        if status is None or bytes(status.state) == b"null" or facts.state is None:
            return Facts(place=place, problem=problem)
        condition = status.condition
        if loss is not None and condition not in _ENDED and now - loss.since > HEARTBEAT_LIMIT_SECONDS:
            condition = "unreachable"
        return replace(facts, place=place, condition=condition, problem=problem)

    def series_names(self) -> tuple[str, ...]:
        """The names of all series that there are now."""
        return self._local.series_names()

    def series(self, name: str) -> SeriesFile:
        """The series `name`, which may be empty or missing."""
        return self._local.series(name)

    def _connect(self, may_ask: bool) -> Connection:
        address, words = self._address, self._remote_command
        command = ssh_command(address, words, refresh_ms=self._refresh_ms, may_ask=may_ask)
        return Connection(address.host, command, words, patience=None if may_ask else SILENCE_SECONDS)

    def _take(self, message: Message) -> None:
        """Keeps a message; in the link's thread."""
        self._heard_at = time.time()
        if isinstance(message, Status) and (self._status is None or self._loss is not None):
            self._mirror.set_clock(self._heard_at - message.now)
        try:
            self._mirror.take(message)
        except TooMuch as error:
            raise KanError(f"{self._address.host} is not listened to any more: {error}.") from error
        if isinstance(message, Status):
            self._status, self._loss = message, None
            self._known.set()
        elif isinstance(message, Looked):
            self._settled.set()

    def _lose(self, reason: KanError, is_tried_again: bool) -> None:
        """Takes note of a connection that is lost; in the link's thread."""
        self._loss = _Loss(reason, self._heard_at, is_tried_again)
        self._known.set()
        self._settled.set()


def _problem_of(status: Status | None) -> KanError | None:
    """What is wrong with the state, as its own machine says."""
    if status is None or status.problem is None:
        return None
    return _ERRORS.get(status.error, KanError)(status.problem)


def _lost(loss: _Loss) -> KanError:
    """What is said of a lost connection."""
    return OutOfReach(f"{str(loss.reason).removesuffix('.')}; trying again") if loss.is_tried_again else loss.reason
