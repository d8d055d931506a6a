"""What was found, from one look to the next: each alert once, with when it was seen first and last, and how often."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from kan_monitor.alerts.finding import Finding, Kind
from kan_monitor.alerts.rules import of_series, of_the_moment
from kan_monitor.sources.facts import Condition, Facts, Recent
from kan_monitor.thresholds import Severity

#: An alert that is over is kept so long; one about a figure that is no number, as long as the run is looked at.
LINGER_SECONDS: Final = 600.0
#: What comes and goes within this is one alert. A silence ends with the first sign of life.
_QUIET_SECONDS: Final = 30.0
_END_AT_ONCE: Final[tuple[Kind, ...]] = ("slow", "stall", "crash", "unreachable")
_MOST: Final = 64
_GRAVITY: Final[tuple[Severity, ...]] = ("bad", "warn", "info")


class Alert(Struct, frozen=True, kw_only=True):
    """Something that is wrong, or was: what was found of it last, and when it was so."""

    finding: Finding
    #: Times that it began.
    count: int = 1
    over: bool
    first_step: int | None
    first_seconds: float
    last_step: int | None
    last_seconds: float
    #: When it was looked at last, by the monitor's clock, and found.
    found_seconds: float

    @property
    def key(self) -> str:
        """The key of what was found."""
        return self.finding.key


class AlertBook:
    """Remembers the alerts of one source, over all looks at it."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}
        self._run_id: str | None = None
        self._curves: tuple[Recent, Condition] | None = None
        self._of_curves: list[Finding] = []

    def look(self, facts: Facts, now: float) -> tuple[Alert, ...]:
        """Takes in what is wrong at unix time `now`, and gives all alerts: those that go on, then those that are over,
        the gravest first, then the latest."""
        if facts.state is not None:
            if facts.state.run_id != self._run_id:
                self._alerts, self._run_id = {}, facts.state.run_id
            found = [*self._series_findings(facts), *of_the_moment(facts, now)]
            for finding in found:
                self._alerts[finding.key] = self._taken_in(finding, facts.state.step, now)
            self._age({finding.key for finding in found}, now)
        ordered = sorted(self._alerts.values(), key=_order)
        self._alerts = {alert.key: alert for alert in ordered[:_MOST]}
        return tuple(self._alerts.values())

    def _series_findings(self, facts: Facts) -> list[Finding]:
        """What the curves show; looked for again when there is more of them."""
        before = self._curves
        if before is None or before[0] is not facts.recent or before[1] != facts.condition:
            self._curves, self._of_curves = (facts.recent, facts.condition), list(of_series(facts))
        return self._of_curves

    def _taken_in(self, finding: Finding, step: int | None, now: float) -> Alert:
        """The alert of `finding`: the one that is known, as it is now, or a new one."""
        first_step = finding.step if finding.seconds is not None else step
        first = now if finding.seconds is None else finding.seconds
        last_step = finding.last_step if finding.last_seconds is not None else step
        last = now if finding.last_seconds is None else finding.last_seconds
        known = self._alerts.get(finding.key)
        if known is None:
            return Alert(
                finding=finding,
                over=finding.over,
                first_step=first_step,
                first_seconds=first,
                last_step=last_step,
                last_seconds=last,
                found_seconds=now,
            )
        if finding.over and (last < known.last_seconds or (known.over and last == known.last_seconds)):
            return known  # found again, though it has long passed
        began_again = known.over and (finding.seconds is None or first > known.last_seconds)
        return msgspec.structs.replace(
            known,
            finding=finding,
            count=known.count + began_again,
            over=finding.over,
            last_step=last_step,
            last_seconds=last,
            found_seconds=now,
        )

    def _age(self, found: set[str], now: float) -> None:
        """What is not found any more is over after a while, and forgotten after another."""
        for key, alert in list(self._alerts.items()):
            silent = now - alert.found_seconds
            if not alert.over and key not in found and (silent > _QUIET_SECONDS or alert.finding.kind in _END_AT_ONCE):
                self._alerts[key] = msgspec.structs.replace(alert, over=True)
            elif alert.over and key not in found and silent > LINGER_SECONDS and alert.finding.kind != "nan":
                del self._alerts[key]


def _order(alert: Alert) -> tuple[bool, int, float, str]:
    return alert.over, _GRAVITY.index(alert.finding.severity), -alert.last_seconds, alert.key
