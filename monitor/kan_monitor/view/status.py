"""How fresh what is shown is, and what is wrong with it."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import Figure, StatusView
from kan_monitor.sources.facts import Facts
from kan_monitor.text import age, count
from kan_shared.errors import NoSuchRun
from kan_shared.state import State
from kan_shared.text import safe_line

#: A state that is younger is as fresh as states are: its age would only be a figure that never stands still.
_FRESH_SECONDS: Final = 3.0


def status_view(facts: Facts, now: float, frame: int) -> StatusView:
    """The status line of `facts`."""
    state = facts.state
    ended = facts.condition in ("complete", "stopped", "error")
    seconds = 0.0 if state is None or ended else now - state.heartbeat_seconds
    return StatusView(
        frame=frame,
        age=Figure(value=seconds, text=age(seconds)) if seconds >= _FRESH_SECONDS else Figure(),
        problem=_problem(facts),
        lost=_lost(state),
    )


def _problem(facts: Facts) -> str:
    """What is wrong with the state; that there is none yet is what the badge says."""
    if facts.problem is None or (facts.state is None and isinstance(facts.problem, NoSuchRun)):
        return ""
    return safe_line(str(facts.problem))


def _lost(state: State | None) -> str:
    if state is None or state.lost is None:
        return ""
    records = f"{count(state.lost.records)} record{'' if state.lost.records == 1 else 's'}"
    return f"{records} could not be written: {safe_line(state.lost.reason)}"
