"""A grid of small charts: how many fit, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import fit

NARROWEST: Final = 28
LOWEST: Final = 7
#: Cells are no higher than this while there are more of them than fit.
_COMFORTABLE: Final = (38, 9)


class Grid(NamedTuple):
    """So many cells beside and below each other, on one page."""

    columns: int
    rows: int
    width: int
    height: int

    @property
    def cells(self) -> int:
        """How many there are on a page."""
        return self.columns * self.rows

    @property
    def cell(self) -> tuple[int, int]:
        """The size of one, a column of air between neighbours left out."""
        return (self.width - self.columns + 1) // self.columns, self.height // self.rows

    def index_at(self, x: int, y: int) -> int | None:
        """Which cell of the page a place on the screen is in."""
        width, height = self.cell
        column, row = x // (width + 1), y // height
        return row * self.columns + column if column < self.columns and row < self.rows else None

    def paste(self, cells: Sequence[Sequence[Line]]) -> list[Line]:
        """The drawn cells of a page as lines of the grid's size."""
        height = self.cell[1]
        lines: list[Line] = []
        for row in range(self.rows):
            beside = cells[row * self.columns : (row + 1) * self.columns]
            lines += [self._line([cell[y] for cell in beside]) for y in range(height)]
        return [*lines, *([Span(" " * self.width)] for _ in range(self.height - len(lines)))]

    def _line(self, pieces: Sequence[Line]) -> Line:
        joined = [span for piece in pieces for span in (Span(" "), *piece)][1:]
        return fit(joined, self.width)


def grid_of(width: int, height: int, count: int, columns: int | None = None) -> Grid:
    """The grid for so many charts: all of them if they fit, in as few columns as it takes to have them comfortably
    high, or to have them at all; otherwise a page of them.

    Args:
        width: In cells of the screen.
        height: In cells of the screen.
        count: How many charts there are.
        columns: How many columns the user wants.
    """
    most_columns, most_rows = max(1, (width + 1) // (NARROWEST + 1)), max(1, height // LOWEST)
    if columns is None:
        enough = [number for number in range(1, most_columns + 1) if -(-count // number) <= most_rows]
        roomy = [number for number in enough if height * number // max(1, count) >= _COMFORTABLE[1]]
        columns = next(iter([*roomy, *enough]), max(1, width // _COMFORTABLE[0]))
    columns = min(columns, most_columns)
    needed = max(1, -(-count // columns))
    rows = needed if needed <= most_rows else max(1, height // _COMFORTABLE[1])
    return Grid(columns, rows, width, height)
