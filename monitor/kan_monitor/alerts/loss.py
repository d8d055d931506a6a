"""What goes wrong with a loss: it spikes, it diverges, it has stopped falling."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_monitor.alerts.level import excursions, grouped, on_scale, scatter
from kan_monitor.forecast import median, trend
from kan_monitor.sources.facts import Facts
from kan_monitor.text import count, number
from kan_shared.series import Record

_SPIKE_RATIO: Final = 1.5
_BUCKETS: Final = 16
_FEWEST: Final = 64
#: A loss diverges when it is so many times its best level, and so many standard deviations of its noise above it.
_DIVERGED_RATIO: Final = 1.5
_DIVERGED_DEVIATIONS: Final = 3.0
#: Of the present level.
_LATEST: Final = 32
#: The last part of a run in which a loss that falls at all is seen to.
_PLATEAU_SHARE: Final = 3
_PLATEAU_FEWEST: Final = 32
#: Medians of that many values that differ by no more than so many standard errors are alike: two, of a median.
_BEYOND_CHANCE: Final = 2.5


def spikes(records: Sequence[Record], name: str) -> Iterator[Finding]:
    """The spikes among the latest records of the loss `name`."""
    for spike in excursions(records, least_ratio=_SPIKE_RATIO):
        times = f", {spike.ratio:.1f}× its median" if spike.ratio else f", its median being {number(spike.level)}"
        steps = spike.last.step - spike.first.step + 1
        yield Finding(
            key=f"spike {name}",
            kind="spike",
            severity="warn",
            verdict=f"{name} spikes" if spike.goes_on else f"{name} spiked",
            evidence=f"{number(spike.peak.value)} at step {count(spike.peak.step)}{times}"
            + ("" if spike.goes_on else f", back after {count(steps)} step{'' if steps == 1 else 's'}"),
            action="look at the batch of that step; clip gradients",
            step=spike.first.step,
            seconds=spike.first.seconds,
            last_step=spike.last.step,
            last_seconds=spike.last.seconds,
            over=not spike.goes_on,
        )


def divergence(facts: Facts, name: str) -> Iterator[Finding]:
    """The loss has left its best level and does not come back.

    Levels are medians: of the sixteenths of the run, and of the latest records. The trend must not point down again.
    """
    history = [record for record in facts.recent.history if math.isfinite(record.value)]
    latest = [record for record in facts.recent.losses if math.isfinite(record.value)]
    if len(history) < _FEWEST or trend(facts.recent_losses) in (None, "decreasing"):
        return
    values, log = on_scale([record.value for record in [*history, *latest[-_LATEST:]]])
    groups, level = grouped(values[: len(history)], _BUCKETS), median(values[len(history) :])
    levels = [median(group) for group in groups]
    best = min(levels)
    least = math.log(_DIVERGED_RATIO) if log else (max(levels) - best) / 2
    if level - best <= max(least, _DIVERGED_DEVIATIONS * scatter(groups)):
        return
    at = history[values.index(best)]
    now = latest[-_LATEST:][values[len(history) :].index(level)]
    times = f", {now.value / at.value:.1f}× its best level" if log and at.value else ", from a best level"
    yield Finding(
        key=f"divergence {name}",
        kind="divergence",
        severity="bad",
        verdict=f"{name} diverges",
        evidence=f"{number(now.value)} at step {count(latest[-1].step)}{times} of {number(at.value)}"
        f" near step {count(at.step)}",
        action="lower the learning rate, and resume from before the rise",
        last_step=latest[-1].step,
        last_seconds=latest[-1].seconds,
    )


def plateau(facts: Facts, name: str) -> Iterator[Finding]:
    """The loss has not fallen over the last third of the run, and is no lower in it than in the third before."""
    history = [record for record in facts.recent.history if math.isfinite(record.value)]
    third = len(history) // _PLATEAU_SHARE
    if third < _PLATEAU_FEWEST or trend([record.value for record in history[-third:]]) != "plateau":
        return
    scaled, _ = on_scale([record.value for record in history])
    before, now = median(scaled[-2 * third : -third]), median(scaled[-third:])
    if before - now > _BEYOND_CHANCE * scatter(grouped(scaled, _BUCKETS)) * math.sqrt(2 / third):
        return
    last = history[-third:]
    yield Finding(
        key=f"plateau {name}",
        kind="plateau",
        severity="info",
        verdict=f"{name} has stopped falling",
        evidence=f"{number(median(record.value for record in last))} over the last"
        f" {count(last[-1].step - last[0].step)} steps",
        action="stop if that is good enough; else change the learning rate",
        last_step=last[-1].step,
        last_seconds=last[-1].seconds,
    )
