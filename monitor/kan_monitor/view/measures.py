"""Gauges of the hardware: a percentage, a size of so much, a level under its limit."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import Figure, Gauge
from kan_monitor.sources.facts import Tail
from kan_monitor.text import gigabytes, percent
from kan_monitor.thresholds import MEMORY_PERCENT, Bands, Severity, classify

_NOTHING: Final = Tail()


def percentage(value: float | None, bands: Bands = (), recent: Tail = _NOTHING) -> Gauge:
    """A percentage, judged by `bands` where there are any."""
    severity, word = classify(bands, value) if bands else ("none", "")
    figure = Figure(value=value, text=percent(value), unit="%", severity=severity, word=word)
    return Gauge(
        figure=figure,
        share=figure,
        fraction=share_of(value, 100),
        recent=recent.values,
        recorded=recent.recorded,
        full=100,
    )


def size(used: int | None, total: int | None, bands: Bands = MEMORY_PERCENT, recent: Tail = _NOTHING) -> Gauge:
    """Memory that is used, of so much."""
    fraction = share_of(used, total)
    share = None if fraction is None else 100 * fraction
    severity, word = classify(bands, share) if bands else ("none", "")
    return Gauge(
        figure=Figure(value=used, text=gigabytes(used), unit="GB", severity=severity, word=word),
        whole=Figure(value=total, text=gigabytes(total), unit="GB"),
        share=Figure(value=share, text=percent(share), unit="%"),
        fraction=fraction,
        recent=recent.values,
        recorded=recent.recorded,
        full=total,
    )


def level(
    value: float | None,
    limit: float | None,
    unit: str,
    judgement: tuple[Severity, str] = ("none", ""),
    *,
    scale: float | None = None,
    note: str = "",
    recent: Tail = _NOTHING,
) -> Gauge:
    """A level whose bar is full at `scale`, or, without one, at its limit; only then is it a share of it."""
    severity, word = judgement
    fraction = share_of(value, scale or limit)
    share = None if fraction is None or scale else 100 * fraction
    return Gauge(
        figure=Figure(value=value, text=percent(value), unit=unit, severity=severity, word=word),
        whole=Figure(value=limit, text=percent(limit), unit=unit),
        share=Figure(value=share, text=percent(share), unit="%"),
        fraction=fraction,
        note=note,
        recent=recent.values,
        recorded=recent.recorded,
        full=scale or limit,
    )


def share_of(value: float | None, whole: float | None) -> float | None:
    """`value` as a share of `whole`, 0 … 1; unknown where either is."""
    return min(1.0, max(0.0, value / whole)) if value is not None and whole else None
