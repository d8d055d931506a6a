"""All events of the run, the latest first."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from rich.style import Style

from kan_monitor.app.scroll_view import ScrollView
from kan_monitor.app.session import Session
from kan_monitor.ink import Ink, Line
from kan_monitor.panels.events import event_lines
from kan_monitor.panels.lines import fit
from kan_monitor.sources.archive import Archive
from kan_monitor.text import count
from kan_monitor.view.events import event_views
from kan_shared.journal import Event


class View(ScrollView):
    """What happened, from the beginning on."""

    heading = "events"
    nothing = "nothing has happened yet"

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._events = Archive(session.source.experiment.events, Event)
        self._wrapped = True

    def show_news(self) -> None:
        """Looks for events that came; while one reads further down, what is read stays where it is."""
        before = len(self._events)
        if not self._session.options.frozen and self._events.poll() and self._first:
            self._first += len(self._events) - before
        super().show_news()

    def total(self) -> int:
        """How many events there are."""
        return len(self._events)

    def text_of(self, number: int) -> str:
        """An event in one line."""
        return "".join(span.text for row in self.rows_of(number, 10_000, wrapped=False) for span in row)

    def rows_of(self, number: int, width: int, *, wrapped: bool) -> Sequence[Line]:
        """An event as the dashboard shows it."""
        event = self._events[len(self._events) - 1 - number]
        offset = time.localtime(self._session.looked_at).tm_gmtoff
        rows = [
            row
            for view in event_views([event] if event else [], self._session.looked_at, offset)
            for row in event_lines(view, width)
        ]
        return (rows if wrapped else [fit(row, width) for row in rows[:1]]) or [[]]

    def note(self) -> str:
        """How many."""
        return f"{count(len(self._events))} so far"
