"""What the dashboard says, as data: every figure formatted once, every severity decided. Drawing only places it."""

from __future__ import annotations

from msgspec import Struct

from kan_monitor.dashboard.figures import Figure, Gauge
from kan_monitor.dashboard.hardware import GpuView, HardwareView, RanksView, RankView
from kan_monitor.dashboard.network import EdgeView, LayerView, NetworkView
from kan_monitor.dashboard.story import AlertView, EventView, Kind, Piece, SampleView
from kan_monitor.dashboard.training import Badge, HeaderView, LossView, NamedFigure, ProgressView, Trend

__all__ = [
    "AlertView",
    "Badge",
    "Dashboard",
    "EdgeView",
    "EventView",
    "Figure",
    "Gauge",
    "GpuView",
    "HardwareView",
    "HeaderView",
    "Kind",
    "LayerView",
    "LossView",
    "NamedFigure",
    "NetworkView",
    "Piece",
    "ProgressView",
    "RankView",
    "RanksView",
    "SampleView",
    "StatusView",
    "Trend",
]


class StatusView(Struct, frozen=True, kw_only=True):
    """The line at the bottom: the sum of it all, and what is wrong with what is shown."""

    frame: int
    age: Figure
    problem: str
    lost: str


class Dashboard(Struct, frozen=True, kw_only=True):
    """One frame."""

    now: float
    #: Of the clock on the wall of the one who looks.
    utc_offset_seconds: int = 0
    header: HeaderView
    loss: LossView
    progress: ProgressView
    hardware: HardwareView
    sample: SampleView | None
    sample_count: int
    events: tuple[EventView, ...]
    event_count: int
    status: StatusView
    #: Those that go on before those that are over, the gravest first.
    alerts: tuple[AlertView, ...] = ()
    #: What a Kolmogorov-Arnold network has learned so far, where the run shows that.
    network: NetworkView | None = None
    #: Why the monitor ends here, where it was told to.
    failure: str = ""
