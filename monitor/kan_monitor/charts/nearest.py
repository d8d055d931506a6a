"""The record of a long curve that is nearest to a place on the x axis, down the tower: `reading` for any length.

A block has a record at both of its ends. So the nearest record of all is no further away than the nearest end, and a
block that lies beyond that need not be looked into.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kan_monitor.charts.curve import Curve
from kan_monitor.charts.gather import Integers
from kan_monitor.charts.reading import Reading
from kan_monitor.charts.smoothing import Smoothed
from kan_monitor.charts.timeline import Timeline
from kan_monitor.charts.tower import FACTOR
from kan_shared.series import Record

_MOST: Final = 64  # blocks that are looked into: more than that lie over each other only where time stood still


def nearest(curve: Curve, smoothed: Smoothed | None, x: float, timeline: Timeline | None) -> Reading | None:
    """The nearest record, of several the newest; None where there is none."""
    blocks = _blocks_near(curve, x, timeline)
    chunk = curve.records_of(blocks)
    averages = smoothed.curve(blocks, chunk.values, chunk.finite) if smoothed else chunk.values
    away = np.where(chunk.finite | chunk.non_finite, np.abs(chunk.places(timeline) - x), np.inf).ravel()
    if not np.isfinite(away).any():
        return None
    at = np.unravel_index(len(away) - 1 - int(away[::-1].argmin()), chunk.steps.shape)
    value = float(chunk.values[at])
    record = Record(int(chunk.steps[at]), float(chunk.seconds[at]), value, int(chunk.segments[at]))
    return Reading(record, float(averages[at]) if chunk.finite[at] else value)


def _blocks_near(curve: Curve, x: float, timeline: Timeline | None) -> Integers:
    near: Integers = np.empty(0, np.int64)
    for level, tail in curve.tower.tails():
        below = near[:, None] * FACTOR + np.arange(FACTOR)
        blocks = np.concatenate([below.ravel(), tail])
        first, last = curve.ends(blocks, level, timeline)
        away = np.maximum(np.maximum(first - x, x - last), 0)
        to_an_end = np.minimum(np.abs(first - x), np.abs(last - x))
        held = first < np.inf
        near = blocks[held & (away <= to_an_end[held].min(initial=np.inf))][-_MOST:]
    return near
