"""Every sample of the run, one at a time: gone through by keys, over the course of how well they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from kan_monitor.app.session import Session
from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.charts.canvas import DOTS_WIDE
from kan_monitor.charts.chart import columns_of
from kan_monitor.dashboard import SampleView
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels import sample, timeline
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.sources.archive import Archive
from kan_monitor.sources.matches import Matches
from kan_monitor.text import count
from kan_monitor.view.sample import one_sample
from kan_shared.journal import Sample

#: A view of so many rows, or more, has a timeline of so many.
_TIMELINES: Final = ((28, 8), (14, 6))
_WHEEL_ROWS: Final = 3
#: The frame's edge, and a column of air.
_LEFT_OF_CHART: Final = 2


class View(ViewScreen):
    """The newest sample, or the one that was gone back to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,left_square_bracket", "go(-1)", "previous sample"),
        Binding("right,right_square_bracket", "go(1)", "next sample"),
        Binding("pageup", "go(-10)", "ten samples back"),
        Binding("pagedown", "go(10)", "ten samples on"),
        Binding("home", "first", "the first sample"),
        Binding("end,right_curly_bracket", "newest", "the newest sample, and those that will come"),
        Binding("up,k", "scroll(-1)", "scroll up in a long sample"),
        Binding("down,j", "scroll(1)", "scroll down in a long sample"),
    ]
    keys = (("←→", "sample"), ("end", "newest"), ("↑↓", "scroll"))

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._samples = Archive(session.source.experiment.samples, Sample)
        self._matches = Matches(self._samples)
        #: The sample that is shown, counted from 0; None while the newest is.
        self._at: int | None = None
        self._row = 0

    def show_news(self) -> None:
        """Looks for samples that came; of a long journal there is so much a look."""
        if not self._session.options.frozen:
            self._samples.poll()
        super().show_news()

    def draw_view(self, width: int, height: int) -> list[Line]:
        """The timeline, where there is room, over the sample."""
        total = len(self._samples)
        if not total:
            return sample.draw(None, width, height)
        above = _timeline_rows(height)
        return [*self._timeline(width, above), *self._sample(width, height - above)]

    def action_go(self, by: int) -> None:
        """Goes to another sample; from the newest on it follows."""
        self._go_to(self._number + by)

    def action_first(self) -> None:
        """Goes to the first sample."""
        self._go_to(0)

    def action_newest(self) -> None:
        """Goes to the newest sample, whichever that is."""
        self._go_to(len(self._samples))

    def action_scroll(self, by: int) -> None:
        """Moves over a long sample, which then stays."""
        width, height = self.app.size[0], self.app.size[1] - 2
        shown = self._shown()
        hidden = shown and sample.hidden_rows(shown, width, height - _timeline_rows(height), plain=self._plain)
        if hidden:
            self._at = self._number
            self._row = min(hidden, max(0, min(self._row, hidden) + by))
            self.draw()

    def on_click(self, event: events.Click) -> None:
        """A click on the timeline goes to the sample there."""
        room = inner_size(self.app.size.width, 0)[0]
        cells = columns_of(room) // DOTS_WIDE
        cell = event.x - _LEFT_OF_CHART - (room - cells)
        on_timeline = event.y < _timeline_rows(self.app.size.height - 2)
        if event.widget is not None and event.widget.id == "view" and on_timeline and 0 <= cell < cells:
            self._go_to(round(cell / max(1, cells - 1) * (len(self._samples) - 1)))

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel moves over a long sample."""
        self.action_scroll(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel moves over a long sample."""
        self.action_scroll(-_WHEEL_ROWS)

    @property
    def _number(self) -> int:
        """The sample that is shown; the journal may have become shorter since it was chosen."""
        newest = len(self._samples) - 1
        return newest if self._at is None else min(self._at, newest)

    @property
    def _plain(self) -> bool:
        return self._session.options.plain

    def _go_to(self, number: int) -> None:
        newest = len(self._samples) - 1
        self._at = max(0, number) if number < newest else None
        self._row = 0
        self.draw()

    def _shown(self) -> SampleView | None:
        """None before there is a sample, and for a line of the journal that is none."""
        found = self._samples[self._number] if len(self._samples) else None
        return one_sample(found, self._number + 1, len(self._samples)) if found else None

    def _timeline(self, width: int, height: int) -> list[Line]:
        if not height:
            return []
        newer = len(self._samples) - 1 - self._number
        note = "the newest, as they come" if self._at is None else f"{count(newer)} newer, end follows"
        matches = self._matches.picked(columns_of(inner_size(width, height)[0]))
        return timeline.draw(matches, self._number, len(self._samples), width, height, note=note)

    def _sample(self, width: int, height: int) -> list[Line]:
        shown = self._shown()
        if shown:
            return sample.draw_scrolled(shown, width, height, self._row, plain=self._plain)
        note = f"{count(self._number + 1)} of {count(len(self._samples))}"
        return framed([[Span("this sample cannot be read", "label")]], width, height, title="sample", note=note)


def _timeline_rows(height: int) -> int:
    """Of a view of so many rows."""
    return next((rows for least, rows in _TIMELINES if height >= least), 0)
