"""What a source says about a run at one moment, and what a source is."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from kan_shared.errors import KanError
from kan_shared.journal import Event, Sample
from kan_shared.liveness import Liveness
from kan_shared.series import Record, SeriesFile
from kan_shared.state import State

#: `waiting` before there is a state at all.
Condition = Liveness | Literal["waiting"]


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
    recent: Recent = Recent()


class Source(Protocol):
    """A run to be watched."""

    def poll(self, now: float) -> Facts:
        """Looks once, at unix time `now`; never raises."""

    def series(self, name: str) -> SeriesFile:
        """The series `name`, which may be empty or missing."""
