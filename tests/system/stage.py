"""Real processes to look at: a training, headless monitors, and terminals with the dashboard in them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import shlex
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: How long anything may take on a machine that is busy with other things.
PATIENCE_SECONDS = 30.0
#: `make soak` takes its time.
SOAK = os.environ.get("KAN_SOAK") == "1"
MONITOR = (sys.executable, "-m", "kan_monitor")
TRAINING = Path(__file__).with_name("training.py")
_SEQUENCES = re.compile(rb"\x1b\[[0-9;:?>$]*[A-Za-z]")
_COLOURING = re.compile(rb"\x1b\[([0-9;:]*)m")
_OF_THE_TESTS = ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "TERM", "TMUX", "LC_ALL", "COLUMNS", "LINES")


def environment(**changes: str) -> dict[str, str]:
    """The environment of a user's shell: nothing of the one that runs these tests that a screen depends on."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_THE_TESTS}
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **changes}


def until(condition: Callable[[], object], says: Callable[[], str] = lambda: "it never came true") -> None:
    """Waits until `condition` holds; fails with what `says` then, if it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(says())
        time.sleep(0.02)


class Process:
    """A process in a group of its own, its lines collected as they come."""

    def __init__(self, *command: object, cwd: Path | None = None, **changes: str) -> None:
        pipe = subprocess.PIPE
        self.popen = subprocess.Popen(
            [*map(str, command)],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env=environment(**changes),
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.complaints: list[str] = []
        pairs = ((self.popen.stdout, self.lines), (self.popen.stderr, self.complaints))
        self._readers = [threading.Thread(target=_collect, args=pair, daemon=True) for pair in pairs]
        for reader in self._readers:
            reader.start()

    def tell(self, word: str) -> None:
        """Writes a line to its stdin."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(word + "\n")
        self.popen.stdin.flush()

    def signal(self, number: signal.Signals) -> None:
        self.popen.send_signal(number)

    def kill(self) -> None:
        """`kill -9`, which it cannot notice."""
        self.popen.kill()

    def wait(self) -> int:
        """Its exit code; all that it wrote is then in `lines` and `complaints`."""
        code = self.popen.wait(PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join()
        return code

    def close(self) -> None:
        """Ends it with all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()  # type: ignore[union-attr]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its lines, each of which must be valid JSON as everybody understands it."""
        return [json.loads(line, parse_constant=_refuse) for line in self.lines]

    def wait_for_line(self, condition: Callable[[str], object]) -> None:
        until(lambda: any(map(condition, self.lines)), lambda: "\n".join([*self.lines, *self.complaints]))


def _collect(stream: Any, lines: list[str]) -> None:
    lines.extend(line.removesuffix("\n") for line in stream)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


class Terminal:
    """A terminal emulator (tmux) with a command in it, whose keys can be pressed and whose screen can be read."""

    def __init__(self, folder: Path, *command: object, cwd: Path, size: tuple[int, int], **changes: str) -> None:
        self._environment = environment(**changes, TMUX_TMPDIR=str(folder))
        settings = folder / "tmux.conf"
        settings.write_text("set -g status off\nset -sg escape-time 0\nset -g default-terminal xterm-256color\n")
        self._tmux = ["tmux", "-L", "kan", "-f", str(settings)]
        inner = [f"{name}={value}" for name, value in changes.items()]
        shell = f'{shlex.join(["env", *inner, *map(str, command)])}; echo "exit code $?"; exec sleep 600'
        width, height = map(str, size)
        self._do("new-session", "-d", "-x", width, "-y", height, "-c", str(cwd), shell)

    def press(self, *keys: str) -> None:
        """Presses keys by tmux's names: `q`, `Tab`, `Escape`."""
        self._do("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        self._do("resize-window", "-x", str(width), "-y", str(height))

    @property
    def screen(self) -> str:
        """What is on the screen now."""
        return self._do("capture-pane", "-p")

    @property
    def inked(self) -> str:
        """The same, with the sequences that colour it."""
        return self._do("capture-pane", "-p", "-e")

    def wait_for(self, *texts: str, without: str | None = None) -> str:
        """Waits until all of `texts` are on the screen, and `without` is not; what is on it then."""
        shown = ""

        def is_there() -> bool:
            nonlocal shown
            shown = self.screen
            return all(text in shown for text in texts) and (without is None or without not in shown)

        until(is_there, lambda: f"never seen: {texts} without {without!r}; on the screen:\n{shown}")
        return shown

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], env=self._environment, capture_output=True)

    def _do(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], env=self._environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


class Pty:
    """A command at a pseudo-terminal: every byte that it sends, as it sends it."""

    def __init__(self, *command: object, cwd: Path, size: tuple[int, int] = (120, 34), **changes: str) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.popen = subprocess.Popen(
            [*map(str, command)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=cwd,
            env=environment(**changes),
            start_new_session=True,
        )
        os.close(theirs)
        self._bytes = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def sent(self) -> bytes:
        """All that it has sent so far."""
        return bytes(self._bytes)

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    @property
    def text(self) -> str:
        """What it has sent, without the sequences that move and colour."""
        return _SEQUENCES.sub(b"", self.sent).decode(errors="replace")

    def wait_for(self, *texts: str) -> None:
        """Waits until all of `texts` have been sent."""
        until(
            lambda: all(text in self.text for text in texts), lambda: f"never sent: {texts}, but …{self.text[-4000:]}"
        )

    def wait(self) -> int:
        """Its exit code; all that it sent is then in `sent`."""
        code = self.popen.wait(PATIENCE_SECONDS)
        self._reader.join()
        return code

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        self._reader.join()
        self.tear_away()

    def tear_away(self) -> None:
        """Takes the terminal from it, once it has sent what it is about to."""
        ours, self._ours = self._ours, -1
        if ours >= 0:
            os.close(ours)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # EIO: nobody is at the other end any more
            while chunk := os.read(self._ours, 65536):
                self._bytes += chunk


def colours(sent: bytes) -> set[bytes]:
    """The parameters that set a colour in all SGR sequences of `sent`."""
    parts = {part for sequence in _COLOURING.findall(sent) for part in re.split(rb"[;:]", sequence)}
    return {part for part in parts if re.fullmatch(rb"3[0-8]|4[0-8]|9[0-7]|10[0-7]", part)}
