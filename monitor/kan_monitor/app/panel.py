"""One panel on the screen: lines of ink, of which only the cells that changed are sent to the terminal again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from kan_monitor.ascii import in_ascii
from kan_monitor.ink import Ink, Line
from kan_monitor.panels.lines import width_of


class Panel(Widget):
    """Shows lines; knows neither what they say nor how they came about."""

    def __init__(self, styles: Mapping[Ink, Style], *, id: str) -> None:
        super().__init__(id=id)
        self._inks = styles
        self._lines: list[Line] = []
        #: Those that have been rendered since they changed, by row.
        self._strips: dict[int, Strip] = {}

    @property
    def lines(self) -> list[Line]:
        """What it shows."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> bool:
        """Shows `lines`; whether they differ from those before."""
        lines = in_ascii(lines) if self.app.has_class("ascii") else list(lines)
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self._strips = {}
            self.refresh()
            return True
        changed = [_changed_cells(old, new, row) for row, (old, new) in enumerate(zip(before, lines, strict=True))]
        dirty = [region for region in changed if region is not None]
        for region in dirty:
            self._strips.pop(region.y, None)
        if dirty:
            self.refresh(*dirty)
        return bool(dirty)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips of some lines; these are all that there is, without border, padding or tint for Textual to look
        for."""
        width = self.size.width
        missing = [y for y in crop.line_range if y not in self._strips or self._strips[y].cell_length != width]
        if missing:
            self._strips |= zip(missing, self._rendered(missing, width), strict=True)
        return [self._strips[y].crop(*crop.column_span) for y in crop.line_range]

    def _rendered(self, rows: Iterable[int], width: int) -> Iterator[Strip]:
        """Lines at the panel's width, as the terminal can show them."""
        filters, ground = self.get_line_filters(), self.background_colors[1]
        for y in rows:
            strip = self.render_line(y).adjust_cell_length(width, self._inks["plain"])
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, ground)
            yield strip

    def render_line(self, y: int) -> Strip:
        """One line, as Textual wants it."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self._inks["plain"])
        return Strip([Segment(span.text, self._inks[span.ink]) for span in self._lines[y]])


def _changed_cells(old: Line, new: Line, row: int) -> Region | None:
    """The cells of one row between the spans that the two lines begin and end with alike."""
    if old == new:
        return None
    head = tail = 0
    shorter = min(len(old), len(new))
    while head < shorter and old[head] == new[head]:
        head += 1
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    start = width_of(new[:head])
    width = max(width_of(old[head : len(old) - tail]), width_of(new[head : len(new) - tail]))
    return Region(start, row, max(1, width), 1)
