"""The host's part of the hardware: processor, memory, disk and network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kan_monitor.dashboard import Figure, Gauge
from kan_monitor.sources.facts import Tail
from kan_monitor.sources.hardware import host_series
from kan_monitor.text import UNKNOWN, amount_a_second, count, gigabytes
from kan_monitor.thresholds import FREE_DISK_GIGABYTES, classify
from kan_monitor.view.measures import percentage, size
from kan_shared.state import Host, Telemetry

#: The values of series over the last minutes, by their names.
Recent = Mapping[str, Tail]


def host_figures(telemetry: Telemetry | None, recent: Recent) -> dict[str, Any]:
    """The fields of the hardware's view that are the host's."""
    host = telemetry.host if telemetry else Host()

    def lately(figure: str) -> Tail:
        return recent.get(host_series(figure), Tail())

    def flow(name: str, value: float | None) -> Gauge:
        text, unit = amount_a_second(value)
        return Gauge(
            figure=Figure(value=value, text=text, unit=unit), recent=lately(name).values, recorded=lately(name).recorded
        )

    cores = host.cpu_cores
    process = host.process_memory_bytes
    return {
        "cpu": msgspec.structs.replace(
            percentage(host.cpu_percent, recent=lately("cpu_percent")),
            whole=Figure(value=cores, text=_cores(cores), unit="core" if cores == 1 else "cores"),
        ),
        "memory": size(
            host.memory_used_bytes,
            host.memory_total_bytes,
            recent=lately("memory_bytes"),
        ),
        "swap": size(host.swap_used_bytes, host.swap_total_bytes, ()),
        "process_memory": Figure(value=process, text=gigabytes(process), unit="GB"),
        "disk": _disk(host),
        "disk_read": flow("disk_read_bytes_per_second", host.disk_read_bytes_per_second),
        "disk_write": flow("disk_write_bytes_per_second", host.disk_write_bytes_per_second),
        "network_received": flow("network_received_bytes_per_second", host.network_received_bytes_per_second),
        "network_sent": flow("network_sent_bytes_per_second", host.network_sent_bytes_per_second),
    }


def _cores(cores: float | None) -> str:
    """Whole processors, or parts of a few: 16, 2.5."""
    return UNKNOWN if cores is None else count(round(cores)) if cores >= 10 else f"{cores:.2g}"


def _disk(host: Host) -> Gauge:
    """What is free on the disk of the run; its bar is what is not."""
    free, total = host.disk_free_bytes, host.disk_total_bytes
    severity, word = classify(FREE_DISK_GIGABYTES, None if free is None else free / 2**30)
    return Gauge(
        figure=Figure(value=free, text=gigabytes(free), unit="GB", severity=severity, word=word),
        whole=Figure(value=total, text=gigabytes(total), unit="GB"),
        fraction=1 - min(1.0, free / total) if free is not None and total else None,
    )
