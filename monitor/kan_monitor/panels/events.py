"""What happened while you were away, the latest first."""

from __future__ import annotations

from kan_monitor.dashboard import Dashboard, EventView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import ink_of, width_of, wrap_words


def draw(dashboard: Dashboard, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The events panel."""
    inner_width, _ = inner_size(width, height)
    lines = [line for event in dashboard.events[:height] for line in event_lines(event, inner_width)]
    note = f"{dashboard.event_count} so far" if dashboard.event_count else ""
    nothing: list[Line] = [[Span("nothing has happened yet", "label")]]
    return framed(lines or nothing, width, height, title="events", note=note, focused=focused)


def event_lines(event: EventView, width: int) -> list[Line]:
    """One event in up to three lines."""
    head: Line = [Span(f"{event.time} ", "label"), Span(f"{event.mark} ", ink_of(event.severity, "label"))]
    indent = Span(" " * width_of(head))
    texts = wrap_words(event.text, max(8, width - width_of(head)))[:3]
    ink = ink_of(event.severity, "plain")
    return [[*(head if index == 0 else [indent]), Span(text, ink)] for index, text in enumerate(texts)]
