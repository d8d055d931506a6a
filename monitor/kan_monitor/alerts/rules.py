"""All rules, over the facts of one look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_monitor.alerts.gradients import exploding, vanishing
from kan_monitor.alerts.hardware import running_out, slowed_down, throttle_reasons, too_hot
from kan_monitor.alerts.life import silence
from kan_monitor.alerts.loss import divergence, plateau, spikes
from kan_monitor.alerts.network import off_the_grid
from kan_monitor.alerts.not_finite import not_finite
from kan_monitor.alerts.pace import throughput_drop
from kan_monitor.alerts.said import said
from kan_monitor.sources.experiment import main_series
from kan_monitor.sources.facts import Condition, Facts
from kan_shared.state import State

#: What has come to its end is not slow, hot or level any more.
GOING_ON: Final[tuple[Condition, ...]] = ("running", "slow")


def of_series(facts: Facts) -> Iterator[Finding]:
    """What the curves show, of one key the earlier first; it stays the same as long as they and the condition do."""
    main, recent = main_series(facts.state) if facts.state else None, facts.recent
    yield from not_finite(recent, main)
    yield from exploding(recent.gradient_norms)
    if main is not None and facts.state is not None and _is_loss(main, facts.state):
        yield from spikes(recent.losses, main)
        yield from divergence(facts, main)
        if facts.condition in GOING_ON:
            yield from plateau(facts, main)
    if facts.condition in GOING_ON:
        yield from vanishing(recent.gradient_norms)
        yield from throughput_drop(recent)


def _is_loss(name: str, state: State) -> bool:
    """Whether the series is to fall: what is judged in the place of a loss may be an accuracy."""
    return state.goals.get(name, "minimize" if "loss" in name.lower() else "") == "minimize"


def of_the_moment(facts: Facts, now: float) -> Iterator[Finding]:
    """What the state, the hardware and the run itself say at unix time `now`."""
    if facts.state is None:
        return
    yield from silence(facts.condition, facts.state, now)
    yield from said(facts.events, now)
    if facts.condition in GOING_ON and facts.state.telemetry is not None:
        yield from running_out(facts)
        yield from too_hot(facts.state.telemetry)
        for gpu in facts.state.telemetry.gpus:
            yield from slowed_down(gpu.index, throttle_reasons(gpu))
    if facts.condition in GOING_ON and facts.network is not None:
        yield from off_the_grid(facts.network)
