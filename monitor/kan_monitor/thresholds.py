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
#: Of a temperature whose card says where it slows down: that many degrees below, it needs a look.
_NEAR_THROTTLE_CELSIUS: Final = 10.0
#: Cards that only say where they switch off slow down some degrees earlier.
_THROTTLE_BEFORE_SHUTDOWN_CELSIUS: Final = 5.0
FREE_DISK_GIGABYTES: Final[Bands] = (
    Band(1, False, "bad", "disk full"),
    Band(10, False, "warn", "low"),
    Band(_REST, True, "good", ""),
)
#: 0.001 … 0.1 has no colour in the specification.
GRADIENT_NORM: Final[Bands] = (
    Band(0.001, False, "info", "vanishing"),
    Band(0.1, False, "none", ""),
    Band(10, True, "good", "healthy"),
    Band(100, True, "warn", "high"),
    Band(_REST, True, "bad", "exploding"),
)
#: Of the inputs of a layer of splines, how many lie on their grid: of the first one, which is given data.
COVERAGE_PERCENT: Final[Bands] = (
    Band(50, False, "bad", "very low"),
    Band(90, False, "warn", "low"),
    Band(_REST, True, "good", ""),
)
#: And of the others, which are given what those in front of them learn. Measured on digits, half of it on a fine grid
#: learns better than all of it on a coarse one, and a tenth of it worse.
HIDDEN_COVERAGE_PERCENT: Final[Bands] = (
    Band(10, False, "bad", "very low"),
    Band(40, False, "warn", "low"),
    Band(_REST, True, "good", ""),
)
MATCH_PERCENT: Final[Bands] = (
    Band(50, False, "bad", "poor"),
    Band(80, False, "warn", "partial"),
    Band(_REST, True, "good", "good"),
)


def temperature_bands(throttle_celsius: float | None, shutdown_celsius: float | None) -> Bands:
    """The bands of a card's temperature by its driver's own limits; the specification's where it gives none."""
    limit = throttle_celsius
    if limit is None and shutdown_celsius is not None:
        limit = shutdown_celsius - _THROTTLE_BEFORE_SHUTDOWN_CELSIUS
    if limit is None:
        return TEMPERATURE_CELSIUS
    return (
        Band(limit - _NEAR_THROTTLE_CELSIUS, False, "good", ""),
        Band(limit, False, "warn", "warm"),
        Band(_REST, True, "bad", "hot"),
    )


def coverage_bands(layer: int) -> Bands:
    """What the coverage of a layer, counted from 0, is judged by."""
    return HIDDEN_COVERAGE_PERCENT if layer else COVERAGE_PERCENT


def classify(bands: Bands, value: float | None) -> tuple[Severity, str]:
    """The severity of `value` and its word; unknown has none, NaN is bad."""
    if value is None:
        return "none", ""
    if math.isnan(value):
        return "bad", "not finite"
    for band in bands:
        if value < band.limit or (band.closed and value == band.limit):
            return band.severity, band.word
    return bands[-1].severity, bands[-1].word
