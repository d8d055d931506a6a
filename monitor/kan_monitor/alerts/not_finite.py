"""NaN and the infinities, in the loss or in any metric."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_monitor.sources.facts import Recent
from kan_monitor.text import count, number
from kan_shared.series import Record

#: Where it may be no harm: a gradient scaler that finds its scale overflows.
_ACTIONS: Final = {
    "gradient_norm": "lower the learning rate or clip gradients; with loss scaling now and then one is normal"
}
_ACTION: Final = "stop, lower the learning rate or clip gradients, and resume from the last good checkpoint"


def not_finite(recent: Recent, main: str | None) -> Iterator[Finding]:
    """Where the latest records are not finite, the losses before the other metrics."""
    series: dict[str | None, Sequence[Record]] = {
        main: recent.losses,
        "validation/loss": recent.validation_losses,
        "gradient_norm": recent.gradient_norms,
    }
    for name, records in series.items():
        if name is not None:
            yield from _in(name, records)
    for name, record in recent.not_finite:
        yield _finding(name, [record], None)


def _in(name: str, records: Sequence[Record]) -> Iterator[Finding]:
    """A finding for each stretch of records that are not finite."""
    stretches = [list(stretch) for _, stretch in groupby(records, key=lambda record: math.isfinite(record.value))]
    for place, stretch in enumerate(stretches):
        if not math.isfinite(stretch[0].value):
            yield _finding(name, stretch, stretches[place + 1][0] if place + 1 < len(stretches) else None)


def _finding(name: str, records: Sequence[Record], good: Record | None) -> Finding:
    """The finding of records in a row, `good` being the finite one that came after them."""
    first, last, what = records[0], records[-1], number(records[-1].value)
    place = f"at step {count(last.step)}" if len(records) == 1 else f"up to step {count(last.step)}"
    recovered = f", finite again since step {count(good.step)}" if good else ""
    return Finding(
        key=f"nan {name}",
        kind="nan",
        severity="warn" if name in _ACTIONS else "bad",
        verdict=f"{name} was {what}" if good else f"{name} is {what}",
        evidence=place + recovered,
        action=_ACTIONS.get(name, _ACTION),
        step=first.step,
        seconds=first.seconds,
        last_step=last.step,
        last_seconds=last.seconds,
        over=good is not None,
    )
