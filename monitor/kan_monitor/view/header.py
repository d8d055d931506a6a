"""Which run, how it is, when it is done."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import Badge, Figure, HeaderView
from kan_monitor.forecast import remaining_range, remaining_seconds
from kan_monitor.sources.facts import Condition, Facts
from kan_monitor.text import UNKNOWN, age, clock_after, clocks_after, duration, iso_time
from kan_monitor.thresholds import Severity
from kan_shared.liveness import HEARTBEAT_LIMIT_SECONDS
from kan_shared.state import State
from kan_shared.text import safe_line

#: The badge of every condition: its mark, its severity (F §10.3), and what it means where that is not plain.
BADGES: Final[dict[Condition, tuple[str, Severity, str]]] = {
    "waiting": ("○", "none", "no state in {place} yet"),
    "running": ("●", "good", ""),
    "slow": ("●", "warn", "no step for {silence}"),
    "paused": ("‖", "warn", ""),
    "stalled": ("!", "bad", "no {missing} for {silence}"),
    "crashed": ("✕", "bad", "process {pid} is gone"),
    "unreachable": ("?", "warn", "no word from {host} for {silence}"),
    "complete": ("✓", "info", ""),
    "stopped": ("■", "warn", "{message}"),
    "error": ("✕", "bad", "{message}"),
}
_MOVING: Final = ("running", "slow")


def header_view(facts: Facts, now: float, utc_offset_seconds: int, alarm: Figure) -> HeaderView:
    """The header of `facts`; `alarm` counts its alerts."""
    state = facts.state
    elapsed = elapsed_seconds(facts, now)
    eta, low, high = _eta_seconds(facts, now)
    return HeaderView(
        name=safe_line(state.name if state else facts.place, 200),
        subtitle=" · ".join(safe_line(part, 80) for part in (state.task, state.model) if part) if state else "",
        badge=badge_of(facts, now),
        elapsed=Figure(value=elapsed, text=duration(elapsed)),
        eta=Figure(value=eta, text=duration(eta)),
        eta_low=Figure(value=low, text=duration(low)),
        eta_high=Figure(value=high, text=duration(high)),
        finish=_finish(now, (eta, low, high), utc_offset_seconds),
        finish_time="" if eta is None else iso_time(now + eta),
        alarm=alarm,
    )


def elapsed_seconds(facts: Facts, now: float) -> float | None:
    """The training time so far: the clock of a run that moves goes on between its states, that of any other stands."""
    if facts.state is None:
        return None
    since = max(0.0, now - facts.state.heartbeat_seconds) if facts.condition in _MOVING else 0.0
    return facts.state.elapsed_seconds + since


_Times = tuple[float | None, float | None, float | None]


def _eta_seconds(facts: Facts, now: float) -> _Times:
    """The time still to go, and between what it is likely to be; what the step under way has taken already is gone
    from it."""
    state = facts.state
    remaining = remaining_seconds(state) if state and facts.condition in (*_MOVING, "paused") else None
    if remaining is None or state is None:
        return None, None, None
    low, high = remaining_range(state, facts.recent.pace, facts.events) or (None, None)
    under_way = 0.0
    if facts.condition != "paused" and state.last_step_seconds is not None and state.seconds_per_step:
        under_way = min(max(0.0, now - state.last_step_seconds), state.seconds_per_step)
    left = [None if seconds is None else max(0.0, seconds - under_way) for seconds in (remaining, low, high)]
    return left[0], left[1], left[2]


def _finish(now: float, times: _Times, utc_offset_seconds: int) -> str:
    """The clock at the end, as a range where the minutes differ."""
    eta, low, high = times
    if eta is None:
        return UNKNOWN
    if low is None or high is None:
        return clock_after(now, eta, utc_offset_seconds)
    return clocks_after(now, low, high, utc_offset_seconds)


def badge_of(facts: Facts, now: float) -> Badge:
    """The badge of `facts`."""
    mark, severity, detail = BADGES[facts.condition]
    particulars = _particulars(facts.state, facts.condition, now) if facts.state else {"place": facts.place}
    filled = detail.format_map(particulars)
    return Badge(
        condition=facts.condition,
        word=facts.condition,
        mark=mark,
        severity=severity,
        detail=safe_line(filled, 300),
    )


def _particulars(state: State, condition: Condition, now: float) -> dict[str, object]:
    beats = now - state.heartbeat_seconds <= HEARTBEAT_LIMIT_SECONDS
    steps_are_missing = condition == "slow" or (condition == "stalled" and beats)
    since = (
        (state.last_step_seconds or state.segment_started_seconds or state.started_seconds)
        if steps_are_missing
        else state.heartbeat_seconds
    )
    return {
        "missing": "step" if steps_are_missing else "sign of life",
        "silence": age(now - since),
        "pid": state.producer.pid,
        "host": state.producer.host,
        "message": state.message or "",
    }
