"""What `kan-train` says to people: said where somebody listens, and never a reason for a training to end."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO

from kan_shared.text import safe


def open_streams() -> None:
    """Makes stdout and stderr streams that take any text; one that the shell closed (`>&-`) is one to nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  it stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(stream: TextIO | None, text: str) -> None:
    """Writes `text`, with what a terminal would obey made visible."""
    write(stream, safe(text))


def write(stream: TextIO | None, text: str) -> None:
    """Writes `text` as it is, at once; what cannot be written is lost."""
    try:
        if stream is not None:
            stream.write(text)
            stream.flush()
    except OSError:
        _silence(stream)
    except (ValueError, AttributeError):  # closed, or not made to be written
        pass


def _silence(stream: TextIO | None) -> None:
    """Leads a broken stream to nowhere, or the interpreter tries at its end to write what is left, and says so."""
    with contextlib.suppress(OSError, ValueError, AttributeError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())  # type: ignore[union-attr]
