"""The sum of it all in one line, and what is wrong with what is shown."""

from __future__ import annotations

from kan_monitor.dashboard import Dashboard
from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import figure, fit, joined


def draw(dashboard: Dashboard, width: int) -> list[Line]:
    """The status line; trouble comes before figures, and the figures that matter least are left out first."""
    status, loss, progress = dashboard.status, dashboard.loss, dashboard.progress
    trouble = status.problem or status.lost
    if trouble:
        return [fit([Span(" ! ", "bad"), Span(trouble, "warn")], width)]
    parts: list[Line] = [[Span(" frame ", "label"), Span(str(status.frame), "label")]]
    if loss.train.known:
        change = f" ({loss.change.text} %)" if loss.change.known else ""
        parts.append([Span(f"{loss.title} ", "label"), *figure(loss.train), Span(change, "plain")])
    if progress.step.share.known:
        parts.append([Span(f"{progress.step.share.text} %", "plain")])
    if progress.throughput.known:
        parts.append(figure(progress.throughput, ink="plain"))
    if status.age.known:
        parts.append([Span(f"state {status.age.text} old", "label")])
    return [fit(joined(parts, width, gap=4), width)]
