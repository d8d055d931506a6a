"""Machines to look at: what the hardware of a run can say, recorded as a trainer does."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from kan_shared.experiment import Experiment
from kan_shared.ranks import Rank, encode_rank, rank_file
from kan_shared.series import Record
from kan_shared.state import Gpu, Host, State, Telemetry
from kan_shared.store import replace_file

from .cases import kan_run
from .making import ELSEWHERE, GIB, GONE, NOW, Run, rtx_4090
from .source import source_run

MIB: Final = 2**20
#: A host that says everything that a host can say.
WHOLE_HOST: Final = Host(
    cpu_percent=34,
    cpu_cores=16,
    memory_used_bytes=11 * GIB,
    memory_total_bytes=64 * GIB,
    swap_used_bytes=GIB // 2,
    swap_total_bytes=2 * GIB,
    process_memory_bytes=round(3.2 * GIB),
    disk_read_bytes_per_second=73.4 * MIB,
    disk_write_bytes_per_second=1.5 * MIB,
    disk_free_bytes=412 * GIB,
    disk_total_bytes=900 * GIB,
    network_received_bytes_per_second=812.0,
    network_sent_bytes_per_second=11_264.0,
)


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A run, and what lies beside it in its directory."""

    run: Run
    ranks: Sequence[Rank] = ()

    def write(self, directory: Path) -> None:
        """Puts it into `directory`."""
        folder = Experiment(directory).ranks
        folder.mkdir(parents=True, exist_ok=True)
        for rank in self.ranks:
            replace_file(rank_file(folder, rank.rank), encode_rank(rank))
        self.run.write(directory)


def h100(index: int, **changes: Any) -> Gpu:
    """A card that says everything that a card can say."""
    gpu = rtx_4090(
        index,
        name="NVIDIA H100 80GB HBM3",
        utilization_percent=88 + index,
        memory_used_bytes=(50 + index) * GIB,
        memory_total_bytes=80 * GIB,
        temperature_celsius=51 + index,
        throttle_celsius=87,
        shutdown_celsius=92,
        power_watts=430 + 3 * index,
        power_limit_watts=700,
        clock_megahertz=1980,
        clock_limit_megahertz=1980,
        throttle_reasons=(),
        energy_joules=(1.1 + index / 100) * 3.6e6,
    )
    return msgspec.structs.replace(gpu, **changes)


def eight() -> tuple[Gpu, ...]:
    """Eight cards, of which one is hot and slowed by it, and another one stands at its power limit."""
    cards = [h100(index) for index in range(8)]
    cards[5] = h100(
        5,
        utilization_percent=42,
        memory_used_bytes=round(76.4 * GIB),
        temperature_celsius=88,
        clock_megahertz=1215,
        throttle_reasons=("thermal slowdown (hardware)", "power cap"),
    )
    cards[2] = h100(2, power_watts=698, clock_megahertz=1755, throttle_reasons=("power cap",))
    return tuple(cards)


def recorded(telemetry: Telemetry, seconds: int = 120) -> dict[str, list[Record]]:
    """The series that a trainer would have recorded over the last `seconds` before `NOW`."""

    def wave(value: float | None, swing: float, phase: float) -> list[Record]:
        return [
            Record(at, NOW - seconds + at, max(0.0, (value or 0.0) * (1 + swing * math.sin(at / 9 + phase))), 0)
            for at in range(seconds)
        ]

    series: dict[str, list[Record]] = {}
    for gpu in telemetry.gpus:
        of = f"system/gpu{gpu.index}"
        series[f"{of}/utilization_percent"] = wave(gpu.utilization_percent, 0.2, gpu.index)
        series[f"{of}/memory_bytes"] = wave(gpu.memory_used_bytes, 0.02, gpu.index)
        series[f"{of}/temperature_celsius"] = wave(gpu.temperature_celsius, 0.1, gpu.index)
        series[f"{of}/power_watts"] = wave(gpu.power_watts, 0.15, gpu.index)
    host = telemetry.host
    series["system/host/cpu_percent"] = wave(host.cpu_percent, 0.5, 0)
    series["system/host/memory_bytes"] = wave(host.memory_used_bytes, 0.01, 1)
    for flow in ("disk_read", "disk_write", "network_received", "network_sent"):
        name = f"{flow}_bytes_per_second"
        series[f"system/host/{name}"] = wave(getattr(host, name), 0.9, len(flow))
    return {name: records for name, records in series.items() if any(record.value for record in records)}


def on(telemetry: Telemetry, run: Run | None = None) -> Run:
    """A run on that hardware."""
    run = run or source_run()
    return replace(run.but(telemetry=telemetry), series={**run.series, **recorded(telemetry)})


def used(watts: float, *gpus: Gpu) -> dict[str, Any]:
    """What these cards and those of a former segment have used at so many watts."""
    joules = 2.5e6 + sum(gpu.energy_joules or 0.0 for gpu in gpus)
    return {"gpus": gpus, "earlier_energy_joules": 2.5e6, "energy_seconds": joules / watts}


def machine_with(*gpus: Gpu) -> Telemetry:
    """Telemetry of just now."""
    return Telemetry(seconds=NOW - 0.3, host=WHOLE_HOST, **used(431 * len(gpus), *gpus))


def rank(number: int, state: State, *, world_size: int = 4, **changes: Any) -> Rank:
    """What another rank of the run says."""
    of_its_own = {"metrics": {}, "telemetry": None, **changes}
    return Rank(rank=number, world_size=world_size, state=msgspec.structs.replace(state, **of_its_own))


def _one() -> Machine:
    return Machine(run=on(machine_with(h100(0, throttle_reasons=("power cap",)))))


def _eight() -> Machine:
    return Machine(run=on(machine_with(*eight())))


def _ranks() -> Machine:
    """Four ranks on two hosts: one is dead, one behind, one on the other host."""
    run = on(machine_with(h100(0), h100(1))).but(world_size=4)
    state = run.state
    there = machine_with(h100(0, temperature_celsius=80), h100(1))
    return Machine(
        run=run,
        ranks=[
            rank(1, state, producer=GONE, step=2388),
            rank(2, state, step=2320),
            rank(3, state, producer=msgspec.structs.replace(ELSEWHERE, host="far-box"), telemetry=there),
        ],
    )


def _ended() -> Machine:
    ended = on(machine_with(h100(0, temperature_celsius=85)))
    telemetry = msgspec.structs.replace(ended.state.telemetry, seconds=NOW - 3 * 3600)  # type: ignore[type-var]
    past = {"heartbeat_seconds": NOW - 3 * 3600, "ended_seconds": NOW - 3 * 3600}
    return Machine(run=ended.but(status="complete", telemetry=telemetry, rate=None, **past))


def _crashed() -> Machine:
    crashed = on(machine_with(*eight()))
    return Machine(run=crashed.but(producer=GONE, heartbeat_seconds=NOW - 2.4, last_step_seconds=NOW - 2.5))


def _host_only() -> Machine:
    telemetry = Telemetry(seconds=NOW - 0.3, host=WHOLE_HOST)
    return Machine(run=on(telemetry, kan_run()))


def _no_nvml() -> Machine:
    host = msgspec.structs.replace(WHOLE_HOST, disk_free_bytes=700 * MIB)
    telemetry = Telemetry(seconds=NOW - 0.3, host=host, gpu_problem="no NVIDIA driver")
    return Machine(run=on(telemetry, kan_run()))


MACHINES: Final[dict[str, Callable[[], Machine]]] = {
    "one": _one,
    "eight-throttled": _eight,
    "ranks": _ranks,
    "ended": _ended,
    "crashed": _crashed,
    "host-only": _host_only,
    "no-nvml": _no_nvml,
}
