"""The machine that trains."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import Figure, Gauge, GpuView, HardwareView
from kan_monitor.text import gigabytes, percent
from kan_monitor.thresholds import (
    MEMORY_PERCENT,
    POWER_PERCENT,
    TEMPERATURE_CELSIUS,
    UTILIZATION_PERCENT,
    Bands,
    Severity,
    classify,
)
from kan_shared.state import Gpu, Host, State
from kan_shared.text import safe_line

_URGENCY: Final[dict[Severity, int]] = {"bad": 0, "warn": 1}
#: The scale of the temperature bar, as in the specification's picture.
_FULL_CELSIUS: Final = 100.0


def hardware_view(state: State | None) -> HardwareView:
    """The hardware of `state`; a GPU that needs a look comes before one that does not."""
    telemetry = state.telemetry if state else None
    host = telemetry.host if telemetry else Host()
    gpus = [_gpu(gpu) for gpu in telemetry.gpus] if telemetry else []
    return HardwareView(
        host=safe_line(state.producer.host, 60) if state else "",
        gpus=tuple(sorted(gpus, key=_urgency)),
        problem=safe_line(telemetry.gpu_problem or "") if telemetry else "",
        cpu=_percentage(host.cpu_percent, ()),
        memory=_memory(host.memory_used_bytes, host.memory_total_bytes),
    )


def _gpu(gpu: Gpu) -> GpuView:
    return GpuView(
        index=gpu.index,
        name=safe_line(gpu.name or "GPU", 80),
        utilization=_percentage(gpu.utilization_percent, UTILIZATION_PERCENT),
        memory=_memory(gpu.memory_used_bytes, gpu.memory_total_bytes),
        temperature=_temperature(gpu),
        power=_power(gpu),
    )


def _percentage(value: float | None, bands: Bands) -> Gauge:
    severity, word = classify(bands, value) if bands else ("none", "")
    figure = Figure(value=value, text=percent(value), unit="%", severity=severity, word=word)
    return Gauge(figure=figure, share=figure, fraction=None if value is None else value / 100)


def _memory(used: int | None, total: int | None) -> Gauge:
    fraction = min(1.0, used / total) if used is not None and total else None
    share = None if fraction is None else 100 * fraction
    severity, word = classify(MEMORY_PERCENT, share)
    return Gauge(
        figure=Figure(value=used, text=gigabytes(used), unit="GB", severity=severity, word=word),
        whole=Figure(value=total, text=gigabytes(total), unit="GB"),
        share=Figure(value=share, text=percent(share), unit="%"),
        fraction=fraction,
    )


def _temperature(gpu: Gpu) -> Gauge:
    value, throttle = gpu.temperature_celsius, gpu.throttle_celsius
    severity, word = classify(TEMPERATURE_CELSIUS, value)
    return Gauge(
        figure=Figure(value=value, text=percent(value), unit="°C", severity=severity, word=word),
        whole=Figure(value=throttle, text=percent(throttle), unit="°C"),
        fraction=None if value is None else min(1.0, max(0.0, value / _FULL_CELSIUS)),
        note="" if throttle is None else f"{percent(throttle)} throttle",
    )


def _power(gpu: Gpu) -> Gauge:
    watts, limit = gpu.power_watts, gpu.power_limit_watts
    fraction = min(1.0, watts / limit) if watts is not None and limit else None
    share = None if fraction is None else 100 * fraction
    severity, word = classify(POWER_PERCENT, share)
    return Gauge(
        figure=Figure(value=watts, text=percent(watts), unit="W", severity=severity, word=word),
        whole=Figure(value=limit, text=percent(limit), unit="W"),
        share=Figure(value=share, text=percent(share), unit="%"),
        fraction=fraction,
    )


def _urgency(gpu: GpuView) -> tuple[int, int]:
    gauges = (gpu.memory, gpu.temperature, gpu.power)
    return min(_URGENCY.get(gauge.figure.severity, 2) for gauge in gauges), gpu.index
