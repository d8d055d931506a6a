"""The connection to a feed on another machine, over the system's own ssh and all that its user has set up for it."""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import subprocess
import threading
from collections.abc import Iterator
from typing import Final

from kan_monitor.sources.address import Address
from kan_monitor.sources.protocol import HEARTBEAT_SECONDS, Message, NotAFeed, messages_in
from kan_shared.errors import KanError, NoSuchRun, OutOfReach, UsageError
from kan_shared.text import safe_line

#: A feed that says nothing for so long is lost, whatever TCP thinks.
SILENCE_SECONDS: Final = 4 * HEARTBEAT_SECONDS
_CHUNK_BYTES: Final = 64 * 1024
_COMPLAINT_BYTES: Final = 4096
_SSH_FAILED: Final = 255
_NO_COMMAND: Final = (126, 127)


def ssh_command(address: Address, remote_command: str, *, refresh_ms: int, may_ask: bool) -> list[str]:
    """The command that brings the feed of `address`.

    `remote_command` is words of the user's own for the shell there; the run's path is quoted for it. Once a screen is
    drawn nobody can be asked for a password any more.
    """
    options = ["-T"] if may_ask else ["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
    port = ["-p", str(address.port)] if address.port else []
    user = ["-l", address.user] if address.user else []
    path = ["--", shlex.quote(address.path)] if address.path is not None else []
    remote = " ".join([remote_command, "feed", "--refresh-ms", str(refresh_ms), *path])
    return ["ssh", *options, *port, *user, "--", address.host, remote]


class Connection:
    """One run of ssh: `messages` until it ends, and then why it did.

    Args:
        host: Where it leads to.
        command: What is run.
        remote_command: What the user calls kan-monitor there.
        patience: The seconds that the feed may take to begin; `None` while the user may be typing a password.

    Raises:
        UsageError: There is no ssh.
    """

    def __init__(self, host: str, command: list[str], remote_command: str, *, patience: float | None) -> None:
        self._host, self._remote_command, self._patience = host, remote_command, patience
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
            )
        except FileNotFoundError as error:
            raise UsageError("ssh is not installed: it is what watches a run on another machine.") from error
        self._complaint = bytearray()
        self._woken, self._wake = os.pipe()
        self._lock, self._closed = threading.Lock(), False
        self._listener = threading.Thread(target=self._collect_complaints, daemon=True)
        self._listener.start()

    def messages(self) -> Iterator[Message]:
        """What the feed says, as it comes.

        Raises:
            KanError: It has ended, or says what it must not; the sentence says why.
        """
        try:
            yield from messages_in(self._chunks())
        except NotAFeed as error:
            raise KanError(f"what {self._host} sends is no feed of a kan-monitor ({error}).") from error
        raise self._why_ended()

    def end(self) -> None:
        """Ends ssh, and with it the feed on the other side; from any thread."""
        with self._lock:
            if not self._closed:
                os.write(self._wake, b".")  # wakes who listens, even if what ssh has started lives on

    def close(self) -> None:
        """Ends ssh, and waits until nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(0.2)
        assert self._process.stdout is not None
        self._process.stdout.close()
        with self._lock:
            self._closed = True
            os.close(self._woken)
            os.close(self._wake)

    def _chunks(self) -> Iterator[bytes]:
        """What ssh gives."""
        assert self._process.stdout is not None
        fd, patience = self._process.stdout.fileno(), self._patience
        while ready := select.select([fd, self._woken], [], [], patience)[0]:
            if self._woken in ready:
                raise OutOfReach("the connection was closed.")
            if not (chunk := os.read(fd, _CHUNK_BYTES)):
                return
            patience = SILENCE_SECONDS
            yield chunk
        raise OutOfReach(f"{self._host} has said nothing for {SILENCE_SECONDS:.0f} s.")

    def _why_ended(self) -> KanError:
        code = self._process.wait()
        self._listener.join(1)
        lines = self._complaint.decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
        said = safe_line(lines[-1].strip(), 300).removeprefix("kan-monitor: ").removesuffix(".")
        if code == _SSH_FAILED:
            return OutOfReach(f"{self._host} is out of reach: {said}.")
        if code in _NO_COMMAND:
            return UsageError(
                f"{self._host} does not know {self._remote_command} ({said}):"
                " install kan-monitor there, or say where it is with --remote-command."
            )
        if code == NoSuchRun.exit_code:
            return NoSuchRun(f"{self._host} says: {said}.")
        return OutOfReach(f"the kan-monitor on {self._host} has ended: {said}.")

    def _collect_complaints(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            while chunk := stderr.read(_COMPLAINT_BYTES):
                self._complaint += chunk
                del self._complaint[:-_COMPLAINT_BYTES]
