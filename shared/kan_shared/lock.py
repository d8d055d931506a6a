"""One producer a directory: an advisory lock that dies with its process, however that ends.

A POSIX record lock rather than `flock`: it is not inherited by the data-loader workers that a trainer forks, which
would keep a dead trainer's directory locked, and it works over NFS. It does not exclude the same process, so that is
noted here.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from kan_shared.errors import DirectoryTaken
from kan_shared.text import safe_line

_held_here: set[str] = set()


class DirectoryLock:
    """Holds the lock file `path` until `release` or the end of the process.

    Raises:
        DirectoryTaken: Another producer holds it; the message says which.
        OSError: The file cannot be opened, or its file system knows no locks.
    """

    def __init__(self, path: Path, owner: str) -> None:
        self._key = os.path.realpath(path)
        if self._key in _held_here:
            raise taken_by(path.parent, "this process")
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._fd, 200, 0).decode(errors="replace").strip() or "another process"
            os.close(self._fd)
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise taken_by(path.parent, holder) from error
        # Who holds it is only for the message of who comes next: a full disk has no room for that, and needs none.
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{owner}\n".encode(), 0)
        _held_here.add(self._key)

    def release(self) -> None:
        """Lets go; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            _held_here.discard(self._key)


def taken_by(directory: Path, holder: str) -> DirectoryTaken:
    """The error for a directory that `holder`, in words that anyone may have written, is writing."""
    return DirectoryTaken(
        f"{directory} is being written by {safe_line(holder)}:"
        " wait for it, or choose another directory (--output auto makes one)."
    )
