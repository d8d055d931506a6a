"""The hardware in the JSON format. Sizes are in the drivers' GB of 2**30, energy in watt hours."""

from __future__ import annotations

from typing import Any, Final

from kan_monitor.dashboard import Figure, GpuView, HardwareView, RanksView, RankView
from kan_shared.numbers import to_wire

_GIB: Final = 2**30


def hardware_fields(hardware: HardwareView) -> dict[str, Any]:
    """The fields of one line that are the hardware's."""
    own_first = sorted(hardware.gpus, key=lambda gpu: (gpu.host not in ("", hardware.host), gpu.host, gpu.index))
    gpus = [_gpu(gpu) for gpu in own_first]
    return {
        "gpu": gpus[0] if gpus else None,
        "gpus": gpus,
        "gpu_problem": hardware.problem or None,
        "host": _host(hardware),
        "energy_wh": _rounded(hardware.energy),
        "mean_power_watts": _rounded(hardware.mean_power),
        "ranks": _ranks(hardware.ranks) if hardware.ranks else None,
        "hardware_age_seconds": _rounded(hardware.age),
        "hardware_as_of": hardware.as_of or None,
    }


def value(figure: Figure) -> Any:
    """The value of a figure as JSON can carry it; `None` where it is unknown."""
    return to_wire(figure.value) if isinstance(figure.value, float) else figure.value


def _gpu(gpu: GpuView) -> dict[str, Any]:
    return {
        "index": gpu.index,
        "host": gpu.host or None,
        "device_name": gpu.name,
        "utilization_percent": value(gpu.utilization.figure),
        "vram_used_gb": _gigabytes(gpu.memory.figure),
        "vram_total_gb": _gigabytes(gpu.memory.whole),
        "temperature_celsius": value(gpu.temperature.figure),
        "throttle_celsius": value(gpu.temperature.whole),
        "power_watts": value(gpu.power.figure),
        "power_limit_watts": value(gpu.power.whole),
        "clock_mhz": value(gpu.clock.figure),
        "clock_limit_mhz": value(gpu.clock.whole),
        "throttle_reasons": None if gpu.throttle_reasons is None else list(gpu.throttle_reasons),
        "energy_wh": _rounded(gpu.energy),
    }


def _host(hardware: HardwareView) -> dict[str, Any]:
    return {
        "name": hardware.host,
        "cpu_percent": value(hardware.cpu.figure),
        "cpu_cores": value(hardware.cpu.whole),
        "memory_used_gb": _gigabytes(hardware.memory.figure),
        "memory_total_gb": _gigabytes(hardware.memory.whole),
        "swap_used_gb": _gigabytes(hardware.swap.figure),
        "swap_total_gb": _gigabytes(hardware.swap.whole),
        "trainer_memory_gb": _gigabytes(hardware.process_memory),
        "disk_free_gb": _gigabytes(hardware.disk.figure),
        "disk_total_gb": _gigabytes(hardware.disk.whole),
        "disk_read_bytes_per_second": _rounded(hardware.disk_read.figure),
        "disk_write_bytes_per_second": _rounded(hardware.disk_write.figure),
        "network_received_bytes_per_second": _rounded(hardware.network_received.figure),
        "network_sent_bytes_per_second": _rounded(hardware.network_sent.figure),
    }


def _ranks(ranks: RanksView) -> dict[str, Any]:
    return {
        "world_size": ranks.world_size,
        "summary": ranks.summary,
        "ranks": [_rank(rank) for rank in sorted(ranks.ranks, key=lambda rank: rank.number)],
    }


def _rank(rank: RankView) -> dict[str, Any]:
    return {
        "rank": rank.number,
        "host": rank.host or None,
        "status": rank.word,
        "step": value(rank.step),
        "behind_steps": value(rank.behind),
        "seconds_per_step": value(rank.step_seconds),
    }


def _gigabytes(figure: Figure) -> float | None:
    return None if figure.value is None else round(figure.value / _GIB, 3)


def _rounded(figure: Figure) -> float | None:
    return None if figure.value is None else round(figure.value, 3)
