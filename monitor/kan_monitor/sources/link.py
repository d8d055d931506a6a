"""A connection that is kept: tried again when it is lost, ever more patiently."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from kan_monitor.sources.protocol import Message
from kan_monitor.sources.ssh import SILENCE_SECONDS, Connection
from kan_shared.errors import KanError, OutOfReach


class Link:
    """Keeps a connection, in a thread of its own, and hands on what comes.

    Args:
        connect: Makes a connection; is told whether the user may be asked for something.
        take: Called with every message, in the link's own thread.
        lost: Called when there is no connection, with the reason, and whether a further try may help.
    """

    def __init__(
        self,
        connect: Callable[[bool], Connection],
        take: Callable[[Message], None],
        lost: Callable[[KanError, bool], None],
    ) -> None:
        self._connect, self._take, self._lost = connect, take, lost
        self._connection: Connection | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the connection, and the thread."""
        self._closed.set()
        if self._connection is not None:
            self._connection.end()
        self._thread.join(5)

    def _run(self) -> None:
        wait, may_ask = 1.0, True
        while not self._closed.is_set():
            began = time.monotonic()
            reason, heard = self._listen(may_ask)
            if self._closed.is_set():
                return
            if not isinstance(reason, OutOfReach) or (may_ask and not heard):
                self._lost(reason, False)
                return
            wait = 1.0 if time.monotonic() - began > SILENCE_SECONDS else wait
            may_ask = False
            self._lost(reason, True)
            self._closed.wait(wait)
            wait = min(30.0, 2 * wait)

    def _listen(self, may_ask: bool) -> tuple[KanError, bool]:
        """Why the connection ended, and whether anything was heard of it."""
        heard = False
        try:
            with contextlib.closing(self._connect(may_ask)) as self._connection:
                if not self._closed.is_set():
                    for message in self._connection.messages():
                        heard = True
                        self._take(message)
            return OutOfReach("the connection was closed."), heard
        except KanError as error:
            return error, heard
        except OSError as error:
            return OutOfReach(f"what was sent cannot be kept here: {error.strerror}."), heard
