"""NaN and the infinities, in the loss or in any metric."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from kan_monitor.alerts.finding import Finding
from kan_monitor.sources.facts import Recent
from kan_monitor.text import count, number
from kan_monitor.thresholds import Severity
from kan_shared.series import Record

_OF_A_LOSS: Final = "lower the learning rate or clip gradients, and resume"
_OF_GRADIENTS: Final = "clip gradients; with loss scaling one now and then is normal"
_OF_A_METRIC: Final = "look at what it is made from: a division by nothing, an empty batch"


def not_finite(recent: Recent, main: str | None) -> Iterator[Finding]:
    """Where the latest records are not finite, the losses before the other metrics."""
    yield from _in(main or "", recent.losses, "bad", _OF_A_LOSS)
    yield from _in("validation/loss", recent.validation_losses, "bad", _OF_A_LOSS)
    yield from _in("gradient_norm", recent.gradient_norms, "warn", _OF_GRADIENTS)
    for name, record in recent.not_finite:
        yield from _in(name, [record], "warn", _OF_A_METRIC)


def _in(name: str, records: Sequence[Record], severity: Severity, action: str) -> Iterator[Finding]:
    """A finding for each stretch of records that are not finite."""
    stretches = [list(stretch) for _, stretch in groupby(records, key=lambda record: math.isfinite(record.value))]
    for place, stretch in enumerate(stretches):
        if not math.isfinite(stretch[0].value):
            good = stretches[place + 1][0] if place + 1 < len(stretches) else None
            yield replace(_finding(name, stretch, good), severity=severity, action=action)


def _finding(name: str, records: Sequence[Record], good: Record | None) -> Finding:
    """The finding of records in a row, `good` being the finite one that came after them."""
    first, last, what = records[0], records[-1], number(records[-1].value)
    place = f"at step {count(last.step)}"
    if len(records) > 1:
        place = f"from step {count(first.step)} to {count(last.step)}" if good else f"up to step {count(last.step)}"
    recovered = f", finite again since step {count(good.step)}" if good else ""
    return Finding(
        key=f"nan {name}",
        kind="nan",
        severity="bad",
        verdict=f"{name} was {what}" if good else f"{name} is {what}",
        evidence=place + recovered,
        action="",
        step=first.step,
        seconds=first.seconds,
        last_step=last.step,
        last_seconds=last.seconds,
        over=good is not None,
    )
