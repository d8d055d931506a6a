"""The load of the host, by psutil; in a control group with a limit, the load of that group."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from kan_shared.state import Host
from kan_trainer.telemetry.bounds import MAX_BYTES_PER_SECOND, memory, size, within
from kan_trainer.telemetry.control_group import ControlGroups
from kan_trainer.telemetry.rates import RateMeter

#: What goes over these stays on the machine.
_NO_NETWORK: Final = ("lo", "veth")
Found = TypeVar("Found")


class HostReader:
    """Reads the host's load; never raises.

    Args:
        directory: Where the run is recorded: how much room its disk has left.
        root: The directory that holds `proc` and `sys`.
    """

    def __init__(self, directory: Path | None = None, root: Path = Path("/")) -> None:
        self._directory = directory
        self._groups = ControlGroups(root)
        self._meters = [RateMeter() for _ in range(4)]
        self._cpu_asked = False

    def read(self) -> Host:
        """The load since the last call (processor, disk, network) and now (the rest)."""
        now = time.monotonic()
        percent, cores = self._cpu(now)
        used, total = self._memory()
        swap_used, swap_total = _asked(self._swap) or (None, None)
        free, whole = _asked(self._disk_space) or (None, None)
        counts = [*(_asked(_disk_counts) or (None, None)), *(_asked(_network_counts) or (None, None))]
        read, written, received, sent = (
            within(meter.per_second(now, count), 0, MAX_BYTES_PER_SECOND)
            for meter, count in zip(self._meters, counts, strict=True)
        )
        return Host(
            cpu_percent=percent,
            cpu_cores=cores,
            memory_used_bytes=used,
            memory_total_bytes=total,
            swap_used_bytes=swap_used,
            swap_total_bytes=swap_total,
            process_memory_bytes=size(_asked(lambda: int(self._process.memory_info().rss))),
            disk_read_bytes_per_second=read,
            disk_write_bytes_per_second=written,
            disk_free_bytes=free,
            disk_total_bytes=whole,
            network_received_bytes_per_second=received,
            network_sent_bytes_per_second=sent,
        )

    def _cpu(self, now: float) -> tuple[float | None, float | None]:
        """How busy the processors are, and how many: those of the machine, or as many as a container may use."""
        percent, count = _asked(lambda: _psutil().cpu_percent()), _asked(lambda: _psutil().cpu_count())
        first, self._cpu_asked = not self._cpu_asked, True
        group = self._groups.cpu(now)
        if group is not None and (count is None or group[1] < count):
            return within(group[0], 0, 100), within(group[1], 0, 1e6)
        # At the first call psutil has nothing to compare with, and says 0.
        return None if first else within(percent, 0, 100), within(count, 1, 1e6)

    def _memory(self) -> tuple[int | None, int | None]:
        """Used and total bytes of the machine, or of the tightest control group, whose limit ends this process."""
        found = [found for found in (_asked(_machine_memory), self._groups.memory()) if found is not None]
        return memory(*min(found, key=lambda memory: memory[1], default=(0, 0)))

    def _swap(self) -> tuple[int | None, int | None]:
        """Used and total bytes; a machine without any has 0 of them, which is known."""
        found = _psutil().swap_memory()
        return (size(found.used), size(found.total)) if found.used <= found.total else (None, None)

    def _disk_space(self) -> tuple[int | None, int | None]:
        """Bytes that the run may still write, and those of its whole disk."""
        if self._directory is None:
            return None, None
        found = os.statvfs(self._directory)
        return memory(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)

    @cached_property
    def _process(self) -> Any:
        return _psutil().Process()


def _asked(call: Callable[[], Found]) -> Found | None:
    """What `call` gives; `None` where it cannot: psutil is missing, or /proc does not say."""
    with contextlib.suppress(Exception):
        return call()
    return None


def _psutil() -> Any:
    import psutil

    return psutil


def _machine_memory() -> tuple[int, int]:
    found = _psutil().virtual_memory()
    return int(found.total - found.available), int(found.total)


def _disk_counts() -> tuple[int, int]:
    """Bytes that all disks have read and written."""
    found = _psutil().disk_io_counters()
    return int(found.read_bytes), int(found.write_bytes)


def _network_counts() -> tuple[int, int]:
    """Bytes that came from other machines and went to them."""
    cards = _psutil().net_io_counters(pernic=True)
    outward = [counts for name, counts in cards.items() if not name.startswith(_NO_NETWORK)]
    return sum(counts.bytes_recv for counts in outward), sum(counts.bytes_sent for counts in outward)
