"""Pieces of lines that every form of the hardware panel is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.charts.steady import steady
from kan_monitor.dashboard import Figure, Gauge, GpuView, HardwareView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import figure, ink_of, warning

_NAMED: Final = 8
_SHOWN_SECONDS: Final = 180


def of_whole(gauge: Gauge) -> Line:
    """A figure and the whole that it is a part of."""
    if not gauge.whole.known:
        return figure(gauge.figure)
    value = Span(gauge.figure.text, figure(gauge.figure)[0].ink)
    return [value, Span(f" / {gauge.whole.text} {gauge.whole.unit}", "plain"), *warning(gauge.figure)]


def reasons(gpu: GpuView) -> Line:
    """What holds its clocks down, where anything does."""
    if not gpu.throttle_reasons:
        return []
    return [Span("throttled: ", "label"), Span(", ".join(gpu.throttle_reasons), ink_of(gpu.throttle_severity))]


def throttled(gpus: Sequence[GpuView]) -> Line:
    """Which of several have their clocks held down."""
    slow = sorted((gpu for gpu in gpus if gpu.throttle_reasons), key=lambda gpu: gpu.index)
    if not slow:
        return []
    ink = ink_of("bad" if any(gpu.throttle_severity == "bad" for gpu in slow) else "warn")
    named = ", ".join(str(gpu.index) for gpu in slow[:_NAMED]) + (" …" if len(slow) > _NAMED else "")
    return [Span("throttled: ", "label"), Span(f"GPU {named}" if not slow[0].host else f"{len(slow)} GPUs", ink)]


def rank_summary(hardware: HardwareView) -> Line:
    """The ranks in a few words."""
    ranks = hardware.ranks
    if ranks is None:
        return []
    mark = [Span("! ", ink_of(ranks.severity))] if ranks.severity in ("warn", "bad") else []
    return [*mark, Span(ranks.summary, ink_of(ranks.severity, "plain"))]


def energy(hardware: HardwareView) -> list[Line]:
    """What the run has used, and how many watts that is."""
    if not hardware.energy.known:
        return []
    used: Line = [Span("used ", "label"), *figure(hardware.energy)]
    return [used, [Span("mean ", "label"), *figure(hardware.mean_power)]] if hardware.mean_power.known else [used]


def flows(hardware: HardwareView) -> list[Line]:
    """What goes through disk and network, where it is known."""

    def part(label: str, value: Figure) -> Line:
        return [Span(f"{label} ", "label"), *figure(value, ink="plain")] if value.known else []

    flows = (("read", hardware.disk_read), ("write", hardware.disk_write),
             ("in", hardware.network_received), ("out", hardware.network_sent))  # fmt: skip
    return [line for line in (part(label, gauge.figure) for label, gauge in flows) if line]


def room(hardware: HardwareView) -> Line:
    """What the disk of the run has left, where that is little."""
    free = hardware.disk.figure
    return [Span("disk free ", "label"), *figure(free), *warning(free)] if warning(free) else []


def lately(gauge: Gauge, columns: int) -> list[float | None]:
    """What a gauge was over the last minutes, in so many columns."""
    return steady(gauge.recent, end=gauge.recorded, columns=columns, span=_SHOWN_SECONDS)
