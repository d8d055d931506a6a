"""When a figure is good, when it needs a look, when it is bad: one table, as the specification has it (F §10.3)."""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

#: `great`, `good`, `warn`, `bad` and `info` are drawn bright green, green, yellow, red and blue; `none` says nothing.
Severity = Literal["none", "great", "good", "warn", "bad", "info"]


class Band(NamedTuple):
    """Values up to `limit` (itself too, if `closed`) have this severity; the word says it where there is no colour."""

    limit: float
    closed: bool
    severity: Severity
    word: str


Bands = tuple[Band, ...]
_REST: Final = math.inf

UTILIZATION_PERCENT: Final[Bands] = (
    Band(50, False, "warn", "underused"),
    Band(85, True, "good", ""),
    Band(_REST, True, "great", ""),
)
MEMORY_PERCENT: Final[Bands] = (
    Band(70, False, "good", ""),
    Band(90, True, "warn", "high"),
    Band(_REST, True, "bad", "OOM risk"),
)
TEMPERATURE_CELSIUS: Final[Bands] = (
    Band(60, False, "good", ""),
    Band(80, True, "warn", "warm"),
    Band(_REST, True, "bad", "hot"),
)
POWER_PERCENT: Final[Bands] = (
    Band(70, False, "good", ""),
    Band(90, True, "warn", "high"),
    Band(_REST, True, "bad", "at limit"),
)
#: 0.001 … 0.1 has no colour in the specification.
GRADIENT_NORM: Final[Bands] = (
    Band(0.001, False, "info", "vanishing"),
    Band(0.1, False, "none", ""),
    Band(10, True, "good", "healthy"),
    Band(100, True, "warn", "high"),
    Band(_REST, True, "bad", "exploding"),
)
MATCH_PERCENT: Final[Bands] = (
    Band(50, False, "bad", "poor"),
    Band(80, False, "warn", "partial"),
    Band(_REST, True, "good", "good"),
)


def classify(bands: Bands, value: float | None) -> tuple[Severity, str]:
    """The severity of `value` and its word; unknown has none, NaN is bad."""
    if value is None:
        return "none", ""
    if math.isnan(value):
        return "bad", "NaN"
    for band in bands:
        if value < band.limit or (band.closed and value == band.limit):
            return band.severity, band.word
    return bands[-1].severity, bands[-1].word
