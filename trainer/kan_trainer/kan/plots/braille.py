"""A curve in Braille: two columns and four rows of dots in each cell."""

from __future__ import annotations

import numpy as np

from kan_trainer.kan.plots.curves import Array, extent

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def drawn(y: Array, width: int, height: int, bounds: tuple[float, float] | None = None) -> list[str]:
    """`height` lines of `width` cells; `y` is spread evenly over the width, NaN leaves gaps.

    Args:
        y: At least one value for each column of dots reads best: 2 · `width`.
        width: In cells.
        height: In cells.
        bounds: What the lowest and the highest row stand for; those of `y` unless given.
    """
    cells = np.zeros((height, width), dtype=int)
    low, high = bounds or extent(y) or (0.0, 1.0)
    rows, columns = 4 * height - 1, 2 * width
    places = np.linspace(0, len(y) - 1, columns)
    values = np.interp(places, np.arange(len(y)), y)
    heights = (values - low) / (high - low) if high > low else np.where(np.isfinite(values), 0.5, np.nan)
    before: int | None = None
    for column, share in enumerate(heights):
        if not np.isfinite(share):
            before = None
            continue
        row = round((1 - min(max(float(share), 0.0), 1.0)) * rows)
        for dot in _between(before, row):
            cells[dot // 4, column // 2] |= _DOTS[column % 2][dot % 4]
        before = row
    return ["".join(chr(0x2800 + cell) if cell else " " for cell in line) for line in cells]


def _between(before: int | None, row: int) -> range:
    """The rows that join a dot to the one before it."""
    if before is None or abs(row - before) <= 1:
        return range(row, row + 1)
    return range(before + 1, row + 1) if row > before else range(row, before)
