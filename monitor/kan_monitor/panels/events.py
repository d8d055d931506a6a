"""What is wrong, and what happened while you were away, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.dashboard import AlertView, Dashboard, EventView
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import fit, ink_of, width_of, wrap_words

_ROWS_OF_ALERT: Final = 5


def draw(dashboard: Dashboard, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The events panel."""
    inner_width, inner_height = inner_size(width, height)
    events = [line for event in dashboard.events[:height] for line in event_lines(event, inner_width)]
    lines = [*_alerts(dashboard.alerts, inner_width, inner_height), *events]
    note = f"{dashboard.event_count} so far" if dashboard.event_count else ""
    nothing: list[Line] = [[Span("nothing has happened yet", "label")]]
    return framed(lines or nothing, width, height, title="events", note=note, focused=focused)


def _alerts(alerts: Sequence[AlertView], width: int, height: int) -> list[Line]:
    """The alerts, in three quarters of the height at most: the gravest as a whole, the others too where all fit so."""
    shown = not_events(alerts)
    whole = sum(not alert.over for alert in shown) * _ROWS_OF_ALERT <= height
    lines = [line for at, alert in enumerate(shown) for line in alert_lines(alert, width, whole=whole or at == 0)]
    return lines[: max(1, height * 3 // 4)]


def not_events(alerts: Sequence[AlertView]) -> list[AlertView]:
    """The alerts that stand before the events; what the run itself raised is an event already."""
    return [alert for alert in alerts if alert.kind != "alert"]


def alert_lines(alert: AlertView, width: int, *, whole: bool) -> list[Line]:
    """Verdict, evidence and next action; a line of the first two of one that is over, or where there is no room."""
    severity = ink_of(alert.severity, "plain")
    ink: Ink = "label" if alert.over else severity
    head: Line = [Span(f"{alert.time[:5]} ", "label"), Span(f"{alert.mark} ", ink)]
    if alert.over or not whole:
        return [fit([*head, Span(f"{alert.verdict}: {alert.evidence}", ink)], width)]
    below: Line = [Span(" " * width_of(head))]
    lines = _lines(head, alert.verdict, width, ink)[:2]
    lines += _lines(below, alert.evidence, width, "label")[:2]
    return lines + _lines(below, f"→ {alert.action}", width, "plain")[:2]


def event_lines(event: EventView, width: int) -> list[Line]:
    """One event in up to three lines."""
    head: Line = [Span(f"{event.time} ", "label"), Span(f"{event.mark} ", ink_of(event.severity, "label"))]
    return _lines(head, event.text, width, ink_of(event.severity, "plain"))[:3]


def _lines(head: Line, text: str, width: int, ink: Ink) -> list[Line]:
    """Lines of text, the first of them behind `head`, and the others under it."""
    room = width_of(head)
    texts = wrap_words(text, max(8, width - room))
    return [[*(head if index == 0 else [Span(" " * room)]), Span(text, ink)] for index, text in enumerate(texts)]
