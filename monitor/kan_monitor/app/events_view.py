"""What is wrong, and all events of the run, the latest first."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from rich.style import Style

from kan_monitor.app.scroll_view import ScrollView
from kan_monitor.app.session import Session
from kan_monitor.dashboard import AlertView
from kan_monitor.ink import Ink, Line
from kan_monitor.panels.events import alert_lines, event_lines, not_events
from kan_monitor.panels.lines import fit
from kan_monitor.sources.archive import Archive
from kan_monitor.text import count
from kan_monitor.view.events import event_views
from kan_shared.journal import Event


class View(ScrollView):
    """The alerts, then what happened, from the beginning on."""

    heading = "events"
    nothing = "nothing has happened yet"

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._events = Archive(session.source.experiment.events, Event)
        self._alerts: list[AlertView] = []
        self._wrapped = True

    def show_news(self) -> None:
        """Looks for what came; while one reads further down, what is read stays where it is."""
        before = self.total()
        self._alerts = not_events(self._session.dashboard.alerts)
        if not (self._session.options.frozen and len(self._events)):
            self._events.poll()
        if self._first:
            self._first = max(0, self._first + self.total() - before)
        super().show_news()

    def total(self) -> int:
        """How many alerts and events there are."""
        return len(self._alerts) + len(self._events)

    def text_of(self, number: int) -> str:
        """An alert or an event in one line."""
        return "".join(span.text for row in self._rows(number, 10_000) for span in row)

    def rows_of(self, number: int, width: int, *, wrapped: bool) -> Sequence[Line]:
        """An alert or an event as the dashboard shows it."""
        rows = self._rows(number, width)
        return (rows if wrapped else [fit(row, width) for row in rows[:1]]) or [[]]

    def note(self) -> str:
        """How many."""
        alarm = self._session.dashboard.header.alarm.text if self._alerts else ""
        return " · ".join(filter(None, (alarm, f"{count(len(self._events))} so far")))

    def _rows(self, number: int, width: int) -> list[Line]:
        if number < len(self._alerts):
            return alert_lines(self._alerts[number], width, whole=True)
        event = self._events[self.total() - 1 - number]
        now = self._session.looked_at
        views = event_views([event] if event else [], now, time.localtime(now).tm_gmtoff)
        return [row for view in views for row in event_lines(view, width)]
