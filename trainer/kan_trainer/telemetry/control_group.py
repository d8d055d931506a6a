"""The control groups (cgroup v2) that hold this process: a container is a machine that is smaller than its host."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from kan_trainer.telemetry.rates import RateMeter


class ControlGroups:
    """What the groups of this process allow and use; `root` is the directory that holds `proc` and `sys`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._meters: dict[Path, RateMeter] = {}

    def memory(self) -> tuple[int, int] | None:
        """Used and total bytes of the group whose limit is the tightest; `None` where none sets one."""
        found = [memory for memory in map(_memory, self._groups) if memory is not None]
        return min(found, key=lambda memory: memory[1], default=None)

    def cpu(self, seconds: float) -> tuple[float | None, float] | None:
        """The share of its processors, in percent since the last call, that the most limited group used, and how many
        they are; `None` where no group has a limit."""
        limits = [(cores, group) for group in self._groups if (cores := _cores(group))]
        if not limits:
            return None
        cores, group = min(limits)
        used = self._meters.setdefault(group, RateMeter()).per_second(seconds, _cpu_seconds(group))
        return None if used is None else min(100.0, 100 * used / cores), cores

    @cached_property
    def _groups(self) -> list[Path]:
        """Their directories, the innermost first: any of them may set a limit."""
        top = self._root / "sys/fs/cgroup"
        try:
            lines = (self._root / "proc/self/cgroup").read_text(errors="replace").splitlines()
        except OSError:
            return []
        own = next((line[3:] for line in lines if line.startswith("0::")), "/")
        # Where the path is the host's and not mounted here, only the top is there, and it is our own.
        parts = [part for part in own.split("/") if part]
        return [top.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def _memory(group: Path) -> tuple[int, int] | None:
    """Used and limit of one group; `None` where it sets no limit ("max") or does not say."""
    try:
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    # File cache that the kernel drops when memory runs short; counted in, a run that reads data would look full.
    return max(0, used - (_field(group / "memory.stat", "inactive_file") or 0)), limit


def _cores(group: Path) -> float | None:
    """The processors whose time a group may use; `None` where it sets no limit ("max 100000") or does not say."""
    try:
        quota, period = map(int, (group / "cpu.max").read_text().split())
    except (OSError, ValueError):
        return None
    return quota / period if quota > 0 and period > 0 else None


def _cpu_seconds(group: Path) -> float | None:
    used = _field(group / "cpu.stat", "usage_usec")
    return None if used is None else used / 1e6


def _field(file: Path, name: str) -> int | None:
    """One of a file's lines `name number`."""
    try:
        for line in file.read_text().splitlines():
            if line.startswith(f"{name} "):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return None
