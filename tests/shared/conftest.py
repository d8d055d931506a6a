"""What the tests of the contract share: a state to begin with, child processes, a disk that is nearly full."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kan_shared.liveness import this_process
from kan_shared.state import State

MakeState = Callable[..., State]
Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def make_state() -> MakeState:
    """A small valid state of this process, with the given changes."""
    state = State(
        run_id="7f3a",
        name="digits",
        status="running",
        producer=this_process(),
        revision=1,
        started_seconds=1000.0,
        heartbeat_seconds=1100.0,
        elapsed_seconds=100.0,
    )

    def make(**changes: Any) -> State:
        return msgspec.structs.replace(state, **changes)

    return make


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts a fresh Python on a piece of code and arguments; its process group ends with the test."""
    children: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *(os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments)]
        pipe = subprocess.PIPE
        child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True, **options)
        children.append(child)
        return child

    yield start
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small file system in memory with the given options, or skips; a second call mounts it anew."""
    place = tmp_path / "disk"
    place.mkdir()

    def make(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", os.fspath(place)]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if done.returncode:
            pytest.skip(f"a file system in memory cannot be mounted here: {done.stderr.strip()}")
        return place

    yield make
    if os.path.ismount(place):
        subprocess.run(["umount", os.fspath(place)], check=True)
