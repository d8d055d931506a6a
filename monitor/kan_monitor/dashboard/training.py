"""How the training is: the header, the loss, the progress."""

from __future__ import annotations

from msgspec import Struct

from kan_monitor.dashboard.figures import Figure, Gauge
from kan_monitor.sources.facts import Condition
from kan_monitor.thresholds import Severity


class Badge(Struct, frozen=True, kw_only=True):
    """The condition of the run in a word and a mark."""

    condition: Condition
    word: str
    mark: str
    severity: Severity
    detail: str = ""


class Trend(Struct, frozen=True, kw_only=True):
    """Where the loss is going."""

    word: str | None = None
    mark: str = ""
    severity: Severity = "none"


class HeaderView(Struct, frozen=True, kw_only=True):
    """Which run, how it is, when it is done."""

    name: str
    subtitle: str
    badge: Badge
    elapsed: Figure
    eta: Figure
    #: Between what times it is likely to be, and the clock then; unknown where the pace has not been seen for long.
    eta_low: Figure = Figure()
    eta_high: Figure = Figure()
    finish: str
    #: The middle of it, in ISO 8601.
    finish_time: str = ""
    #: How many alerts there are, those that are over aside.
    alarm: Figure = Figure()


class LossView(Struct, frozen=True, kw_only=True):
    """The loss and where it is going; the curves themselves are the chart's."""

    #: The series that the run is judged by, by its own name, and how it is called on the screen.
    series: str | None
    label: str
    #: What it is: loss, or its own name where it is none.
    title: str
    note: str
    train: Figure
    trend: Trend
    change: Figure
    validation: Figure
    best: Figure
    best_step: Figure


class NamedFigure(Struct, frozen=True, kw_only=True):
    """A metric of the run's own."""

    name: str
    figure: Figure
    best: Figure


class ProgressView(Struct, frozen=True, kw_only=True):
    """How far, how fast, and the figures of training beside the loss."""

    epoch: Gauge
    step: Gauge
    learning_rate: Figure
    learning_rate_mark: str
    learning_rates: tuple[float, ...]
    #: What is planned for the rest of the run, as evenly spaced as what was; empty where nothing is.
    learning_rates_ahead: tuple[float, ...]
    #: The whole plan, as (step, rate).
    learning_rate_plan: tuple[tuple[int, float], ...]
    gradient_norm: Figure
    throughput: Figure
    steps_per_second: Figure
    epoch_duration: Figure
    metrics: tuple[NamedFigure, ...]
