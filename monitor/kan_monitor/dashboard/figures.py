"""What all parts of a dashboard are made of: figures, and shares of a whole."""

from __future__ import annotations

from msgspec import Struct

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
