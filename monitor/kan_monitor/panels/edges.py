"""The functions on edges, small and by themselves.

x1→h3         18 %
⠢⡀         ⢀⠔⠊⠉
  ⠑⠤⣀⣀⣀⣀⠤⠒⠁
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite
from typing import Final

from kan_monitor.charts import axis, chart
from kan_monitor.charts.axis import LARGEST, Scale
from kan_monitor.charts.canvas import CROSS, DOTS_HIGH, DOTS_WIDE, Trace, joined, paint
from kan_monitor.charts.chart import Layer, Mark
from kan_monitor.charts.decimate import Envelope
from kan_monitor.charts.layer import Rule
from kan_monitor.charts.trace import heights, non_finite_cells, trace
from kan_monitor.dashboard import EdgeView, LayerView
from kan_monitor.dashboard.network import Stretch
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.lines import figure, fit, ink_of, shortened, width_of

#: Of how many even shares an edge has: this many and more are loud, half of it is not quiet.
_LOUD: Final = 1.0
#: A curve is not drawn as if it were larger than this part of the largest of its layer.
_FLATTEST: Final = 0.05


def common_scale(edges: Sequence[EdgeView]) -> Scale:
    """The one that holds all curves of a layer."""
    ends = [_ends(edge) for edge in edges]
    return axis.scale_of(min((low for low, _ in ends), default=0.0), max((high for _, high in ends), default=0.0))


def scale_of(edge: EdgeView, common: Scale) -> Scale:
    """Its own: from its lowest to its highest value, but where that is next to nothing in its layer."""
    low, high = _ends(edge)
    missing = max(0.0, _FLATTEST * (common.high - common.low) - (high - low))
    return axis.scale_of(low - missing / 2, high + missing / 2)


def _ends(edge: EdgeView) -> Stretch:
    """Its lowest and its highest value."""
    low, high = min(edge.curve), max(edge.curve)
    if isfinite(sum(edge.curve)):
        return low, high
    finite = [value for value in edge.curve if isfinite(value)]
    return min(finite, default=0.0), max(finite, default=0.0)


def small(
    edge: EdgeView, layer: LayerView, scale: Scale, width: int, height: int, *, chosen: bool = False
) -> list[Line]:
    """An edge in exactly `width` × `height` cells: bright where its inputs are."""
    rows = height - 1
    if rows < 1 or width < 1:
        return [_title(edge, width, chosen)][:height]
    inks = tuple(_ink(edge, layer, place) for place in places(layer.drawn, width))
    return [_title(edge, width, chosen), *_curve(edge.curve, scale, inks, rows)]


@lru_cache(maxsize=512)  # those in sight: they stay as they are until the network is seen anew
def _curve(curve: tuple[float, ...], scale: Scale, inks: tuple[Ink, ...], rows: int) -> list[Line]:
    """A curve in as many cells as there are inks, over a dotted line at zero."""
    width, dots = len(inks), rows * DOTS_HIGH
    shape = _resampled(curve, width * DOTS_WIDE)
    crosses = dict.fromkeys(non_finite_cells(shape, scale, rows, dots), CROSS)
    (zero,) = heights([0.0 if scale.low <= 0 <= scale.high else None], scale, dots)
    grid_rows = () if zero is None else (rows - 1 - zero // DOTS_HIGH,)
    drawn = Trace(trace(shape, scale, dots, spread=True), inks)
    return paint([drawn], width=width, height=rows, grid_rows=grid_rows, glyphs=crosses)


def large(edge: EdgeView, layer: LayerView, width: int, height: int) -> list[Line]:
    """An edge in a chart of its own: the ends of the grid as dotted lines, most of its inputs between two marks."""
    shape = _resampled(edge.curve, chart.columns_of(width))
    start, stop = layer.drawn
    where = places(layer.drawn, len(shape.mean))
    within = edge.inputs or layer.drawn
    used = [within[0] <= place <= within[1] for place in where]
    layers = [
        Layer(shape, "series.1", "line", faint=True),
        Layer(_where(shape, used), "series.1", "line"),
    ]
    rules = [Rule(end, "label", dotted=True) for end in layer.grid_range if start < end < stop]
    marks = [Mark(end, "▲", "info") for end in edge.inputs or () if start <= end <= stop]
    return chart.draw(layers, width=width, height=height, start=start, stop=stop, log=False, rules=rules, marks=marks)


def strip(layer: LayerView, width: int) -> Line:
    """Where the inputs of a layer are, thick, along what its curves are drawn over; its grid is between two ticks."""
    if width < 1:
        return []
    low, high = layer.grid_range
    cells = [Span("─", "track")] * width
    if layer.inputs is not None:
        first, last = (_cell_of(end, layer.drawn, width) for end in layer.inputs)
        beyond = ink_of(layer.coverage.severity, "good")
        for at in range(first, last + 1):
            place = layer.drawn[0] + (layer.drawn[1] - layer.drawn[0]) * (at + 0.5) / width
            cells[at] = Span("━", "good" if low <= place <= high else beyond)
    for end in layer.grid_range:
        cells[_cell_of(end, layer.drawn, width)] = Span("┃", "strong")
    return joined(cells)


def _cell_of(place: float, drawn: Stretch, width: int) -> int:
    """The cell that a place is in, the nearest one where it is beyond all."""
    low, high = drawn
    return max(0, min(int((place - low) / (high - low) * width), width - 1))


def places(ends: Stretch, count: int) -> list[float]:
    """The middles of so many equal parts."""
    low, high = ends
    return [low + (high - low) * (at + 0.5) / count for at in range(count)]


def _title(edge: EdgeView, width: int, chosen: bool) -> Line:
    share: Line = [Span(" "), *figure(edge.share, ink="key" if chosen else "plain", unit_ink="label")]
    room = max(0, width - width_of(share))
    name = shortened(("▸" if chosen else "") + edge.name, room)
    return fit([*fit([Span(name, "key" if chosen else "label")], room), *share], width)


def _ink(edge: EdgeView, layer: LayerView, place: float) -> Ink:
    low, high = edge.inputs or layer.drawn
    used = low <= place <= high
    if not layer.grid_range[0] <= place <= layer.grid_range[1]:
        return ink_of(layer.coverage.severity, "train.1") if used else "faint"
    if not used:
        return "train.0"
    even = (edge.share.value or 0.0) * layer.edge_count / 100
    return "train.3" if even >= _LOUD else "train.2" if even >= _LOUD / 2 else "train.1"


def _resampled(curve: Sequence[float], columns: int) -> Envelope:
    """The curve at the middle of each of so many dot columns, straight between its points."""
    found = Envelope([], [], [], [])
    last = len(curve) - 1
    for column, place in enumerate(places((0.0, float(last)), columns)):
        left = min(int(place), last - 1)
        value = (left + 1 - place) * curve[left] + (place - left) * curve[left + 1]
        if isfinite(value):
            value = max(-LARGEST, min(value, LARGEST))
        else:
            found.non_finite.append(column)
        for values in found[:3]:
            values.append(value if isfinite(value) else None)
    return found


def _where(shape: Envelope, kept: Sequence[bool]) -> Envelope:
    """A part of a curve."""

    def part(values: Sequence[float | None]) -> list[float | None]:
        return [value if keep else None for value, keep in zip(values, kept, strict=True)]

    return Envelope(
        part(shape.low), part(shape.high), part(shape.mean), [column for column in shape.non_finite if kept[column]]
    )
