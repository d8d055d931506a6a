"""The run's configuration as it wrote it, below what is known of the run itself."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.style import Style

from kan_monitor.app.scroll_view import ScrollView
from kan_monitor.app.session import Session
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.lines import fit, wrap
from kan_monitor.sources.log import LogTail
from kan_monitor.view.about import about
from kan_shared.text import safe

#: A key of YAML's, as far as one can be told by the eye.
_KEY: Final = re.compile(r"(\s*(?:- )*)([^\s#'\"][^:#]*:)(\s.*|)$")
_LABEL: Final = 12


class View(ScrollView):
    """`config.yaml`, and the facts of the run."""

    heading = "config"

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._config = LogTail(session.source.experiment.config)
        self._rows: list[Line] = []

    def show_news(self) -> None:
        """Reads the configuration, which may come after the run has begun, or be written anew."""
        self._config.poll()
        self._rows = [*self._about(), [], *map(_line, self._texts())]
        super().show_news()

    def total(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    def text_of(self, number: int) -> str:
        """A line as it is shown."""
        return "".join(span.text for span in self._rows[number])

    def rows_of(self, number: int, width: int, *, wrapped: bool) -> Sequence[Line]:
        """A line, cut or wrapped."""
        if wrapped:
            return [[Span(row)] for row in wrap(self.text_of(number), max(1, width))]
        return [fit(self._rows[number], width)]

    def note(self) -> str:
        """The file."""
        return "config.yaml" if self._config.exists else "no config.yaml"

    def _about(self) -> Iterator[Line]:
        session = self._session
        offset = time.localtime(session.looked_at).tm_gmtoff
        for label, text in about(session.facts, offset):
            yield [Span(label.ljust(_LABEL), "label"), Span(text, "plain")]

    def _texts(self) -> list[str]:
        return [safe(line).replace("\n", "␊") for line in self._config.lines]


def _line(text: str) -> Line:
    found = _KEY.match(text)
    if text.lstrip().startswith("#") or found is None:
        return [Span(text, "label" if text.lstrip().startswith("#") else "plain")]
    return [Span(found[1]), Span(found[2], "label"), Span(found[3], "strong")]
