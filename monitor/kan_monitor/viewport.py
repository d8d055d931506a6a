"""What part of a run its charts show, and the moves that change it: zoom, pan, crosshair. Pure, and linked.

A window and a crosshair are places on the x axis: steps, seconds of training, or unix seconds. So any chart of the run
can draw them, and all of them show the same part. Every move takes what there is, an `Extent`, and gives options back.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

X = Literal["step", "elapsed", "clock"]


class Window(NamedTuple):
    """A part of the x axis; with `follows` it moves on with the newest record once that reaches its end."""

    start: float
    stop: float
    follows: bool = False


class ChartOptions(NamedTuple):
    """How charts are drawn.

    Attributes:
        log: On a logarithmic y axis.
        smoothing: The weight of an exponential mean; 0 for the values themselves.
        x: What the x axis is: steps, the time trained, or the time of day.
        window: The part of it that is shown; None for everything.
        cursor: Where the crosshair is, on the x axis.
        seen_seconds: When the one who looks had last looked, in unix time.
    """

    log: bool = True
    smoothing: float = 0.6
    x: X = "step"
    window: Window | None = None
    cursor: float | None = None
    seen_seconds: float | None = None


class Extent(NamedTuple):
    """What there is to be shown, on the x axis.

    Attributes:
        start: Of everything, at the left edge.
        stop: Of everything, at the right edge: beyond the newest record where the run is to go on.
        first: The first record.
        newest: The newest record.
        narrowest: The width of a few records: a window is no narrower.
    """

    start: float
    stop: float
    first: float
    newest: float
    narrowest: float


def shown(options: ChartOptions, extent: Extent) -> tuple[float, float]:
    """From where to where the charts go now."""
    window = options.window
    if window is None:
        return extent.start, extent.stop
    ahead = max(0.0, extent.newest - window.stop) if window.follows else 0.0
    return window.start + ahead, window.stop + ahead


def zoom(options: ChartOptions, extent: Extent, factor: float, about: float | None = None) -> ChartOptions:
    """A window `factor` times as wide, in which `about` keeps its place.

    Without `about` that is the crosshair, where it is in sight, or else the newest record in sight.
    """
    start, stop = shown(options, extent)
    if about is None:
        cursor = options.cursor
        about = cursor if cursor is not None and start <= cursor <= stop else min(extent.newest, stop)
    width = max((stop - start) * factor, extent.narrowest)
    share = (about - start) / (stop - start) if stop > start else 0.0
    return _showing(options, extent, about - share * width, width)


def pan(options: ChartOptions, extent: Extent, share: float) -> ChartOptions:
    """The window moved by a share of its width, to the right if positive; everything is not moved."""
    if options.window is None:
        return options
    start, stop = shown(options, extent)
    return _showing(options, extent, start + share * (stop - start), stop - start)


def reset(options: ChartOptions) -> ChartOptions:
    """Everything, without a crosshair."""
    return options._replace(window=None, cursor=None)


def move_cursor(options: ChartOptions, extent: Extent, dots: int, columns: int) -> ChartOptions:
    """The crosshair moved by so many of the `columns` dot columns of a chart; the window goes with it.

    A crosshair that is not there yet, or out of sight, comes in at the newest record in sight.
    """
    start, stop = shown(options, extent)
    cursor, newest = options.cursor, min(extent.newest, stop)
    at = cursor if cursor is not None and start <= cursor <= stop else newest
    at = min(max(at + dots * (stop - start) / max(1, columns), extent.first), extent.newest)
    moved = options._replace(cursor=at)
    beyond = min(0.0, at - start) + max(0.0, at - stop)
    return _showing(moved, extent, start + beyond, stop - start) if beyond and options.window else moved


def place_at(options: ChartOptions, extent: Extent, cell: int, cells: int) -> float:
    """The place in the middle of one of the `cells` of a chart's plot: what a click means."""
    start, stop = shown(options, extent)
    return start + (cell + 0.5) / max(1, cells) * (stop - start)


def _showing(options: ChartOptions, extent: Extent, start: float, width: float) -> ChartOptions:
    """With a window of that width, inside of what there is; one that has the newest record in it follows it."""
    if width >= extent.stop - extent.start:
        return options._replace(window=None)
    start = min(max(start, extent.start), extent.stop - width)
    return options._replace(window=Window(start, start + width, follows=start + width >= extent.newest))
