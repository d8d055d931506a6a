"""What the training runs on: GPUs, ranks, the host."""

from __future__ import annotations

from msgspec import Struct

from kan_monitor.dashboard.figures import Figure, Gauge
from kan_monitor.thresholds import Severity


class GpuView(Struct, frozen=True, kw_only=True):
    """One GPU."""

    index: int
    name: str
    #: Its host, where the run has GPUs on several.
    host: str = ""
    utilization: Gauge
    memory: Gauge
    temperature: Gauge
    power: Gauge
    clock: Gauge
    energy: Figure
    #: What holds its clocks down; `None` where the card does not say.
    throttle_reasons: tuple[str, ...] | None
    throttle_severity: Severity


class RankView(Struct, frozen=True, kw_only=True):
    """One of the processes that train together; `word` says how it is."""

    number: int
    host: str
    word: str
    mark: str
    severity: Severity
    step: Figure
    #: Steps behind the one that is furthest.
    behind: Figure
    step_seconds: Figure


class RanksView(Struct, frozen=True, kw_only=True):
    """All of them, those that need a look first; `summary` is the sum in a few words."""

    world_size: int
    summary: str
    severity: Severity
    ranks: tuple[RankView, ...]


class HardwareView(Struct, frozen=True, kw_only=True):
    """The machine that trains; the worst GPU comes first."""

    host: str
    #: When all of this was so, where that is past; empty while it is.
    as_of: str
    as_of_clock: str
    #: How old it is.
    age: Figure
    gpus: tuple[GpuView, ...]
    problem: str
    #: What all GPUs of the run have used over all its segments, and how many watts that is on average.
    energy: Figure
    mean_power: Figure
    ranks: RanksView | None
    cpu: Gauge
    memory: Gauge
    swap: Gauge
    #: What the training process itself keeps in memory.
    process_memory: Figure
    #: Room on the disk of the run: what is free, of how much.
    disk: Gauge
    disk_read: Gauge
    disk_write: Gauge
    network_received: Gauge
    network_sent: Gauge
