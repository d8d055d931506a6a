"""Every error that a user can cause, with the exit code of the command that meets it.

KanError                  2  anything below that has no code of its own
├── UsageError            2  an argument, a file or a value that cannot be used
├── MissingExtra          2  a command whose optional dependencies are not installed
├── DirectoryTaken        2  the directory holds a run already, or another producer is writing it
├── NewerSchema           2  a state written by a later version than this one
├── OutOfReach            3  another machine that cannot be reached, or does not answer as it should
├── UnreadableState       5  a state that is no valid state
└── NoSuchRun             5  a directory that is none, or holds no run

The message is one sentence: what is wrong, where, and what to do.
"""

from __future__ import annotations

from typing import Final

EXIT_COMPLETE: Final = 0
EXIT_RUN_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_PRODUCER_LOST: Final = 3
#: The headless monitor met a condition of `--fail-on`.
EXIT_ALERT: Final = 4
EXIT_NO_RUN: Final = 5
#: What a shell gives a command that Ctrl-C ended.
EXIT_INTERRUPTED: Final = 130


class KanError(Exception):
    """The root of this tree; `exit_code` is what a command ends with when it meets one."""

    exit_code = EXIT_USAGE


class UsageError(KanError):
    """An argument, a file or a value that cannot be used."""


class MissingExtra(KanError):
    """A command whose optional dependencies are not installed."""

    def __init__(self, command: str, extra: str, missing: str) -> None:
        super().__init__(
            f"{command} needs {missing}, which is not installed: pip install 'kan-monitor[{extra}]' brings it."
        )


class DirectoryTaken(KanError):
    """The directory holds a run already, or another producer is writing it."""


class NewerSchema(KanError):
    """A state written by a later version than this one."""


class OutOfReach(KanError):
    """Another machine that cannot be reached, or does not answer as it should."""

    exit_code = EXIT_PRODUCER_LOST


class UnreadableState(KanError):
    """A state that is no valid state."""

    exit_code = EXIT_NO_RUN


class NoSuchRun(KanError):
    """A directory that is none, or holds no run."""

    exit_code = EXIT_NO_RUN
