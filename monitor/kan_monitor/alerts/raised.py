"""Which alerts are new since they were looked at last."""

from __future__ import annotations

from collections.abc import Sequence

from kan_monitor.dashboard import AlertView


class Raised:
    """Tells of every alert once, and again each time that it begins anew."""

    def __init__(self) -> None:
        self._known: set[tuple[str, int, float]] = set()

    def among(self, alerts: Sequence[AlertView]) -> list[AlertView]:
        """Those that are new, in their order."""
        new = [alert for alert in alerts if _identity(alert) not in self._known]
        self._known = set(map(_identity, alerts))
        return new


def _identity(alert: AlertView) -> tuple[str, int, float]:
    return alert.key, alert.count, alert.first_seconds
