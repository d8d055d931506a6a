"""A run that has become slower than it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_monitor.forecast import median
from kan_monitor.sources.facts import Recent
from kan_monitor.text import percent, rate
from kan_shared.series import Record

#: A step that takes so many times as long as it used to is a drop; the median of fewer steps is a matter of luck.
_SLOWER: Final = 1.6
_LATEST_STEPS: Final = 16
_USUAL_STEPS: Final = 32
#: And for no less than this.
_LEAST_SECONDS: Final = 10.0


def throughput_drop(recent: Recent) -> Iterator[Finding]:
    """The steps of the last seconds against those of the latter half of the segment.

    Each is looked at by its median, which validation and checkpoints, being few and long, do not move.
    """
    latest = recent.latest if len(recent.latest) > _LATEST_STEPS else recent.losses[-_LATEST_STEPS - 1 :]
    latest = tuple(record for record in latest if record.segment == latest[-1].segment)
    if not latest or latest[-1].seconds - latest[0].seconds < _LEAST_SECONDS:
        return
    usual = _step_times([record for record in recent.pace if record.seconds <= latest[0].seconds])
    now = _step_times(latest)
    if len(now) < _LATEST_STEPS or len(usual) < _USUAL_STEPS or median(now) <= _SLOWER * median(usual):
        return
    speed, before = 1 / median(now), 1 / median(usual)
    yield Finding(
        key="throughput",
        kind="throughput",
        severity="warn",
        verdict="throughput has dropped",
        evidence=f"{rate(speed)} steps/s, {percent(100 * speed / before)} % of the {rate(before)} before",
        action="look at the data loader, and at who else uses the machine",
    )


def _step_times(records: Sequence[Record]) -> list[float]:
    """Seconds a step between one record and the next."""
    return [
        (later.seconds - earlier.seconds) / (later.step - earlier.step)
        for earlier, later in pairwise(records)
        if later.step > earlier.step and later.seconds > earlier.seconds
    ]
