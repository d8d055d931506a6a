"""Gradients that explode or vanish, by the table of thresholds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from kan_monitor.alerts.finding import Finding
from kan_monitor.alerts.level import Excursion, excursions
from kan_monitor.forecast import median
from kan_monitor.text import count, number
from kan_monitor.thresholds import GRADIENT_NORM, classify
from kan_shared.series import Record

#: One step is an explosion when it is so many times what is usual; a level is one without that.
_EXPLOSION_RATIO: Final = 3.0
_LATEST: Final = 32


def exploding(norms: Sequence[Record]) -> Iterator[Finding]:
    """Steps whose norm is in the table's worst band and far out of the usual, or a level that is."""
    bursts = [
        burst for burst in excursions(norms, least_ratio=_EXPLOSION_RATIO) if _word(burst.peak.value) == "exploding"
    ]
    yield from map(_burst, bursts)
    level = _level(norms)
    if level is not None and _word(level) == "exploding" and not (bursts and bursts[-1].goes_on):
        evidence = f"norm {number(level, 3)}, the median of the last {_LATEST} records"
        yield _exploding("gradients are exploding", evidence, norms[-1])


def vanishing(norms: Sequence[Record]) -> Iterator[Finding]:
    """The level of the norm is in the table's lowest band."""
    level = _level(norms)
    if level is not None and _word(level) == "vanishing":
        yield Finding(
            key="gradients vanish",
            kind="gradients",
            severity="info",
            verdict="gradients are vanishing",
            evidence=f"norm {number(level, 3)}, the median of the last {_LATEST} records",
            action="fine once the loss has converged; else look at the initialisation",
            last_step=norms[-1].step,
            last_seconds=norms[-1].seconds,
        )


def _exploding(verdict: str, evidence: str, last: Record) -> Finding:
    return Finding(
        key="gradients explode",
        kind="gradients",
        severity="bad",
        verdict=verdict,
        evidence=evidence,
        action="lower the learning rate or clip gradients",
        last_step=last.step,
        last_seconds=last.seconds,
    )


def _burst(burst: Excursion) -> Finding:
    times = f", {burst.ratio:.0f}× its median" if burst.ratio else ""
    verdict = "gradients are exploding" if burst.goes_on else "gradients exploded"
    found = _exploding(
        verdict, f"norm {number(burst.peak.value, 3)} at step {count(burst.peak.step)}{times}", burst.last
    )
    return replace(found, step=burst.first.step, seconds=burst.first.seconds, over=not burst.goes_on)


def _level(norms: Sequence[Record]) -> float | None:
    latest = [record.value for record in norms[-_LATEST:] if math.isfinite(record.value)]
    return median(latest) if len(latest) == _LATEST else None


def _word(norm: float) -> str:
    return classify(GRADIENT_NORM, norm)[1]
