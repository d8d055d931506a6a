"""Which run is meant: the directory that was named, or the newest one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from kan_shared.errors import KanError, NoSuchRun
from kan_shared.experiment import DEFAULT_ROOT, Experiment, find_runs, has_runs, newest_run
from kan_shared.liveness import observe
from kan_shared.store import read_state

if TYPE_CHECKING:
    from kan_monitor.sources.address import Address

#: More directories than this are not looked into for running ones: only the newest can be.
_LOOKED_AT: Final = 50
#: What a trainer that is about to begin may have put there already.
_OF_A_RUN: Final = frozenset({"state.json", "lock", "config.yaml", "history", "training.log", "checkpoints"})


def place(text: str) -> Path | Address:
    """What an argument means: a directory, or the address of one on another machine.

    Raises:
        UsageError: It is an address that cannot be used.
    """
    if text.startswith("ssh://"):
        from kan_monitor.sources.address import parse_address  # nobody else needs it

        return parse_address(text)
    return Path(text)


def named(directory: Path) -> Path:
    """`directory`, where a run is, may begin, or where several runs lie.

    Raises:
        NoSuchRun: It is no directory, or one that holds other things.
    """
    if not directory.exists() or holds_runs(directory):
        return directory
    if not directory.is_dir():
        raise NoSuchRun(f"{directory} is not a directory: name the experiment directory of a run.")
    names = {path.name for path in directory.iterdir()}
    if names and not names & _OF_A_RUN:
        raise NoSuchRun(f"{directory} holds other things and no run: name the experiment directory of a run.")
    return directory


def holds_runs(directory: Path) -> bool:
    """Whether `directory` is no run itself, but has some in it."""
    return not Experiment(directory).state.exists() and has_runs(directory)


def one_run(directory: Path) -> Path:
    """`directory`, which must not be a folder of several runs.

    Raises:
        NoSuchRun: It is one; the message names the newest.
    """
    if holds_runs(directory):
        raise NoSuchRun(f"{directory} is a folder of runs: name one of them, such as {newest_run(directory)}.")
    return directory


def newest(root: Path = DEFAULT_ROOT) -> Path:
    """The newest run under `root`.

    Raises:
        NoSuchRun: There is none.
    """
    run = newest_run(root)
    if run is None:
        raise NoSuchRun(f"there is no run under {root}/: name a directory, or start one with kan-train.")
    return run


def running(root: Path, now: float) -> list[Path]:
    """The runs under `root` that go on right now, the newest first."""
    return [path for path in find_runs(root)[:_LOOKED_AT] if _goes_on(path, now)]


def _goes_on(path: Path, now: float) -> bool:
    try:
        return observe(read_state(Experiment(path).state), now) in ("running", "slow", "paused")
    except KanError:
        return False
