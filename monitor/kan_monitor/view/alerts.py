"""What is wrong, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.alerts import Alert
from kan_monitor.dashboard import AlertView, Figure
from kan_monitor.text import clock, count
from kan_monitor.thresholds import Severity
from kan_shared.text import safe_line

#: An alert is marked by its severity, one that has passed as done with.
MARKS: Final[dict[Severity, str]] = {"bad": "✕", "warn": "!", "info": "i"}
OVER: Final = "✓"


def alert_views(alerts: Sequence[Alert], utc_offset_seconds: int) -> tuple[AlertView, ...]:
    """The alerts, in the order of the book."""
    return tuple(_alert(alert, utc_offset_seconds) for alert in alerts)


def alarm(alerts: Sequence[Alert]) -> Figure:
    """How many alerts there are, with the severity of the gravest, which comes first; aside from those that are over,
    or that are to be known only."""
    going_on = [alert for alert in alerts if not alert.over and alert.finding.severity != "info"]
    if not going_on:
        return Figure()
    number = len(going_on)
    text = f"{count(number)} alert{'' if number == 1 else 's'}"
    return Figure(value=number, text=text, severity=going_on[0].finding.severity)


def _since(alert: Alert) -> str:
    """Where it began, of one that has gone on for some steps."""
    first, last = alert.first_step, alert.last_step
    return f", since step {count(first)}" if not alert.over and first is not None and last != first else ""


def _alert(alert: Alert, offset: int) -> AlertView:
    finding = alert.finding
    first, last = clock(alert.first_seconds, offset), clock(alert.last_seconds, offset)
    return AlertView(
        key=safe_line(alert.key),
        kind=finding.kind,
        mark=OVER if alert.over else MARKS.get(finding.severity, "!"),
        severity=finding.severity,
        verdict=safe_line(finding.verdict, 200) + (f" ({count(alert.count)} times)" if alert.count > 1 else ""),
        evidence=safe_line(finding.evidence, 300) + _since(alert),
        action=safe_line(finding.action, 300),
        time=first if first == last else f"{first}–{last}",
        over=alert.over,
        count=alert.count,
        first_step=alert.first_step,
        first_seconds=alert.first_seconds,
        last_step=alert.last_step,
        last_seconds=alert.last_seconds,
    )
