"""Files that an export makes: never in the place of another one unless that is wanted, and whole or not at all."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from kan_shared.errors import UsageError

_NAME_CHARACTERS: Final = 60
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@contextlib.contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Opens `path` for writing; what could not be finished is taken away again.

    Raises:
        UsageError: It is there already, and `force` does not say that it may be replaced, or it cannot be written.
    """
    try:
        file = open(path, "wb" if force else "xb")  # noqa: SIM115  # the `with` below closes it
    except FileExistsError as error:
        raise UsageError(f"{path} is there already: choose another --output, or replace it with --force.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}): choose another --output.") from error
    with file:
        try:
            yield file
            file.flush()
        except BaseException:
            if not force:
                path.unlink(missing_ok=True)
            raise


def save_frame(folder: Path, run: str, step: int | None, suffix: str, text: str) -> Path:
    """Saves a frame of the run named `run` in `folder` under a name of its own, and says which.

    The name is the run's, its step's, and where that is taken a counter's: `mnist-step-2400-2.svg`.

    Raises:
        OSError: It could not be written.
    """
    stem = frame_name(run, step)
    for number in range(1, 10_000):
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}.{suffix}"
        with contextlib.suppress(FileExistsError), open(path, "x", encoding="utf-8") as file:
            file.write(text)
            return path
    raise FileExistsError(f"{folder} has ten thousand frames of this step")


def frame_name(run: str, step: int | None) -> str:
    """A file name without its suffix, of plain characters only: a run may have any name."""
    plain = _UNSAFE.sub("-", run)[:_NAME_CHARACTERS].strip("-.") or "run"
    return plain if step is None else f"{plain}-step-{step}"
