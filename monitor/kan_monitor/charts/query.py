"""From the top of a tower to the records: what a window has to see of a curve, and no more.

A block that lies in one column is taken as a whole, one that straddles two is replaced by the blocks below it, and at
the bottom by its records. So the answer is exact, the spike of a single step stands in its column, and of ten million
records some thousand are looked at. Nothing of this relies on steps or times that grow.
"""

from __future__ import annotations

import numpy as np

from kan_monitor.charts.curve import Curve
from kan_monitor.charts.gather import Figures, Integers, Window
from kan_monitor.charts.smoothing import Smoothed
from kan_monitor.charts.timeline import Timeline
from kan_monitor.charts.tower import FACTOR


def fill(window: Window, curve: Curve, smoothed: Smoothed | None, timeline: Timeline | None) -> None:
    """Puts the curve into the window, or in its place its average, which has taken in all of it.

    With a timeline by the time of its records, otherwise by their steps.
    """
    straddling: Integers = np.empty(0, np.int64)
    for level, tail in curve.tower.tails():
        below = straddling[:, None] * FACTOR + np.arange(FACTOR)
        blocks = np.concatenate([below.ravel(), tail])
        first, last = curve.ends(blocks, level, timeline)
        touching = window.touches(first, last)
        whole = touching & window.holds(first, last)
        window.add_blocks(first[whole], _figures(blocks[whole], level, curve, smoothed))
        straddling = blocks[touching & ~whole]
    _add_records(window, straddling, curve, smoothed, timeline)


def _figures(blocks: Integers, level: int, curve: Curve, smoothed: Smoothed | None) -> Figures:
    values = smoothed.tower if smoothed else curve.tower
    figures = {name: values.column(name, level)[blocks] for name in ("low", "high", "total")}
    return figures | {name: curve.tower.column(name, level)[blocks] for name in ("finite", "non_finite")}


def _add_records(
    window: Window, blocks: Integers, curve: Curve, smoothed: Smoothed | None, timeline: Timeline | None
) -> None:
    chunk = curve.records_of(blocks)
    values = smoothed.curve(blocks, chunk.values, chunk.finite) if smoothed else chunk.values
    places = chunk.places(timeline)
    inside = window.touches(places, places)
    finite, non_finite = chunk.finite & inside, chunk.non_finite & inside
    window.add_values(places[finite], values[finite])
    window.add_non_finite(places[non_finite])
