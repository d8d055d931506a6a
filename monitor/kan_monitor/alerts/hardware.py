"""Memory that runs out, GPUs that run hot or are slowed down."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_monitor.alerts.level import grouped
from kan_monitor.forecast import median, remaining_seconds, steady_slope
from kan_monitor.sources.facts import Facts
from kan_monitor.text import age, gigabytes, percent
from kan_monitor.thresholds import TEMPERATURE_CELSIUS, classify
from kan_shared.series import Record
from kan_shared.state import Gpu, Telemetry

#: A memory is said to run out when it does so within this time, and before the run is over.
_HORIZON_SECONDS: Final = 3600.0
_SOON_SECONDS: Final = 600.0
_FULL_SHARE: Final = 0.98
#: Growth is believed after so long, over so many records.
_WATCHED_SECONDS: Final = 45.0
_WATCHED_RECORDS: Final = 16
_GROUPS: Final = 8
#: The driver slows a card down from its limit on; so close to it is hot.
_NEAR_LIMIT_CELSIUS: Final = 2.0
#: Of the words for what slows a card down, those for trouble: a power cap is a choice.
_TROUBLE: Final = ("therm", "slowdown", "brake")


def running_out(facts: Facts) -> Iterator[Finding]:
    """Memory of a GPU or of the host that will be full before long, or is."""
    state = facts.state
    if state is None or state.telemetry is None:
        return
    left = remaining_seconds(state)
    for device, used, total in _memories(state.telemetry):
        if used is not None and total:
            seconds = seconds_to_full(facts.recent.memory_bytes.get(device, ()), used, total)
            soon = seconds is not None and seconds < min(_HORIZON_SECONDS, math.inf if left is None else left)
            if soon or used >= _FULL_SHARE * total:
                yield _memory(device, used, total, seconds if soon else None)


def seconds_to_full(records: Sequence[Record], used: int, total: int) -> float | None:
    """When a memory that has grown as `records` say is full; `None` where it does not grow steadily.

    The slope is a median of slopes, of the whole time and of its last third: what was taken once, or comes and goes, is
    no growth. Nor is what is taken before the run makes its first step.
    """
    own = [record for record in records if record.segment == records[-1].segment]
    own = [record for record in own if record.step > own[0].step]
    if len(own) < _WATCHED_RECORDS or own[-1].seconds - own[0].seconds < _WATCHED_SECONDS:
        return None
    slopes = [_slope(own), _slope(own[-len(own) // 3 :])]
    return max(0.0, (total - used) / min(slopes)) if min(slopes) > 0 else None


def too_hot(telemetry: Telemetry) -> Iterator[Finding]:
    """GPUs at their driver's limit, or in the table's worst band where they name none."""
    for gpu in filter(_is_hot, telemetry.gpus):
        limit = gpu.throttle_celsius
        yield Finding(
            key=f"heat {gpu.index}",
            kind="heat",
            severity="bad",
            verdict=f"GPU {gpu.index} is too hot",
            evidence=f"{percent(gpu.temperature_celsius)} °C"
            + ("" if limit is None else f", its driver slows it down at {percent(limit)} °C"),
            action="look at its fans and its air, or lower its power limit",
        )


def slowed_down(gpu: int, reasons: Sequence[str]) -> Iterator[Finding]:
    """A GPU whose driver says that it slows it down for trouble, by its words for why."""
    trouble = [reason for reason in reasons if any(word in reason.lower() for word in _TROUBLE)]
    if trouble:
        yield Finding(
            key=f"throttled {gpu}",
            kind="heat",
            severity="warn",
            verdict=f"GPU {gpu} is slowed down",
            evidence=", ".join(trouble),
            action="look at its cooling and its power supply",
        )


def throttle_reasons(gpu: Gpu) -> Sequence[str]:
    """What slows `gpu` down, as its state says; nothing where it does not."""
    return getattr(gpu, "throttle_reasons", None) or ()


def _is_hot(gpu: Gpu) -> bool:
    value, limit = gpu.temperature_celsius, gpu.throttle_celsius
    if value is None or limit is None:
        return classify(TEMPERATURE_CELSIUS, value)[0] == "bad"
    return value >= limit - _NEAR_LIMIT_CELSIUS


def _memories(telemetry: Telemetry) -> Iterator[tuple[int | None, int | None, int | None]]:
    for gpu in telemetry.gpus:
        yield gpu.index, gpu.memory_used_bytes, gpu.memory_total_bytes
    yield None, telemetry.host.memory_used_bytes, telemetry.host.memory_total_bytes


def _slope(records: Sequence[Record]) -> float:
    """Bytes a second that a memory grows by, zero where chance would do as well."""
    groups = grouped(records, _GROUPS)
    return steady_slope([(median(r.seconds for r in g), median(r.value for r in g)) for g in groups])


def _memory(device: int | None, used: int, total: int, seconds: float | None) -> Finding:
    place = "the host" if device is None else f"GPU {device}"
    filling = f", full in about {age(seconds)}" if seconds is not None else ""
    grave = seconds is None or seconds < _SOON_SECONDS
    return Finding(
        key=f"oom {'host' if device is None else device}",
        kind="oom",
        severity="bad" if grave else "warn",
        verdict=f"memory of {place} runs out" if seconds is not None else f"memory of {place} is nearly full",
        evidence=f"{gigabytes(used)} of {gigabytes(total)} GB in use{filling}",
        action="look for what keeps tensors alive, or take a smaller batch"
        if device is not None
        else "look at what the data loader keeps: the kernel kills a run",
    )
