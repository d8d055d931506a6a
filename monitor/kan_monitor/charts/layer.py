"""What a chart is drawn of: curves, what lies behind them, and upright lines; and the inks that they have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Literal, NamedTuple, cast, get_args

from kan_monitor.charts.canvas import DOTS_HIGH, DOTS_WIDE, Trace
from kan_monitor.charts.decimate import Envelope, columns_per_step
from kan_monitor.ink import Ink, Span

#: Series of several that are alike, in the order in which they get their inks.
Alike = Literal[
    "series.0", "series.1", "series.2", "series.3", "series.4", "series.5", "series.6", "series.7"
]  # fmt: skip
Series = Literal["train", "validation"] | Alike
ALIKE: Final[tuple[Alike, ...]] = get_args(Alike)
#: The inks of a series from its newest points to its oldest; as a backdrop it has one, `.faint`.
_INKS: Final[dict[Series, tuple[Ink, ...]]] = {
    "train": ("train.3", "train.2", "train.1", "train.0"),
    "validation": ("validation.3", "validation.2", "validation.1", "validation.0"),
    **{name: (name,) * 4 for name in ALIKE},
}
_FAINT: Final = {series: cast("Ink", f"{series}.faint") for series in _INKS}


class Layer(NamedTuple):
    """One series, as a curve or as what lies behind a curve.

    Attributes:
        envelope: The series in as many columns as `columns_of` says.
        series: Whose ink it has.
        kind: A band from the lowest to the highest value of every column, behind all lines; a line that goes to the
            lowest and highest values too; or the line of an average, through the means alone.
        faint: A backdrop, in one ink whatever its age.
        name: A character that stands at the newest end of the curve, to tell it by where there are several.
    """

    envelope: Envelope
    series: Series
    kind: Literal["band", "line", "mean"]
    faint: bool = False
    name: str = ""

    def inks(self, ages: Iterable[int]) -> list[Ink]:
        """Of cells of these ages, 0 the newest and 3 the oldest."""
        return [_FAINT[self.series] if self.faint else _INKS[self.series][age] for age in ages]

    @property
    def is_dotted(self) -> bool:
        """Whether it is told from the others by every other dot where there is no colour."""
        return self.series == "validation" or (self.faint and self.kind == "line")

    def name_at_the_end(
        self, heights: Sequence[int | None], rows: int, taken: Collection[tuple[int, int]]
    ) -> dict[tuple[int, int], Span]:
        """Its name by row and column: behind the last of the dots that are so high, one a column; above or below what
        has taken that place."""
        known = [(column, height) for column, height in enumerate(heights) if height is not None]
        if not known or not self.name:
            return {}
        cell = min(known[-1][0] // DOTS_WIDE + 1, len(heights) // DOTS_WIDE - 1)
        end = rows - 1 - known[-1][1] // DOTS_HIGH
        free = sorted((abs(row - end), row) for row in range(rows) if (row, cell) not in taken)
        return {(row, cell): Span(self.name[:1], _INKS[self.series][0]) for _, row in free[:1]}


class Rule(NamedTuple):
    """A vertical line at a place on the x axis: a crosshair, or a moment; in front of bands and behind lines."""

    x: float
    ink: Ink
    dotted: bool = False

    def trace(self, width: int, height: int, start: float, stop: float) -> Trace:
        """Its dots in a plot of so many cells that goes from `start` to `stop`."""
        columns = width * DOTS_WIDE
        at = min(int((self.x - start) * columns_per_step(start, stop, columns)), columns - 1)
        whole = (1 << height * DOTS_HIGH) - 1
        dots = [0] * columns
        dots[at] = whole // 3 if self.dotted else whole  # 0b…0101: every other one
        return Trace(dots, [self.ink] * width)
