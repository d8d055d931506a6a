"""One producer a directory, for as long as its process lives."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path
from typing import Any

import pytest

from kan_shared.errors import EXIT_USAGE, DirectoryTaken
from kan_shared.lock import DirectoryLock

HOLDER = """
import os, sys
from pathlib import Path
from kan_shared.lock import DirectoryLock
lock = DirectoryLock(Path(sys.argv[1]), f"process {os.getpid()} on gpu-box")
print("held", flush=True)
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def holder(spawn: Any, path: Path) -> Any:
    """A process that holds the lock, and runs the lines it is sent."""
    child = spawn(HOLDER, path)
    assert child.stdout.readline() == "held\n"
    return child


def tell(child: Any, line: str) -> str:
    child.stdin.write(line + "\n")
    child.stdin.flush()
    return str(child.stdout.readline())


def test_a_second_process_is_refused_with_a_sentence_that_names_the_first(path: Path, spawn: Any) -> None:
    child = holder(spawn, path)
    with pytest.raises(DirectoryTaken) as caught:
        DirectoryLock(path, "me")
    assert str(caught.value) == (
        f"{path.parent} is being written by process {child.pid} on gpu-box:"
        " wait for it, or choose another directory (--output auto makes one)."
    )
    assert caught.value.exit_code == EXIT_USAGE


def test_being_refused_does_not_disturb_the_holder(path: Path, spawn: Any) -> None:
    holder(spawn, path)
    for _ in range(3):
        with pytest.raises(DirectoryTaken, match="on gpu-box"):
            DirectoryLock(path, "me")


def test_a_lock_that_is_released_is_free(path: Path, spawn: Any) -> None:
    child = holder(spawn, path)
    assert tell(child, "lock.release(); lock.release()") == "done\n"
    lock = DirectoryLock(path, "me")
    lock.release()


def test_a_lock_dies_with_kill_9(path: Path, spawn: Any) -> None:
    child = holder(spawn, path)
    child.kill()
    child.wait()
    DirectoryLock(path, "me").release()


def test_a_worker_that_outlives_the_trainer_does_not_keep_its_lock(path: Path, spawn: Any) -> None:
    """Data loaders are forked, and live on for a while after `kill -9`."""
    child = holder(spawn, path)
    fork = "worker = os.fork() or (__import__('time').sleep(60), os._exit(0)); print(worker, flush=True)"
    worker = int(tell(child, fork))
    child.kill()
    child.wait()
    os.kill(worker, 0)
    DirectoryLock(path, "me").release()
    os.kill(worker, 9)


def test_a_worker_that_ends_leaves_the_trainer_its_lock(path: Path, spawn: Any) -> None:
    child = holder(spawn, path)
    tell(child, "os.fork() or (lock.release(), os._exit(0)); os.wait()")
    with pytest.raises(DirectoryTaken):
        DirectoryLock(path, "me")


def test_the_same_process_is_refused_too(path: Path) -> None:
    """By itself a record lock would let it through, and its release would drop the lock of both."""
    lock = DirectoryLock(path, "me")
    with pytest.raises(DirectoryTaken, match="by this process"):
        DirectoryLock(path, "me")
    with pytest.raises(DirectoryTaken, match="by this process"):
        DirectoryLock(path.parent / ".." / path.parent.name / "lock", "me by another path")
    lock.release()
    lock.release()
    DirectoryLock(path, "me").release()


def test_an_owner_that_was_longer_leaves_nothing_behind(path: Path) -> None:
    path.write_text("process 123456789 on a host with a very long name\n")
    lock = DirectoryLock(path, "process 1")
    assert path.read_text() == "process 1\n"
    # Reading it has let go of the lock, as POSIX has it.
    lock.release()


def test_a_lock_file_that_says_nothing_or_nonsense(path: Path, spawn: Any) -> None:
    child = holder(spawn, path)
    for content, named in ((b"", "another process"), (b"\x1b]0;x\x07\xff", "␛]0;x␇�")):
        write = f"os.ftruncate(lock._fd, 0); os.pwrite(lock._fd, {content!r}, 0)"
        assert tell(child, write) == "done\n"
        with pytest.raises(DirectoryTaken) as caught:
            DirectoryLock(path, "me")
        assert f"is being written by {named}:" in str(caught.value)


def test_a_directory_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DirectoryLock(tmp_path / "gone" / "lock", "me")


def test_a_file_system_without_locks_is_not_taken_for_a_producer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", no_locks)
    with pytest.raises(OSError, match="No locks available"):
        DirectoryLock(path, "me")


def test_of_many_that_start_at_once_one_wins(path: Path, spawn: Any) -> None:
    code = """
import sys, time
from pathlib import Path
from kan_shared.errors import DirectoryTaken
from kan_shared.lock import DirectoryLock
time.sleep(max(0, float(sys.argv[2]) - time.time()))
try:
    lock = DirectoryLock(Path(sys.argv[1]), "one of many")
except DirectoryTaken:
    print("refused", flush=True)
else:
    print("held", flush=True)
    sys.stdin.read()
"""
    start = time.time() + 0.3
    children = [spawn(code, path, start) for _ in range(4)]
    said = sorted(child.stdout.readline() for child in children)
    assert said == ["held\n", "refused\n", "refused\n", "refused\n"]
