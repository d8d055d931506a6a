"""What happens while the headless loop waits for its run."""

from __future__ import annotations

from collections.abc import Callable

from .looking import PLACE
from .source import source_run


class GaveUpError(Exception):
    """The stream would have gone on waiting."""


def give_up() -> None:
    raise GaveUpError


def nothing() -> None:
    """Time passes."""


def write(**changes: object) -> Callable[[], None]:
    """Writes the source's run, with changes to its state, when it is called."""
    return lambda: source_run().but(**changes).write(PLACE)
