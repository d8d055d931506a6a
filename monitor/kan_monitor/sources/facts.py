"""What a source says about a run at one moment, and what a source is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.journal import Event, Sample
from kan_shared.liveness import Liveness
from kan_shared.series import SeriesFile
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
