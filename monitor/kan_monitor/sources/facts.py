"""What a source says about a run at one moment, and what a source is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.journal import Event, Sample
from kan_shared.liveness import Liveness
from kan_shared.network import Network
from kan_shared.series import Record, SeriesFile
from kan_shared.state import State

#: `waiting` before there is a state at all.
Condition = Liveness | Literal["waiting"]


class Tail(NamedTuple):
    """The last values of a series, oldest first, and how many it has in all."""

    values: tuple[float, ...] = ()
    recorded: int = 0


class RankFacts(Struct, frozen=True, kw_only=True):
    """One of the processes that train together, beside the first."""

    number: int
    state: State
    condition: Liveness


class Recent(Struct, frozen=True, kw_only=True):
    """What alerts and the forecast are made from: records, oldest first, none that a resume has overwritten."""

    #: Of the series that the run is judged by: all since the last look, and what came right before them.
    losses: tuple[Record, ...] = ()
    validation_losses: tuple[Record, ...] = ()
    gradient_norms: tuple[Record, ...] = ()
    #: Of the first of them, evenly spaced: over the whole run,
    history: tuple[Record, ...] = ()
    #: over the latter half of its latest segment,
    pace: tuple[Record, ...] = ()
    #: and over its last seconds.
    latest: tuple[Record, ...] = ()
    #: The last record of every other metric that is not finite among the latest ones.
    not_finite: tuple[tuple[str, Record], ...] = ()
    #: Memory in use over the last minutes, evenly spaced, by GPU; that of the host is under `None`.
    memory_bytes: dict[int | None, tuple[Record, ...]] = {}


class Facts(Struct, frozen=True, kw_only=True):
    """All that a view of one run is made from, its charts excepted."""

    #: Where it is, as the user named it.
    place: str
    condition: Condition = "waiting"
    state: State | None = None
    #: Why the source cannot be read as it stands; `state` is then the last good one.
    problem: KanError | None = None
    #: The most recent ones, oldest first.
    events: tuple[Event, ...] = ()
    samples: tuple[Sample, ...] = ()
    #: Values of the main loss over the recent past, evenly spaced, for its trend.
    recent_losses: tuple[float, ...] = ()
    #: The learning rate over the whole run, evenly spaced.
    learning_rates: tuple[float, ...] = ()
    #: What the hardware did over the last minutes, by series, a value a second; empty where nobody asked for it.
    recent_hardware: Mapping[str, Tail] = {}
    #: The ranks beside the first, in their order.
    ranks: tuple[RankFacts, ...] = ()
    recent: Recent = Recent()
    #: What it has learned so far, of a run that trains a Kolmogorov-Arnold network and shows it.
    network: Network | None = None


class Source(Protocol):
    """A run to be watched.

    Attributes:
        experiment: Where its files can be read.
    """

    experiment: Experiment

    def poll(self, now: float) -> Facts:
        """Looks once, at unix time `now`; never raises."""

    def series_names(self) -> tuple[str, ...]:
        """The names of all series that there are now."""

    def series(self, name: str) -> SeriesFile:
        """The series `name`, which may be empty or missing."""
