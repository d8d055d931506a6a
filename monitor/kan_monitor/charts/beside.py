"""The records of a long curve on both sides of a place on the x axis, down the tower: `reading` for any length.

A block has a record at both of its ends. So the nearest record on a side is no further away than the nearest end there,
and a block that lies beyond that need not be looked into.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kan_monitor.charts.chunk import Chunk
from kan_monitor.charts.curve import Curve
from kan_monitor.charts.gather import Integers
from kan_monitor.charts.reading import Reading, Sides
from kan_monitor.charts.records import Floats
from kan_monitor.charts.smoothing import Smoothed
from kan_monitor.charts.timeline import Timeline
from kan_monitor.charts.tower import FACTOR
from kan_shared.series import Record

_MOST: Final = 64  # blocks that are looked into: more than that lie over each other only where time stood still


def beside(curve: Curve, smoothed: Smoothed | None, x: float, timeline: Timeline | None) -> Sides:
    """The nearest record on each side, of several in one place the newest; None where there is none."""
    return _before(curve, smoothed, x, timeline, 1), _before(curve, smoothed, x, timeline, -1)


def _before(curve: Curve, smoothed: Smoothed | None, x: float, timeline: Timeline | None, sign: int) -> Reading | None:
    """At `x` or before it; behind it with a `sign` of -1, which turns the axis around."""
    x = x if sign > 0 else float(np.nextafter(-x, -np.inf))
    blocks = _blocks_before(curve, x, timeline, sign)
    chunk = curve.records_of(blocks)
    places = chunk.places(timeline)
    held = (chunk.finite | chunk.non_finite) & (sign * places <= x)
    if not held.any():
        return None
    towards = np.where(held, sign * places, -np.inf).ravel()
    row, column = divmod(len(towards) - 1 - int(towards[::-1].argmax()), places.shape[1])
    averages = smoothed.curve(blocks, chunk.values, chunk.finite) if smoothed else chunk.values
    return _reading(chunk, averages, places, row, column)


def _reading(chunk: Chunk, averages: Floats, places: Floats, row: int, column: int) -> Reading:
    numbers = (chunk.steps, chunk.seconds, chunk.values, chunk.segments)
    step, seconds, value, segment = (of[row, column].item() for of in numbers)
    average = averages[row, column].item() if chunk.finite[row, column] else value
    return Reading(Record(int(step), seconds, value, segment), average, places[row, column].item())


def _blocks_before(curve: Curve, x: float, timeline: Timeline | None, sign: int) -> Integers:
    near: Integers = np.empty(0, np.int64)
    for level, tail in curve.tower.tails():
        below = near[:, None] * FACTOR + np.arange(FACTOR)
        blocks = np.concatenate([below.ravel(), tail])
        first, last = curve.ends(blocks, level, timeline)
        held = first < np.inf
        if sign < 0:
            first, last = -last, -first
        an_end = np.where(last <= x, last, first)
        nearest = an_end[held & (first <= x)].max(initial=-np.inf)
        reach = np.minimum(last, x)
        able = np.flatnonzero(held & (first <= x) & (reach >= nearest))
        furthest = able[reach[able].argsort(kind="stable")[-_MOST:]]
        near = blocks[np.sort(furthest)]
    return near
