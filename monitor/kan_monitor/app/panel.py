"""One panel on the screen: lines of ink, of which only the cells that changed are sent to the terminal again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from kan_monitor.ascii import in_ascii
from kan_monitor.ink import Ink, Line


class Panel(Widget):
    """Shows lines; knows neither what they say nor how they came about."""

    def __init__(self, styles: Mapping[Ink, Style], *, id: str) -> None:
        super().__init__(id=id)
        self._inks = styles
        self._lines: list[Line] = []

    @property
    def lines(self) -> list[Line]:
        """What it shows."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> bool:
        """Shows `lines`; whether they differ from those before."""
        lines = in_ascii(lines) if self.app.has_class("ascii") else list(lines)
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh()
            return True
        changed = [_changed_cells(old, new, row) for row, (old, new) in enumerate(zip(before, lines, strict=True))]
        dirty = [region for region in changed if region is not None]
        if dirty:
            self.refresh(*dirty)
        return bool(dirty)

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
    start = sum(cell_len(span.text) for span in new[:head])
    kept = sum(cell_len(span.text) for span in new[len(new) - tail :])
    width = max(sum(cell_len(span.text) for span in line) for line in (old, new))
    return Region(start, row, max(1, width - start - kept), 1)
