"""What stands around the dots: the gutter with its labels, the axes, ticks and marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from kan_monitor.charts.axis import LARGEST
from kan_monitor.charts.canvas import joined
from kan_monitor.charts.decimate import columns_per_step
from kan_monitor.charts.xaxis import Tick, XAxis
from kan_monitor.ink import Ink, Line, Span

LABEL_CELLS: Final = 7  # labels are up to 6 wide and keep a cell from the axis; only `-1e-300` needs that one too
NARROWEST_WITH_LABELS: Final = 24
NARROWEST_WITH_AXIS: Final = 12
LOWEST_WITH_LABELS: Final = 6
LOWEST_WITH_AXIS: Final = 4
CELLS_PER_TICK: Final = 9
CELLS_BETWEEN_LABELS: Final = 2
CROWD: Final = 8  # marks of one kind that are more than one in so many cells are a crowd
CELLS_BETWEEN_MARKS: Final = 3  # in a crowd, so that there is still an axis to be seen


class Mark(NamedTuple):
    """Something that happened at a place on the x axis: one character there."""

    x: float
    glyph: str
    ink: Ink


class Frame(NamedTuple):
    """How a chart's cells are shared out.

    Attributes:
        gutter: Columns at the left, the y axis included.
        width: Columns for the dots.
        height: Rows for the dots.
        below: Rows for the x axis and its labels: 0, 1 or 2.
    """

    gutter: int
    width: int
    height: int
    below: int

    @classmethod
    def of(cls, width: int, height: int) -> Frame:
        """The frame of a chart of so many cells; a small one goes without labels, a tiny one without axes."""
        gutter = (width >= NARROWEST_WITH_AXIS) + LABEL_CELLS * (width >= NARROWEST_WITH_LABELS)
        below = (height >= LOWEST_WITH_AXIS) + (height >= LOWEST_WITH_LABELS) if gutter else 0
        return cls(gutter, max(0, width - gutter), max(0, height - below), below)

    def cell_of(self, x: float, start: float, stop: float) -> int:
        """The column of the plot in which a place of `start` … `stop` lies."""
        factor = columns_per_step(start, stop, self.width)
        return min(int((x - start) * factor), self.width - 1) if factor else 0

    def left_of(self, row: int, labels: Mapping[int, str]) -> Line:
        """The gutter of one row; `labels` are those of the ticks, by row."""
        label = f"{labels.get(row, ''):>{LABEL_CELLS - 1}} "[:LABEL_CELLS]
        axis = Span("┤" if row in labels else "│", "frame")
        return [Span(label, "label"), axis] if self.gutter > 1 else [axis][: self.gutter]

    def lines_below(self, start: float, stop: float, marks: Sequence[Mark], x: XAxis) -> list[Line]:
        """The x axis with its ticks and marks, and the ticks' labels."""
        if not self.below:
            return []
        places = self._places(start, stop, x)
        axis = [Span("─", "frame")] * self.width
        for place in places:
            axis[place.cell] = Span("┴", "frame")
        for cell, mark in self._legible(marks, start, stop).items():
            axis[cell] = Span(mark.glyph[:1] or "▲", mark.ink)
        corner = Span("└".rjust(self.gutter), "frame")
        return [[corner, *joined(axis)], self._labels(places)][: self.below]

    def _legible(self, marks: Sequence[Mark], start: float, stop: float) -> dict[int, Mark]:
        """The marks that are shown, by cell: the last where some fall together, and of a crowd of the same some."""
        placed = [(self.cell_of(mark.x, start, stop), mark) for mark in marks if start <= mark.x <= stop]
        counts = Counter(glyph for _, glyph in {(cell, mark.glyph) for cell, mark in placed})
        found: dict[int, Mark] = {}
        for cell, mark in reversed(placed):
            apart = CELLS_BETWEEN_MARKS if counts[mark.glyph] * CROWD > self.width else 0
            around = (found.get(at) for at in range(cell - apart, cell + apart + 1))
            if cell not in found and not any(other and other.glyph == mark.glyph for other in around):
                found[cell] = mark
        return found

    def _labels(self, places: Sequence[_Place]) -> Line:
        text = ""
        for place in places:
            text = text.ljust(place.begin) + place.label
        return [Span(" " * self.gutter), Span(text.ljust(self.width), "label")]

    @lru_cache(maxsize=128)  # noqa: B019  # a tuple of numbers, which keeps nothing alive
    def _places(self, start: float, stop: float, x: XAxis) -> Sequence[_Place]:
        """The x ticks, as many as their labels have room for."""
        if not 0 < stop - start < LARGEST:
            return []
        least = (stop - start) * min(0.5, CELLS_PER_TICK / self.width)
        choices = (self._placed(ticks, start, stop) for ticks in x.choices(start, stop, least))
        return next(places for places in choices if _apart(places))

    def _placed(self, ticks: Sequence[Tick], start: float, stop: float) -> list[_Place]:
        places = [_Place.centred(self.cell_of(at, start, stop), label, self.width) for at, label in ticks]
        return [place for place in places if place.end <= self.width]


class _Place(NamedTuple):
    """Where an x tick and its label stand."""

    cell: int
    begin: int
    label: str

    @property
    def end(self) -> int:
        return self.begin + len(self.label)

    @classmethod
    def centred(cls, cell: int, label: str, width: int) -> _Place:
        return cls(cell, max(0, min(cell - (len(label) - 1) // 2, width - len(label))), label)


def _apart(places: Sequence[_Place]) -> bool:
    return all(right.begin >= left.end + CELLS_BETWEEN_LABELS for left, right in pairwise(places))
