"""`state.json`: replaced atomically by one writer, read without ever raising by any number of readers."""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path
from typing import Final

from kan_shared.errors import KanError, NoSuchRun, UnreadableState
from kan_shared.reading import open_regular
from kan_shared.state import MAX_STATE_BYTES, State, decode_state, encode_state

_serial = itertools.count()
#: Linux writes less than 2 GiB at a time, whatever it is given.
_PIECE_BYTES: Final = 2**30


def replace_file(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Puts `data` at `path` in one step: a reader sees the old content or the new one, never a mixture.

    The temporary file lies beside `path` under a name of its own, so that two writers cannot meet in it. With
    `durable`, the data is on the disk before its name is.

    Raises:
        OSError: The disk is full or the directory is gone; what was at `path` is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{next(_serial)}.tmp")
    try:
        # Not "x": in a container every trainer is process 1, and a killed one may have left a file of this name.
        with open(temporary, "wb", buffering=0) as file:
            for begin in range(0, len(data), _PIECE_BYTES):
                piece = data[begin : begin + _PIECE_BYTES]
                if (written := file.write(piece)) != len(piece):
                    raise OSError(f"{path}: {begin + written} of {len(data)} bytes fitted on the disk")
            if durable:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_state(path: Path, state: State, *, durable: bool = False) -> None:
    """Replaces the state file at `path`.

    Raises:
        OSError: It could not be written; the old state still stands.
    """
    replace_file(path, encode_state(state), durable=durable)


def read_state(path: Path) -> State:
    """The state at `path`.

    Raises:
        NoSuchRun: There is no such file, or it cannot be opened.
        UnreadableState: It is not valid, or larger than a state can be.
        NewerSchema: A later version wrote it.
    """
    try:
        with open_regular(path) as file:
            data = file.read(MAX_STATE_BYTES + 1) or b""
    except OSError as error:
        raise NoSuchRun(
            f"{path} cannot be read ({error.strerror}): is {path.parent} an experiment directory?"
        ) from error
    if len(data) > MAX_STATE_BYTES:
        raise UnreadableState(f"{path} is larger than any state ({MAX_STATE_BYTES} bytes)")
    try:
        return decode_state(data)
    except KanError as error:
        raise type(error)(f"{path}: {error}") from error


class StateReader:
    """Follows one state file; `poll` looks, and the last good state stays when the file turns bad.

    Attributes:
        state: The last good state, or `None` before there was one.
        problem: Why the file as it stands now is not that state; `None` when it is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._signature: tuple[int, int, int] | None = None
        self.state: State | None = None
        self.problem: KanError | None = None

    def poll(self) -> bool:
        """Looks at the file once; whether `state` or `problem` changed. Costs one `stat` when nothing did."""
        try:
            found = os.stat(self._path)
            signature = (found.st_mtime_ns, found.st_ino, found.st_size)
        except OSError:
            signature = None
        if signature == self._signature and (signature is not None or self.problem is not None):
            return False
        self._signature = signature
        return self._read()

    def _read(self) -> bool:
        before = (self.state, str(self.problem))
        try:
            self.state = read_state(self._path)
            self.problem = None
        except KanError as error:
            self.problem = error
            if isinstance(error, NoSuchRun):
                # What kept it from being opened may pass without a trace in the file: the next poll tries again.
                self._signature = None
        return before != (self.state, str(self.problem))
