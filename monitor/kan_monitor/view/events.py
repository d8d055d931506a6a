"""What happened, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.dashboard import EventView
from kan_monitor.text import clock
from kan_monitor.thresholds import Severity
from kan_shared.journal import Event
from kan_shared.text import safe_line

#: How the kinds that the trainer knows are marked; any other is a dot.
MARKS: Final[dict[str, tuple[str, Severity]]] = {
    "checkpoint": ("▲", "none"),
    "best": ("▲", "good"),
    "resume": ("↻", "info"),
    "pause": ("‖", "warn"),
    "continue": ("▸", "none"),
    "alert": ("!", "warn"),
    "control": ("›", "info"),
    "learning_rate": ("Δ", "none"),
    "complete": ("✓", "info"),
    "stopped": ("■", "warn"),
    "error": ("✕", "bad"),
}


def event_views(events: Sequence[Event], utc_offset_seconds: int) -> tuple[EventView, ...]:
    """The events, the latest first."""
    return tuple(_event(event, utc_offset_seconds) for event in reversed(events))


def _event(event: Event, utc_offset_seconds: int) -> EventView:
    mark, severity = MARKS.get(event.kind, ("·", "none"))
    kind, detail = safe_line(event.kind, 60), safe_line(event.detail)
    return EventView(
        time=clock(event.seconds, utc_offset_seconds),
        mark=mark,
        text=f"{kind} {detail}".strip(),
        severity=severity,
        step=event.step,
    )
