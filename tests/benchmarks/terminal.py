"""A program at a pseudo-terminal of 120 columns, and the processor time that any process has taken."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

COLUMNS: Final = 120
ROWS: Final = 40
#: A Braille character with at least one dot, in UTF-8.
BRAILLE: Final = re.compile(rb"\xe2(?:\xa0[\x81-\xbf]|[\xa1-\xa3][\x80-\xbf])")
PROGRAMS: Final = Path(__file__).parent / "programs"
_ENVIRONMENT: Final = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
_ESCAPES: Final = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
_UNWANTED: Final = ("NO_COLOR", "FORCE_COLOR", "LINES", "COLUMNS")


def monitor(*arguments: str | os.PathLike[str]) -> list[str]:
    """The command `kan-monitor` of this environment."""
    return [str(Path(sys.executable).with_name("kan-monitor")), *map(str, arguments)]


def program(name: str, *arguments: str | os.PathLike[str]) -> list[str]:
    """The command that runs one of the benchmarks' own programs in this environment."""
    return [sys.executable, str(PROGRAMS / f"{name}.py"), *map(str, arguments)]


class Terminal:
    """Starts `command` at a terminal that answers no queries; leaving the block kills it.

    Attributes:
        pid: The program's.
        output: All that it has written so far.
    """

    def __init__(self, command: Sequence[str], *, rows: int = ROWS) -> None:
        environment = _environment(os.environ)
        self._began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(command, environment, rows)
        self.output = bytearray()

    def read(self, seconds: float) -> bytes:
        """What it writes next, or nothing within `seconds`.

        Raises:
            RuntimeError: It has ended.
        """
        if not select.select([self._fd], [], [], max(0.0, seconds))[0]:
            return b""
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            raise RuntimeError(f"the program has ended: {self._tail()}") from None
        self.output += data
        return data

    def read_until(self, shown: Callable[[bytes], bool], *, limit_seconds: float = 30.0) -> float:
        """Seconds from the program's start until its whole output satisfies `shown`.

        Raises:
            RuntimeError: It never did.
        """
        while self.elapsed() < limit_seconds:
            if self.read(0.1) and shown(bytes(self.output)):
                return self.elapsed()
        raise RuntimeError(f"never shown within {limit_seconds:g} s: {self._tail()}")

    def read_for(self, seconds: float) -> int:
        """Takes all that it writes in so many seconds, and gives the number of bytes."""
        before, end = len(self.output), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)
        return len(self.output) - before

    def write(self, keys: bytes) -> None:
        """Presses keys."""
        os.write(self._fd, keys)

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    def _tail(self) -> str:
        return plain(bytes(self.output[-1000:]))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in family(self.pid):
            os.kill(process, signal.SIGKILL)
        os.close(self._fd)
        os.waitpid(self.pid, 0)


def dashboard_shown(output: bytes) -> bool:
    """Whether the monitor's frame is there from its chart's curve down to the keys in its last row."""
    curve = BRAILLE.search(output)
    return curve is not None and b"quit" in output[curve.end() :]


def plain(output: bytes) -> str:
    """What was written, without the sequences that move and colour."""
    return _ESCAPES.sub(b" ", output).decode(errors="replace")


def cpu_seconds(pid: int) -> float:
    """The processor time of all threads of the process, user and system, by the kernel's own clock of it."""
    return time.clock_gettime((~pid << 3) | 2)


def family(pid: int) -> list[int]:
    """The process and all that it has started, which go on."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(younger for child in children for younger in family(int(child)))]


def anonymous_bytes(pid: int) -> int:
    """The process's anonymous memory: what it has allocated, without files it has mapped."""
    return _status_bytes(pid, "RssAnon:")


def resident_bytes(pid: int) -> int:
    """What of the process is in memory, the files that it has mapped included."""
    return _status_bytes(pid, "VmRSS:")


def _status_bytes(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(field)[2].split()[0]) * 1024


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in inherited.items() if key not in _UNWANTED and not key.startswith("TEXTUAL")}
    return kept | _ENVIRONMENT


def _become(command: Sequence[str], environment: dict[str, str], rows: int) -> None:
    """In the forked child: sets the window's size, and turns into `command`."""
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, COLUMNS, 0, 0))
        os.execve(command[0], list(command), environment)
    finally:
        os._exit(127)
