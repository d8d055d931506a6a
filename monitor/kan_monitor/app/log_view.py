"""The training log: followed at its end, searched, scrolled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.style import Style

from kan_monitor.app.scroll_view import ScrollView
from kan_monitor.app.session import Session
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.lines import fit, wrap
from kan_monitor.sources.log import LogTail
from kan_monitor.text import size
from kan_monitor.view.log import log_line
from kan_shared.text import safe_line


class View(ScrollView):
    """What the trainer wrote to `training.log`."""

    heading = "log"
    follows = True

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._log = LogTail(session.source.experiment.log)
        where = safe_line(str(self._log.path))
        self.nothing = f"no log yet: {where} is where kan-train writes it, and any logging.FileHandler can"

    def show_news(self) -> None:
        """Reads what the log has beyond what was read; of a frozen one what there was when it was opened."""
        if not (self._session.options.frozen and self._log.exists):
            self._log.poll()
        super().show_news()

    def total(self) -> int:
        """How many lines are kept."""
        return len(self._log.lines)

    def text_of(self, number: int) -> str:
        """A line as it is shown."""
        return log_line(self._log.lines[number])

    def rows_of(self, number: int, width: int, *, wrapped: bool) -> Sequence[Line]:
        """A line, cut or wrapped."""
        text = self.text_of(number)
        return [[Span(row)] for row in wrap(text, max(1, width))] if wrapped else [fit([Span(text)], width)]

    def note(self) -> str:
        """Whether it is followed, and what is not shown of it."""
        skipped = f"the first {size(self._log.skipped_bytes)} left out · " if self._log.skipped_bytes else ""
        return skipped + ("following" if self._first is None else "G follows the end")
