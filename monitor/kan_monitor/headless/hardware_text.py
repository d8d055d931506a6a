"""The hardware in the text format: a line a GPU, one for the host, and what the ranks and the energy amount to."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import Gauge, GpuView, HardwareView, RanksView, RankView
from kan_monitor.headless.words import if_known, joined, word
from kan_monitor.text import UNKNOWN

_RANKS_AT_ONCE: Final = 8


def hardware_lines(hardware: HardwareView) -> list[str]:
    """The GPUs, the worst first, the host, and the ranks; nothing of what is not known."""
    lines = [f"Hardware {hardware.as_of}"] if hardware.as_of else []
    if hardware.gpus:
        numbered = len(hardware.gpus) > 1 or bool(hardware.problem)
        lines += [_gpu(gpu, numbered=numbered) for gpu in hardware.gpus]
        lines += [f"! {hardware.problem}"] if hardware.problem else []
        lines += [_host(hardware)]
    elif hardware.problem or _host(hardware):
        lines += [joined((f"GPU: {hardware.problem or UNKNOWN}", _host(hardware)))]
    lines += [_energy(hardware), *_ranks(hardware.ranks)]
    return [line for line in lines if line]


def _host(hardware: HardwareView) -> str:
    cpu, memory, swap, disk = hardware.cpu, hardware.memory, hardware.swap, hardware.disk
    known = cpu.figure.known or memory.figure.known
    return joined(
        (
            f"CPU: {cpu.figure.text}%{if_known(' of ', cpu.whole, f' {cpu.whole.unit}')}" if known else "",
            f"RAM: {memory.figure.text}/{memory.whole.text}GB" if known else "",
            f"Swap: {swap.figure.text}/{swap.whole.text}GB" if swap.whole.value else "",
            if_known("Trainer: ", hardware.process_memory, "GB"),
            if_known("Disk free: ", disk.figure, f"/{disk.whole.text}GB{word(disk.figure)}"),
            _flow("Read", hardware.disk_read),
            _flow("Write", hardware.disk_write),
            _flow("Net in", hardware.network_received),
            _flow("Net out", hardware.network_sent),
        )
    )


def _flow(label: str, gauge: Gauge) -> str:
    return if_known(f"{label}: ", gauge.figure, gauge.figure.unit)


def _energy(hardware: HardwareView) -> str:
    used, mean = hardware.energy, hardware.mean_power
    return joined((if_known("Energy: ", used, used.unit), if_known("Mean: ", mean, mean.unit)))


def _ranks(ranks: RanksView | None) -> list[str]:
    """All ranks in a few words, and a line for each that needs a look."""
    if ranks is None:
        return []
    troubled = [rank for rank in ranks.ranks if rank.severity in ("warn", "bad")][:_RANKS_AT_ONCE]
    return [ranks.summary, *map(_rank, troubled)]


def _rank(rank: RankView) -> str:
    parts = (if_known("step ", rank.step), if_known("", rank.behind, " behind"), rank.host)
    return joined((f"Rank {rank.number}: {rank.word}", *parts))


def _gpu(gpu: GpuView, *, numbered: bool) -> str:
    label = f"GPU {gpu.host} {gpu.index}" if gpu.host else f"GPU {gpu.index}" if numbered else "GPU"
    memory, power, temperature, clock = gpu.memory, gpu.power, gpu.temperature, gpu.clock
    throttle = if_known(" (throttle ", temperature.whole, "°C)")
    return joined(
        (
            f"{label}: {gpu.name}",
            f"Util: {gpu.utilization.figure.text}%",
            f"VRAM: {memory.figure.text}/{memory.whole.text}GB ({memory.share.text}%){word(memory.figure)}",
            f"Temp: {temperature.figure.text}°C{word(temperature.figure)}{throttle}",
            f"Power: {power.figure.text}W/{power.whole.text}W{word(power.figure)}",
            if_known("Clock: ", clock.figure, f"/{clock.whole.text}MHz"),
            if_known("Used: ", gpu.energy, gpu.energy.unit),
            f"Throttled: {', '.join(gpu.throttle_reasons)}" if gpu.throttle_reasons else "",
        )
    )
