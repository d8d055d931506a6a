"""An alert as JSON has it."""

from __future__ import annotations

from typing import Any

from kan_monitor.dashboard import AlertView


def alert_fields(alert: AlertView) -> dict[str, Any]:
    """The fields of `alert`, in the headless format and for the command of `--on-alert`."""
    return {
        "key": alert.key,
        "kind": alert.kind,
        "severity": alert.severity,
        "verdict": alert.verdict,
        "evidence": alert.evidence,
        "action": alert.action,
        "over": alert.over,
        "count": alert.count,
        "first_step": alert.first_step,
        "first_seen_ms": round(alert.first_seconds * 1000),
        "last_step": alert.last_step,
        "last_seen_ms": round(alert.last_seconds * 1000),
    }
