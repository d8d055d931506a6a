"""What stands around the dots: the gutter with its labels, the axes, ticks and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Final, NamedTuple

from kan_monitor.charts.axis import Step, step_of
from kan_monitor.charts.canvas import joined
from kan_monitor.charts.decimate import columns_per_step
from kan_monitor.charts.labels import step_labels
from kan_monitor.ink import Ink, Line, Span

LABEL_CELLS: Final = 7  # labels are up to 6 wide and keep a cell from the axis; only `-1e-300` needs that one too
NARROWEST_WITH_LABELS: Final = 24
NARROWEST_WITH_AXIS: Final = 12
LOWEST_WITH_LABELS: Final = 6
LOWEST_WITH_AXIS: Final = 4
CELLS_PER_STEP_TICK: Final = 9
CELLS_BETWEEN_LABELS: Final = 2


class Mark(NamedTuple):
    """Something that happened at a step: one character on the x axis."""

    step: float
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

    def cell_of(self, step: float, start: float, stop: float) -> int:
        """The column of the plot in which a step of `start` … `stop` lies."""
        factor = columns_per_step(start, stop, self.width)
        return min(int((step - start) * factor), self.width - 1) if factor else 0

    def left_of(self, row: int, labels: Mapping[int, str]) -> Line:
        """The gutter of one row; `labels` are those of the ticks, by row."""
        label = f"{labels.get(row, ''):>{LABEL_CELLS - 1}} "[:LABEL_CELLS]
        axis = Span("┤" if row in labels else "│", "frame")
        return [Span(label, "label"), axis] if self.gutter > 1 else [axis][: self.gutter]

    def lines_below(self, start: float, stop: float, marks: Sequence[Mark]) -> list[Line]:
        """The x axis with its ticks and marks, and the ticks' labels."""
        if not self.below:
            return []
        places = self._places(start, stop)
        axis = [Span("─", "frame")] * self.width
        for place in places:
            axis[place.cell] = Span("┴", "frame")
        for mark in marks:
            if start <= mark.step <= stop:
                axis[self.cell_of(mark.step, start, stop)] = Span(mark.glyph[:1] or "▲", mark.ink)
        corner = Span("└".rjust(self.gutter), "frame")
        return [[corner, *joined(axis)], self._labels(places)][: self.below]

    def _labels(self, places: Sequence[_Place]) -> Line:
        text = ""
        for place in places:
            text = text.ljust(place.begin) + place.label
        return [Span(" " * self.gutter), Span(text.ljust(self.width), "label")]

    def _places(self, start: float, stop: float) -> list[_Place]:
        """The x ticks, as many as their labels have room for."""
        if not (isfinite(start) and isfinite(stop)) or stop <= start:
            return self._placed([start] if isfinite(start) else [], start, stop)
        step = step_of((stop - start) * min(0.5, CELLS_PER_STEP_TICK / self.width))
        step = max(step, Step(1, 0), key=lambda step: step.size) if stop - start >= 1 else step
        places = self._placed(step.multiples(start, stop), start, stop)
        while any(right.begin < left.end + CELLS_BETWEEN_LABELS for left, right in pairwise(places)):
            step = step.coarser
            places = self._placed(step.multiples(start, stop), start, stop)
        return places

    def _placed(self, ticks: Sequence[float], start: float, stop: float) -> list[_Place]:
        cells = [self.cell_of(tick, start, stop) for tick in ticks]
        places = [_Place.centred(*at, self.width) for at in zip(cells, step_labels(ticks), strict=True)]
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
