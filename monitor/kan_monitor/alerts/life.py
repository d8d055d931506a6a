"""A run that is silent: slow, stalled, crashed or out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kan_monitor.alerts.finding import Finding, Kind
from kan_monitor.sources.facts import Condition
from kan_monitor.text import age, count
from kan_monitor.thresholds import Severity
from kan_shared.liveness import HEARTBEAT_LIMIT_SECONDS
from kan_shared.state import State


class _Trouble(NamedTuple):
    kind: Kind
    severity: Severity
    verdict: str
    evidence: str
    action: str


_TROUBLES: Final[dict[Condition, _Trouble]] = {
    "slow": _Trouble(
        "slow", "warn", "steps are late", "no step for {still}; {steps}", "wait, or look at what the trainer does"
    ),
    "stalled": _Trouble(
        "stall",
        "bad",
        "the run stalls",
        "no {missing}; {steps}",
        "look where process {pid} waits, with py-spy dump",
    ),
    "crashed": _Trouble(
        "crash",
        "bad",
        "the run crashed",
        "process {pid} is gone, its last word was {silence} ago; {steps}",
        "look at the end of training.log, then resume",
    ),
    "unreachable": _Trouble(
        "unreachable",
        "warn",
        "the run is out of reach",
        "no word from {host} for {silence}; {steps}",
        "look on {host} whether process {pid} lives",
    ),
}


def silence(condition: Condition, state: State, now: float) -> Iterator[Finding]:
    """What the run's condition is, where it is none to be calm about."""
    trouble = _TROUBLES.get(condition)
    if trouble is None:
        return
    moved = state.last_step_seconds or state.segment_started_seconds or state.started_seconds
    beats = now - state.heartbeat_seconds <= HEARTBEAT_LIMIT_SECONDS
    particulars = {
        "missing": f"step for {age(now - moved)}"
        if beats
        else f"sign of life for {age(now - state.heartbeat_seconds)}",
        "still": age(now - moved),
        "silence": age(now - state.heartbeat_seconds),
        "steps": "none was logged" if state.step is None else f"the last step was {count(state.step)}",
        "pid": state.producer.pid,
        "host": state.producer.host,
    }
    yield Finding(
        key=trouble.kind,
        kind=trouble.kind,
        severity=trouble.severity,
        verdict=trouble.verdict,
        evidence=trouble.evidence.format_map(particulars),
        action=trouble.action.format_map(particulars),
    )
