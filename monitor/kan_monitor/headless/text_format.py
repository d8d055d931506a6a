"""The text format (F §10.9.3): a line of progress, one of hardware under it, and below them what is new."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import AlertView, Dashboard, EventView, Gauge, HeaderView, SampleView
from kan_monitor.headless.hardware_text import hardware_lines
from kan_monitor.headless.network_format import network_lines
from kan_monitor.headless.words import if_known as _if_known
from kan_monitor.headless.words import word as _word

_INDENT: Final = " " * 11
_PICTURE_ROWS: Final = 3
_EVENTS_AT_ONCE: Final = 5


def text_lines(dashboard: Dashboard, before: Dashboard | None = None) -> str:
    """The dashboard as lines of plain text, each ended by a newline; `before` is what was printed last."""
    new_events = dashboard.event_count - (before.event_count if before else 0)
    below = [*hardware_lines(dashboard.hardware), *network_lines(dashboard.network)]
    lines = [_progress_line(dashboard), *(_INDENT + line for line in below)]
    if dashboard.sample and (before is None or dashboard.sample_count != before.sample_count):
        lines += _sample_lines(dashboard.sample)
    lines += [f"{_INDENT}{event.time} {event.mark} {event.text}" for event in _latest(dashboard, new_events)]
    lines += [_INDENT + _alert(alert) for alert in _changed_alerts(dashboard, before)]
    troubles = (dashboard.status.problem, dashboard.status.lost, dashboard.failure)
    lines += [f"{_INDENT}! {trouble}" for trouble in troubles if trouble]
    return "".join(line.rstrip() + "\n" for line in lines)


def _latest(dashboard: Dashboard, number: int) -> list[EventView]:
    """The last events that are new, oldest first, and no flood of them."""
    return list(reversed(dashboard.events[: max(0, min(number, _EVENTS_AT_ONCE))]))


def _changed_alerts(dashboard: Dashboard, before: Dashboard | None) -> list[AlertView]:
    """Those that have begun or ended since, but those that the run itself raised, which are events already."""
    known = {(alert.key, alert.count, alert.over) for alert in before.alerts} if before else set()
    alerts = [alert for alert in dashboard.alerts if alert.kind != "alert"]
    return [alert for alert in alerts if (alert.key, alert.count, alert.over) not in known]


def _alert(alert: AlertView) -> str:
    if alert.over:
        return f"{alert.time} {alert.mark} over: {alert.verdict}: {alert.evidence}"
    return f"{alert.time} {alert.mark} {alert.verdict}: {alert.evidence} → {alert.action}"


def _progress_line(dashboard: Dashboard) -> str:
    header, loss, progress = dashboard.header, dashboard.loss, dashboard.progress
    title = loss.title[:1].upper() + loss.title[1:]
    parts = [
        f"Epoch {_of(progress.epoch)}",
        f"Step {_of(progress.step)}{_if_known(' (', progress.step.share, '%)')}",
        f"{title}: {loss.train.text} {loss.trend.mark}".rstrip() + _if_known(" (", loss.change, "%)"),
        _if_known("Val: ", loss.validation),
        _if_known("Best: ", loss.best, f" @ {loss.best_step.text}"),
        f"LR: {progress.learning_rate.text} {progress.learning_rate_mark}".rstrip(),
        f"Grad: {progress.gradient_norm.text}{_word(progress.gradient_norm)}",
        *(f"{own.name}: {own.figure.text}{_if_known(' (best ', own.best, ')')}" for own in progress.metrics),
        f"{progress.throughput.text} {progress.throughput.unit}" if progress.throughput.known else "",
        _eta(header),
        "" if header.badge.condition == "running" else _badge(dashboard),
    ]
    return f"[{header.elapsed.text}] " + " | ".join(part for part in parts if part)


def _eta(header: HeaderView) -> str:
    low, high = header.eta_low, header.eta_high
    is_wide = low.value is not None and high.value is not None and high.value - low.value >= 1
    return f"ETA: {header.eta.text}" + (f" ({low.text}–{high.text})" if is_wide else "")


def _sample_lines(sample: SampleView) -> list[str]:
    head = f"{_INDENT}Sample {sample.position} at step {sample.step.text}, match {sample.match.figure.text}%"
    shown = "(a picture)" if _is_picture(sample.input) else sample.input
    texts = (("Input", shown), ("Target", sample.target), ("Generated", sample.generated))
    return [head, *(f"{_INDENT}{label:<9} {line}" for label, text in texts for line in text.split("\n"))]


def _is_picture(text: str) -> bool:
    """Whether a text is drawn rather than written: a log has no use for it, at every sample anew."""
    rows = text.split("\n")
    return len(rows) >= _PICTURE_ROWS and not any(row.strip() and row.isascii() for row in rows)


def _badge(dashboard: Dashboard) -> str:
    badge = dashboard.header.badge
    return f"{badge.word.capitalize()}: {badge.detail}" if badge.detail else badge.word.capitalize()


def _of(gauge: Gauge) -> str:
    return f"{gauge.figure.text}/{gauge.whole.text}" if gauge.whole.known else gauge.figure.text
