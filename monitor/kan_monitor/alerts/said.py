"""Alerts that the run itself has raised, as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_shared.journal import Event

EVENT_KIND: Final = "alert"
#: No more of them are looked at; and what is older is history, which the events tell.
_LATEST: Final = 20
_RECENT_SECONDS: Final = 600.0
_DIGITS: Final = str.maketrans("", "", "0123456789")
_KEY_CHARACTERS: Final = 200


def said(events: Sequence[Event], now: float) -> Iterator[Finding]:
    """The recent ones. A run says when something happens, not when it has passed: they are over at once."""
    alerts = [event for event in events if event.kind == EVENT_KIND and now - event.seconds <= _RECENT_SECONDS]
    for event in alerts[-_LATEST:]:
        verdict, evidence, action = _parts(event.detail)
        yield Finding(
            key=key_of(event),
            kind="alert",
            severity="warn",
            verdict=verdict,
            evidence=evidence,
            action=action,
            step=event.step,
            seconds=event.seconds,
            last_step=event.step,
            last_seconds=event.seconds,
            over=True,
        )


def key_of(event: Event) -> str:
    """The same for alerts that differ in their figures only."""
    return f"{EVENT_KIND} {event.detail.translate(_DIGITS)[:_KEY_CHARACTERS]}"


def _parts(detail: str) -> tuple[str, str, str]:
    """Verdict, evidence and action of `verdict: evidence → action`, the last two of which may be missing."""
    what, _, action = detail.partition("→")
    verdict, _, evidence = what.partition(": ")
    return verdict.strip() or "the run raises an alert", evidence.strip(), action.strip()
