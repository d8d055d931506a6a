"""The load of the host, by psutil; in a control group with a memory limit, the memory of that group."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from kan_shared.state import Host
from kan_trainer.telemetry.bounds import memory, within


class HostReader:
    """Reads the host's load; never raises.

    Args:
        root: The directory that holds `proc` and `sys`.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._cpu_asked = False

    def read(self) -> Host:
        """The load since the last call (CPU) and now (memory)."""
        used, total = self._memory()
        return Host(cpu_percent=self._cpu_percent(), memory_used_bytes=used, memory_total_bytes=total)

    def _cpu_percent(self) -> float | None:
        """All processors together; unknown at the first call, where psutil has nothing to compare with and says 0."""
        try:
            import psutil

            percent = psutil.cpu_percent()
        except Exception:
            return None
        first, self._cpu_asked = not self._cpu_asked, True
        return None if first else within(percent, 0, 100)

    def _memory(self) -> tuple[int | None, int | None]:
        """Used and total bytes of the machine, or of the tightest control group, whose limit ends this process."""
        machine = _machine_memory()
        used, total = min(
            (found for found in (machine, *map(_group_memory, self._groups)) if found is not None),
            key=lambda found: found[1],
            default=(0, 0),
        )
        return memory(used, total)

    @cached_property
    def _groups(self) -> list[Path]:
        """The cgroup v2 directories that hold this process, the innermost first: any of them may set a limit."""
        top = self._root / "sys/fs/cgroup"
        try:
            lines = (self._root / "proc/self/cgroup").read_text(errors="replace").splitlines()
        except OSError:
            return []
        own = next((line[3:] for line in lines if line.startswith("0::")), "/")
        # Where the path is the host's and not mounted here, only the top is there, and it is our own.
        parts = [part for part in own.split("/") if part]
        return [top.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def _machine_memory() -> tuple[int, int] | None:
    try:
        import psutil

        found = psutil.virtual_memory()
        return int(found.total - found.available), int(found.total)
    except Exception:
        return None


def _group_memory(group: Path) -> tuple[int, int] | None:
    """Used and limit of one control group; `None` where it sets no limit ("max") or does not say."""
    try:
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    return max(0, used - _cache_bytes(group)), limit


def _cache_bytes(group: Path) -> int:
    """File cache that the kernel drops when memory runs short; counted in, a run that reads data would look full."""
    try:
        for line in (group / "memory.stat").read_text().splitlines():
            if line.startswith("inactive_file "):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0
