"""What came of it so far: samples, events, alerts."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kan_monitor.dashboard.figures import Figure, Gauge
from kan_monitor.thresholds import Severity

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
