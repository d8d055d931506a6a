"""How files of an experiment directory are opened for reading: a reader must never hang on what it finds there."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path


def open_regular(path: Path) -> FileIO:
    """Opens the regular file `path`, unbuffered.

    Raises:
        OSError: It cannot be opened, or is something else: to open a FIFO would wait for ever for somebody to write.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return FileIO(fd, "rb")
