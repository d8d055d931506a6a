"""A series in a single row, beside a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.charts.axis import LARGEST, Scale
from kan_monitor.charts.canvas import CROSS, DOTS_HIGH, DOTS_WIDE, Trace, joined, paint
from kan_monitor.charts.decimate import Envelope, envelope
from kan_monitor.charts.trace import heights, non_finite_cells, trace
from kan_monitor.ink import Ink, Line, Span

BLOCKS: Final = "▁▂▃▄▅▆▇█"


def sparkline(
    values: Sequence[float | None],
    *,
    width: int,
    ink: Ink,
    low: float | None = None,
    high: float | None = None,
    dots: bool = False,
    ahead: Sequence[float] = (),
) -> Line:
    """One line of `width` cells, the newest value at its right edge; blank where a value is unknown.

    Args:
        values: Oldest first. More than fit are put together in groups, fewer leave the left side blank.
        width: In cells.
        ink: Of the whole line; non-finite values are marked in "bad".
        low: The value at the bottom, the lowest of the values when None.
        high: The value at the top, the highest of the values when None.
        dots: A thin line of Braille, two values a cell, joined across unknown ones, for something like a schedule;
            otherwise eighths of blocks, as high as the mean of each group, for something like a load.
        ahead: Values that are still to come, behind the newest one, as far apart as the others; faint.
    """
    columns = max(0, width) * (DOTS_WIDE if dots else 1)
    shape = _grouped([*values, *ahead], columns)
    scale = _scale(shape, low, high)
    coming = round(width * len(ahead) / max(len(values) + len(ahead), columns, 1))
    inks: list[Ink] = [ink] * (width - coming) + ["faint"] * coming
    if dots:
        drawn = Trace(trace(shape, scale, DOTS_HIGH, spread=True), inks)
        crosses = dict.fromkeys(non_finite_cells(shape, scale, 1, DOTS_HIGH), CROSS)
        return paint([drawn], width=width, height=1, glyphs=crosses)[0]
    levels = heights(shape.mean, scale, len(BLOCKS))
    cells = [Span(" " if level is None else BLOCKS[level], ink) for level, ink in zip(levels, inks, strict=True)]
    for column in shape.non_finite:
        cells[column] = CROSS
    return joined(cells)


def area(
    values: Sequence[float | None], *, width: int, height: int, ink: Ink, low: float = 0.0, high: float | None = None
) -> list[Line]:
    """A load over time in several rows, `height` of them: the mean of each group as a column of eighths of blocks,
    of which only the top is in its ink, so that much of it is no louder than little."""
    shape = _grouped(values, max(0, width))
    levels = heights(shape.mean, _scale(shape, low, high), len(BLOCKS) * height)
    rows = [[_block(level, below, ink) for level in levels] for below in reversed(range(height))]
    for column in shape.non_finite:
        rows[-1][column] = CROSS
    return [joined(row) for row in rows]


def _block(level: int | None, rows_below: int, ink: Ink) -> Span:
    """What a column that is `level` eighths high, from 0, has in the row over `rows_below` others."""
    filled = -1 if level is None else level - len(BLOCKS) * rows_below
    if filled < 0:
        return Span(" ", ink)
    return Span(BLOCKS[filled], ink) if filled < len(BLOCKS) else Span(BLOCKS[-1], "track")


def _grouped(values: Sequence[float | None], columns: int) -> Envelope:
    """The values by position, one or more a column, ending in the last column."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    first = min(0, len(values) - columns)
    return envelope(
        [at for at, _ in known], [value for _, value in known], start=first, stop=max(len(values), 1), columns=columns
    )


def _scale(shape: Envelope, low: float | None, high: float | None) -> Scale:
    bottom = min((value for value in shape.low if value is not None), default=0.0) if low is None else low
    top = max((value for value in shape.high if value is not None), default=0.0) if high is None else high
    bottom, top = (max(-LARGEST, min(end, LARGEST)) for end in (bottom, top))
    around = max(1.0, abs(bottom))
    below = around if low is None else 0.0  # nothing stands at the bottom that is given, not halfway up
    return Scale(bottom, top) if bottom < top else Scale(bottom - below, bottom + around)
