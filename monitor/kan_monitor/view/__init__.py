"""The view: facts and options become one `Dashboard`. Pure: no clock, no file, no colour, no widget.

One module a part of the dashboard, with the names of the panels that draw them.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kan_monitor.alerts import Alert, AlertBook
from kan_monitor.dashboard import Dashboard
from kan_monitor.sources.facts import Facts
from kan_monitor.view.alerts import alarm, alert_views
from kan_monitor.view.events import event_views
from kan_monitor.view.hardware import hardware_view
from kan_monitor.view.header import header_view
from kan_monitor.view.loss import loss_view
from kan_monitor.view.network import network_view
from kan_monitor.view.progress import progress_view
from kan_monitor.view.sample import sample_view
from kan_monitor.view.status import status_view


class ViewOptions(Struct, frozen=True, kw_only=True):
    """What the view depends on beside the facts: the time zone of the one who looks, and what was chosen."""

    utc_offset_seconds: int = 0
    #: The sample to show, of those that the facts have, oldest first; the newest by default.
    sample_index: int | None = None


def build(
    facts: Facts, options: ViewOptions, *, now: float, frame: int = 1, alerts: Sequence[Alert] | None = None
) -> Dashboard:
    """The dashboard of `facts` at unix time `now`; `frame` counts the frames that were shown, `alerts` are those of the
    book that was kept over all looks, or where none was, what this look alone tells."""
    alerts = AlertBook().look(facts, now) if alerts is None else alerts
    state, offset = facts.state, options.utc_offset_seconds
    return Dashboard(
        now=now,
        utc_offset_seconds=offset,
        header=header_view(facts, now, offset, alarm(alerts)),
        loss=loss_view(facts),
        progress=progress_view(facts),
        hardware=hardware_view(facts, now, offset),
        sample=sample_view(facts, options.sample_index),
        sample_count=state.samples if state else 0,
        events=event_views(facts.events, now, offset),
        event_count=state.events if state else 0,
        status=status_view(facts, now, frame),
        alerts=alert_views(alerts, offset),
        network=network_view(facts),
    )
