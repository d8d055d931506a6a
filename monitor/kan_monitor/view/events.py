"""What happened, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.dashboard import EventView
from kan_monitor.text import when
from kan_monitor.thresholds import Severity
from kan_shared.journal import Event
from kan_shared.text import safe_line

#: How the kinds that the trainer knows are marked; any other is a dot.
MARKS: Final[dict[str, tuple[str, Severity]]] = {
    "checkpoint": ("▲", "none"),
    "best": ("▲", "good"),
    "resume": ("↻", "info"),
    "learning_rate": ("◆", "none"),
    "pause": ("‖", "warn"),
    "continue": ("▸", "none"),
    "alert": ("!", "warn"),
    "control": ("›", "info"),
    "complete": ("✓", "info"),
    "stopped": ("■", "warn"),
    "error": ("✕", "bad"),
}


def event_views(events: Sequence[Event], now: float, utc_offset_seconds: int) -> tuple[EventView, ...]:
    """The events, the latest first; those of other days than `now`'s with their date."""
    return tuple(_event(event, now, utc_offset_seconds) for event in reversed(events))


def _event(event: Event, now: float, utc_offset_seconds: int) -> EventView:
    mark, severity = MARKS.get(event.kind, ("·", "none"))
    kind, detail = safe_line(event.kind, 60), safe_line(event.detail)
    return EventView(
        seconds=event.seconds,
        time=when(event.seconds, now, utc_offset_seconds),
        mark=mark,
        text=f"{kind} {detail}".strip(),
        severity=severity,
        step=event.step,
    )
