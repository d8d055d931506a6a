"""What the hardware did over the last minutes, and how the ranks beside the first one are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from kan_monitor.sources.facts import RankFacts, Tail
from kan_shared.liveness import observe
from kan_shared.ranks import Rank
from kan_shared.series import SeriesFile, unpack
from kan_shared.state import State, Telemetry

#: The hardware is looked at once a second; a screen shows a little less than these.
TAIL_RECORDS: Final = 240
GPU_SERIES: Final = ("utilization_percent", "memory_bytes", "temperature_celsius", "power_watts")
HOST_SERIES: Final = (
    "cpu_percent",
    "memory_bytes",
    "disk_read_bytes_per_second",
    "disk_write_bytes_per_second",
    "network_received_bytes_per_second",
    "network_sent_bytes_per_second",
)


def gpu_series(index: int, figure: str) -> str:
    """The series of one GPU's figure."""
    return f"system/gpu{index}/{figure}"


def host_series(figure: str) -> str:
    """The series of one of the host's figures."""
    return f"system/host/{figure}"


class Tails:
    """The last values of the hardware's series: of each only what it has grown by is read."""

    def __init__(self, series: Callable[[str], SeriesFile]) -> None:
        self._series = series
        self._tails: dict[str, _TailReader] = {}

    def read(self, telemetry: Telemetry | None) -> Mapping[str, Tail]:
        """The values by series; of those that `telemetry` has figures of."""
        names = list(_names(telemetry)) if telemetry else []
        self._tails = {name: self._tails.get(name) or _TailReader(self._series(name)) for name in names}
        return {name: values for name, tail in self._tails.items() if (values := tail.read()).values}


class _TailReader:
    """The end of one series."""

    def __init__(self, file: SeriesFile) -> None:
        self._file = file
        self._read = self._generation = 0
        self._kept: deque[float] = deque(maxlen=TAIL_RECORDS)
        self._tail = Tail()

    def read(self) -> Tail:
        if self._file.refresh():
            if self._file.generation != self._generation:
                self._read, self._generation = 0, self._file.generation
                self._kept.clear()
            start = max(self._read, self._file.count - TAIL_RECORDS)
            self._kept.extend(record.value for record in unpack(self._file.read(start, self._file.count)))
            self._read = self._file.count
            self._tail = Tail(tuple(self._kept), self._file.count)
        return self._tail


def judged(ranks: tuple[Rank, ...], state: State, now: float) -> tuple[RankFacts, ...]:
    """The ranks that belong to the run of `state`, each with its condition at unix time `now`."""
    world_size = state.world_size or 1
    return tuple(
        RankFacts(number=rank.rank, state=rank.state, condition=observe(rank.state, now))
        for rank in ranks
        if 0 < rank.rank < world_size
    )


def _names(telemetry: Telemetry) -> Iterator[str]:
    for gpu in telemetry.gpus:
        yield from (gpu_series(gpu.index, figure) for figure in GPU_SERIES)
    yield from map(host_series, HOST_SERIES)
