"""The machine that trains, or all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kan_monitor.dashboard import Figure, Gauge, GpuView, HardwareView
from kan_monitor.sources.facts import Facts, Tail
from kan_monitor.sources.hardware import gpu_series
from kan_monitor.text import age, clock, count, energy, percent
from kan_monitor.thresholds import (
    POWER_PERCENT,
    UTILIZATION_PERCENT,
    Severity,
    classify,
    temperature_bands,
)
from kan_monitor.view.host import Recent, host_figures
from kan_monitor.view.measures import level, percentage, size
from kan_monitor.view.ranks import ranks_view
from kan_shared.liveness import HEARTBEAT_LIMIT_SECONDS
from kan_shared.ranks import all_gpus, total_energy_joules
from kan_shared.state import Gpu, State, Telemetry
from kan_shared.text import safe_line

_URGENCY: Final[dict[Severity, int]] = {"bad": 0, "warn": 1}
#: The scale of the temperature bar, as in the specification's picture.
_FULL_CELSIUS: Final = 100.0
#: Reasons that are a trouble of the machine, not a limit that somebody has set.
_GRAVE: Final = ("thermal", "hardware", "brake")

_LONG_AGO_SECONDS: Final = 60.0


def hardware_view(facts: Facts, now: float, utc_offset_seconds: int) -> HardwareView:
    """The hardware of `facts`; a GPU that needs a look comes before one that does not."""
    state = facts.state
    telemetry = state.telemetry if state else None
    seconds = max(0.0, now - telemetry.seconds) if telemetry else None
    return HardwareView(
        host=safe_line(state.producer.host, 60) if state else "",
        **_as_of(facts, telemetry, now, utc_offset_seconds),
        age=Figure(value=seconds, text=age(seconds)) if seconds is not None else Figure(),
        gpus=_gpus(facts, state) if state else (),
        problem=safe_line(telemetry.gpu_problem or "") if telemetry else "",
        **_energy(facts, state, telemetry),
        ranks=ranks_view(facts, now),
        **host_figures(telemetry, facts.recent_hardware),
    )


def _as_of(facts: Facts, telemetry: Telemetry | None, now: float, offset: int) -> Mapping[str, Any]:
    """When what is shown was so, where it is no more: the run has ended or died, or its driver hangs."""
    if telemetry is None:
        return {"as_of": "", "as_of_clock": ""}
    silence = now - telemetry.seconds
    if facts.condition in ("running", "slow", "paused") and silence <= HEARTBEAT_LIMIT_SECONDS:
        return {"as_of": "", "as_of_clock": ""}
    at = clock(telemetry.seconds, offset)
    ago = f", {age(silence)} ago" if silence >= _LONG_AGO_SECONDS else ""  # one that never stands still helps nobody
    return {"as_of": f"as of {at}{ago}", "as_of_clock": at}


def _gpus(facts: Facts, state: State) -> tuple[GpuView, ...]:
    """The GPUs of all ranks, each once."""
    found = all_gpus([state, *(rank.state for rank in facts.ranks)])
    here, several = state.producer.host, len({host for host, _ in found}) > 1
    views = [
        _gpu(gpu, safe_line(host, 60) if several else "", facts.recent_hardware if host == here else {})
        for (host, _), gpu in found.items()
    ]
    return tuple(sorted(views, key=_urgency))


def _gpu(gpu: Gpu, host: str, recent: Recent) -> GpuView:
    def lately(figure: str) -> Tail:
        return recent.get(gpu_series(gpu.index, figure), Tail())

    reasons = gpu.throttle_reasons
    degrees, watts, limit = gpu.temperature_celsius, gpu.power_watts, gpu.power_limit_watts
    limits = temperature_bands(gpu.throttle_celsius, gpu.shutdown_celsius)
    return GpuView(
        index=gpu.index,
        name=safe_line(gpu.name or "GPU", 80),
        host=host,
        utilization=percentage(gpu.utilization_percent, UTILIZATION_PERCENT, lately("utilization_percent")),
        memory=size(gpu.memory_used_bytes, gpu.memory_total_bytes, recent=lately("memory_bytes")),
        temperature=level(
            degrees,
            gpu.throttle_celsius,
            "°C",
            classify(limits, degrees),
            scale=_FULL_CELSIUS,
            note="" if gpu.throttle_celsius is None else f"{percent(gpu.throttle_celsius)} throttle",
            recent=lately("temperature_celsius"),
        ),
        power=level(
            watts,
            limit,
            "W",
            classify(POWER_PERCENT, 100 * min(1.0, watts / limit) if watts is not None and limit else None),
            recent=lately("power_watts"),
        ),
        clock=_clock(gpu),
        energy=energy_figure(gpu.energy_joules),
        throttle_reasons=None if reasons is None else tuple(safe_line(reason, 60) for reason in reasons),
        throttle_severity=_gravity(reasons or ()),
    )


def _clock(gpu: Gpu) -> Gauge:
    now, limit = gpu.clock_megahertz, gpu.clock_limit_megahertz
    return Gauge(
        figure=Figure(value=now, text=_whole(now), unit="MHz"),
        whole=Figure(value=limit, text=_whole(limit), unit="MHz"),
    )


def _whole(value: float | None) -> str:
    return count(None if value is None else round(value))


def _gravity(reasons: tuple[str, ...]) -> Severity:
    if not reasons:
        return "none"
    return "bad" if any(word in reason for reason in reasons for word in _GRAVE) else "warn"


def energy_figure(joules: float | None) -> Figure:
    """Energy in watt hours."""
    text, unit = energy(joules)
    return Figure(value=None if joules is None else joules / 3600, text=text, unit=unit)


def _energy(facts: Facts, state: State | None, telemetry: Telemetry | None) -> Mapping[str, Any]:
    joules = total_energy_joules(state, [rank.state for rank in facts.ranks]) if state else None
    seconds = telemetry.energy_seconds if telemetry else None
    mean = joules / seconds if joules is not None and seconds else None
    return {"energy": energy_figure(joules), "mean_power": Figure(value=mean, text=_whole(mean), unit="W")}


def _urgency(gpu: GpuView) -> tuple[int, int, str, int]:
    gauges = (gpu.memory, gpu.temperature, gpu.power)
    ranks = [_URGENCY.get(figure.severity, 2) for figure in (gauge.figure for gauge in gauges)]
    ranks.append(_URGENCY.get(gpu.throttle_severity, 2))
    return min(ranks), sum(ranks), gpu.host, gpu.index
