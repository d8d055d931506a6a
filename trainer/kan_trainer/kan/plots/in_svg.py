"""A network as the papers draw it: inputs below, outputs above, and on each edge the curve of its function."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
from torch import Tensor

from kan_shared.text import safe_line
from kan_trainer.checks import require
from kan_trainer.kan.network import KAN
from kan_trainer.kan.plots.curves import Curve, LayerCurves, extent, figure, important_curves, percent

_BOX_WIDTH: Final = 76
_BOX_HEIGHT: Final = 62
_GAP: Final = 14
_MARGIN: Final = 36
#: At the left, where a layer's caption stands.
_CAPTIONS: Final = 128
#: From a row of units to the next, with the boxes half way.
_STEP: Final = 210
_POINTS: Final = 49
_STYLE: Final = (
    "text{font-family:'Helvetica Neue',Helvetica,Arial,sans-serif;text-anchor:middle}"
    ".unit{fill:#1d2733}.name{font-size:13px;fill:#1d2733}.range{font-size:7.5px;fill:#5b6874}"
    ".caption{font-size:11px;fill:#5b6874;text-anchor:start}"
    ".wire{fill:none;stroke:#1d2733;stroke-width:1.1}.box{fill:#fff;stroke:#1d2733;stroke-width:1.1}"
    ".zero{stroke:#c9d1d8;stroke-width:.8}.curve{fill:none;stroke:#1f6f8b;stroke-width:1.9;stroke-linejoin:round}"
)


def svg(
    network: KAN,
    inputs: Tensor | None = None,
    *,
    most: int = 16,
    threshold: float = 0.02,
    names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
) -> str:
    """A self-contained SVG: units, edges with their curves, the fainter the less they matter.

    In each box stands the range of φ above the curve, that of x below it.

    Args:
        network: Of any size.
        inputs: `(n, inputs)`, over which importance and curves are; the whole grid without.
        most: Edges of each layer that are shown.
        threshold: Edges of less than this share of the layer's most important one are not shown.
        names: Of the inputs; `x0`, `x1` … unless given.
        output_names: `y0`, `y1` … unless given.

    Raises:
        UsageError: A shape or a number is wrong.
    """
    sizes = network.config.layers
    require(most >= 1, "most", "at least 1", most)
    require(names is None or len(names) == sizes[0], "names", f"one for each of {sizes[0]} inputs", names)
    last = output_names is None or len(output_names) == sizes[-1]
    require(last, "output_names", f"one for each of {sizes[-1]} outputs", output_names)
    layers = important_curves(network, inputs, most, _POINTS, threshold)
    widest = max(max(len(layer.shown) for layer in layers), 3)
    width = _CAPTIONS + _MARGIN + widest * (_BOX_WIDTH + _GAP) - _GAP
    height = 2 * _MARGIN + 24 + _STEP * len(layers)
    units = _units(layers, width, height)
    body = [part for layer in layers for part in _layer(layer, units, width, height)]
    body += [f'<circle class="unit" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>' for row in units for x, y in row.values()]
    body += [
        f'<text class="range" x="{x + 13:.1f}" y="{y + 3:.1f}">{unit}</text>'
        for row in units[1:-1]
        for unit, (x, y) in row.items()
    ]
    body += _names(units[0], names or [f"x{i}" for i in range(sizes[0])], 22)
    body += _names(units[-1], output_names or [f"y{i}" for i in range(sizes[-1])], -13)
    size = f'width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">',
            f"<style>{_STYLE}</style>",
            f'<rect {size} fill="#fff"/>',
            *body,
            "</svg>\n",
        ]
    )


Place = tuple[float, float]


def _units(layers: list[LayerCurves], width: int, height: int) -> list[dict[int, Place]]:
    """Where every unit stands that a shown edge touches, row by row from the inputs; all of a row of few."""
    rows: list[dict[int, Place]] = []
    for row in range(len(layers) + 1):
        touched = {one.input for one in layers[row].shown} if row < len(layers) else set()
        touched |= {one.output for one in layers[row - 1].shown} if row else set()
        count = layers[row].inputs if row < len(layers) else layers[-1].outputs
        shown = sorted(touched) if count > 16 else list(range(count))
        y = _row(row, height)
        rows.append({unit: (_spread(place, len(shown), width), y) for place, unit in enumerate(shown)})
    return rows


def _row(row: int, height: int) -> float:
    return height - _MARGIN - 12 - row * _STEP


def _spread(place: int, count: int, width: int) -> float:
    return _CAPTIONS + (place + 0.5) * (width - _CAPTIONS - _MARGIN) / count


def _layer(layer: LayerCurves, units: list[dict[int, Place]], width: int, height: int) -> list[str]:
    """A caption, then wires and boxes."""
    y = _row(layer.index, height) - _STEP / 2
    greatest = max((one.share for one in layer.shown), default=0.0)
    below, above = units[layer.index], units[layer.index + 1]
    # As the wires lie: by where they come from and go to, so that few cross.
    ordered = sorted(layer.shown, key=lambda one: (below[one.input][0] + above[one.output][0], one.input, one.output))
    first = y + 4 - 7 * (len(layer.words) - 1)
    parts = [
        f'<text class="caption" x="20" y="{first + 14 * line:.1f}">{escape(words)}</text>'
        for line, words in enumerate(layer.words)
    ]
    for place, one in enumerate(ordered):
        x = _spread(place, len(ordered), width)
        strength = 0.2 + 0.8 * np.sqrt(one.share / greatest) if greatest > 0 else 1.0
        top, bottom = y - _BOX_HEIGHT / 2, y + _BOX_HEIGHT / 2
        parts += [
            f'<g opacity="{strength:.2f}"><title>{escape(_told(one, layer.index))}</title>',
            _wire(below[one.input], (x, bottom)),
            _wire((x, top), above[one.output]),
            f'<rect class="box" x="{x - _BOX_WIDTH / 2:.1f}" y="{top:.1f}" width="{_BOX_WIDTH}"'
            f' height="{_BOX_HEIGHT}" rx="5"/>',
            *_curve(one, x, y),
            "</g>",
            *_ranges(one, x, y),
        ]
    return parts


def _wire(start: Place, end: Place) -> str:
    middle = (start[1] + end[1]) / 2
    return (
        f'<path class="wire" d="M{start[0]:.1f} {start[1]:.1f}C{start[0]:.1f} {middle:.1f}'
        f' {end[0]:.1f} {middle:.1f} {end[0]:.1f} {end[1]:.1f}"/>'
    )


def _curve(one: Curve, x: float, y: float) -> list[str]:
    bounds = extent(one.y)
    if bounds is None:
        return [f'<text class="range" x="{x:.1f}" y="{y + 3:.1f}">no numbers</text>']
    half, rise = _BOX_WIDTH / 2 - 8, _BOX_HEIGHT / 2 - 15
    low, high = bounds
    size = high - low

    def level(value: float) -> float:
        return y + (rise - 2 * rise * (value - low) / size if size > 0 else 0)

    across = np.linspace(x - half, x + half, len(one.y))
    points = [f"{a:.1f} {level(b):.1f}" for a, b in zip(across, one.y, strict=True) if np.isfinite(b)]
    zero = f'<path class="zero" d="M{x - half:.1f} {level(0):.1f}h{2 * half:.1f}"/>' if low < 0 < high else ""
    return [zero, f'<path class="curve" d="M{"L".join(points)}"/>']


def _ranges(one: Curve, x: float, y: float) -> list[str]:
    """Of φ above the curve, of x below it; outside the group, since they are to be read however faint it is."""
    heights = ((one.y, y - _BOX_HEIGHT / 2 + 10), (one.x, y + _BOX_HEIGHT / 2 - 4.5))
    return [
        f'<text class="range" x="{x:.1f}" y="{height:.1f}">{figure(bounds[0], 2)} … {figure(bounds[1], 2)}</text>'
        for values, height in heights
        if (bounds := extent(values)) is not None
    ]


def _told(one: Curve, layer: int) -> str:
    return f"layer {layer}, edge {one.input} → {one.output}: {percent(one.share)} of the outputs"


def _names(row: dict[int, Place], names: Sequence[str], below: int) -> list[str]:
    return [
        f'<text class="name" x="{x:.1f}" y="{y + below:.1f}">{escape(safe_line(names[unit]))}</text>'
        for unit, (x, y) in row.items()
    ]
