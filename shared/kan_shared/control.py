"""What a monitor may ask of a training that allows it, and how it is told what became of that.

A request is one small file in `control/` of the experiment directory, put there in one step under a name of its own.
The trainer takes it away, and its answer stands in the state. Whoever could end the process anyway may ask, and nobody
else: the folder is open to the trainer's user alone, and a file that is neither that user's nor root's is no request.
"""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from kan_shared.numbers import UnixSeconds
from kan_shared.reading import open_regular
from kan_shared.state import Action, RequestId, ShortText
from kan_shared.store import replace_file

#: A request that is older than this when it is found is not done any more: who asked has given up.
REQUEST_LIMIT_SECONDS: Final = 30.0
_MAX_REQUEST_BYTES: Final = 4096
#: Names in the folder that are looked at in one go.
_MAX_NAMES: Final = 1000
_NAME: Final = re.compile(r"([0-9a-f]{32})\.request")
_LEFT_OVER: Final = re.compile(r"\.?[0-9a-f]{32}\.request(\.\d+\.\d+\.tmp)?")


class Request(Struct, frozen=True, kw_only=True):
    """What somebody asks for."""

    id: RequestId
    action: Action
    #: Of which run, and of which of its segments: a run that was resumed since, or is another, never does it.
    run_id: ShortText
    segment: int
    requested_seconds: UnixSeconds
    #: Who asks: user@host.
    by: ShortText


def make_request(action: Action, *, run_id: str, segment: int, now: float) -> Request:
    """A request of this process's user, at unix time `now`."""
    identity = uuid.uuid4().hex
    return Request(id=identity, action=action, run_id=run_id, segment=segment, requested_seconds=now, by=_who())


def put_request(folder: Path, request: Request) -> None:
    """Puts `request` where the trainer finds it.

    Raises:
        OSError: It cannot be written.
    """
    replace_file(_path(folder, request.id), msgspec.json.encode(request))


def withdraw_request(folder: Path, request: Request) -> bool:
    """Takes `request` back; whether it was still there, so that it is never done."""
    try:
        _path(folder, request.id).unlink()
    except OSError:
        return False
    return True


def take_requests(folder: Path) -> list[Request]:
    """Takes all requests out of `folder`, the oldest first; what is none goes with them, or is passed over."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, _MAX_NAMES) if _NAME.fullmatch(entry.name)]
    except OSError:
        return []
    taken = [request for name in names if (request := _take(folder / name)) is not None]
    return sorted(taken, key=lambda request: request.requested_seconds)


def clear_requests(folder: Path) -> None:
    """Removes whatever requests lie in `folder`, those that were never finished included."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _LEFT_OVER.fullmatch(path.name):
                path.unlink()


def _path(folder: Path, identity: str) -> Path:
    return folder / f"{identity}.request"


def _take(path: Path) -> Request | None:
    """The request in the file at `path`, which is removed whatever it holds."""
    try:
        with open_regular(path) as file:
            ours = os.fstat(file.fileno()).st_uid in (os.geteuid(), 0)
            data = file.read(_MAX_REQUEST_BYTES) or b""
        request = msgspec.json.decode(data, type=Request)
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        ours, request = False, None
    try:
        path.unlink()
    except OSError:  # one that cannot be taken away would be done over and over
        return None
    return request if ours and request is not None and path.name == f"{request.id}.request" else None


def _who() -> str:
    import pwd  # here, since only who asks needs it

    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user may have no name
        name = str(os.getuid())
    return f"{name}@{os.uname().nodename}"[:200]
