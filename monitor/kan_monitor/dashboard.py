"""What the dashboard says, as data: every figure formatted once, every severity decided. Drawing only places it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kan_monitor.sources.facts import Condition
from kan_monitor.text import UNKNOWN
from kan_monitor.thresholds import Severity


class Figure(Struct, frozen=True, kw_only=True):
    """One figure: its value as a number, and as it is written; `word` says its severity where there is no colour."""

    value: float | None = None
    text: str = UNKNOWN
    unit: str = ""
    severity: Severity = "none"
    word: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


class Gauge(Struct, frozen=True, kw_only=True):
    """A figure as a share of a whole: `fraction` is 0 … 1, `whole` is the whole, `share` the percentage.

    `recent` is what it was over the last minutes, a value a second, where that was recorded, the last ones of
    `recorded` in all; its bar is full at `full`, at its own largest value where there is none.
    """

    figure: Figure = Figure()
    whole: Figure = Figure()
    share: Figure = Figure()
    fraction: float | None = None
    note: str = ""
    recent: tuple[float, ...] = ()
    recorded: int = 0
    full: float | None = None


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


class GpuView(Struct, frozen=True, kw_only=True):
    """One GPU."""

    index: int
    name: str
    #: Its host, where the run has GPUs on several.
    host: str = ""
    utilization: Gauge
    memory: Gauge
    temperature: Gauge
    power: Gauge
    clock: Gauge
    energy: Figure
    #: What holds its clocks down; `None` where the card does not say.
    throttle_reasons: tuple[str, ...] | None
    throttle_severity: Severity


class RankView(Struct, frozen=True, kw_only=True):
    """One of the processes that train together; `word` says how it is."""

    number: int
    host: str
    word: str
    mark: str
    severity: Severity
    step: Figure
    #: Steps behind the one that is furthest.
    behind: Figure
    step_seconds: Figure


class RanksView(Struct, frozen=True, kw_only=True):
    """All of them, those that need a look first; `summary` is the sum in a few words."""

    world_size: int
    summary: str
    severity: Severity
    ranks: tuple[RankView, ...]


class HardwareView(Struct, frozen=True, kw_only=True):
    """The machine that trains; the worst GPU comes first."""

    host: str
    #: When all of this was so, where that is past; empty while it is.
    as_of: str
    as_of_clock: str
    #: How old it is.
    age: Figure
    gpus: tuple[GpuView, ...]
    problem: str
    #: What all GPUs of the run have used over all its segments, and how many watts that is on average.
    energy: Figure
    mean_power: Figure
    ranks: RanksView | None
    cpu: Gauge
    memory: Gauge
    swap: Gauge
    #: What the training process itself keeps in memory.
    process_memory: Figure
    #: Room on the disk of the run: what is free, of how much.
    disk: Gauge
    disk_read: Gauge
    disk_write: Gauge
    network_received: Gauge
    network_sent: Gauge


#: Of both texts, of the target alone, or of what was generated alone.
Kind = Literal["same", "missing", "extra"]


class Piece(Struct, frozen=True):
    """A piece of two texts that are compared."""

    kind: Kind
    text: str


class SampleView(Struct, frozen=True, kw_only=True):
    """One sample."""

    step: Figure
    position: str
    input: str
    target: str
    generated: str
    match: Gauge
    #: The target against what was generated, word by word; empty where they are the same, or have too little in common.
    difference: tuple[Piece, ...] = ()
    #: How well the samples did so far, 0 … 1, oldest first.
    matches: tuple[float | None, ...] = ()


class EventView(Struct, frozen=True, kw_only=True):
    """One event."""

    time: str
    #: Unix time.
    seconds: float
    mark: str
    text: str
    severity: Severity
    step: int | None


class AlertView(Struct, frozen=True, kw_only=True):
    """Something that is wrong: what it is, what shows it, and what to do about it."""

    key: str
    kind: str
    mark: str
    severity: Severity
    verdict: str
    evidence: str
    action: str
    #: When it began, and when it was so last where that is another minute.
    time: str
    #: Whether it has passed; how many times it began.
    over: bool
    count: int
    first_step: int | None
    first_seconds: float
    last_step: int | None
    last_seconds: float


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
    #: Why the monitor ends here, where it was told to.
    failure: str = ""
