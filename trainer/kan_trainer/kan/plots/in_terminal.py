"""A network as text: a block for each layer, in it the curves of its most important edges; or one edge, large."""

from __future__ import annotations

from typing import Final

import numpy as np
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan.importance import layer_inputs
from kan_trainer.kan.network import KAN
from kan_trainer.kan.plots.braille import drawn
from kan_trainer.kan.plots.curves import (
    Array,
    Curve,
    LayerCurves,
    curve,
    extent,
    figure,
    important_curves,
    percent,
    samples_for,
)

#: Cells between two curves, and what a curve has at least.
_GAP: Final = 2
_TILE: Final = 14
_CURVE_LINES: Final = 3
_TALLEST: Final = 6
_DENSITY: Final = " ▁▂▃▄▅▆▇█"


def terminal(network: KAN, inputs: Tensor | None = None, width: int = 80, height: int = 24) -> str:
    """`height` lines of `width` cells: every layer's most important edges as curves of φ(x), outputs at the top.

    Under each curve stand its edge and its share in the outputs. Each has its own scale.

    Args:
        network: Of any size.
        inputs: `(n, inputs)`, over which importance and curves are; the whole grid without.
        width: In cells.
        height: In lines.

    Raises:
        UsageError: `inputs` is of another shape, or a size is none.
    """
    require(width >= 1 and height >= 1, "width and height", "at least 1", (width, height))
    columns = max(1, (width + _GAP) // (_TILE + _GAP))
    rows, tall = _divided([-(-inputs * outputs // columns) for inputs, outputs in _shapes(network)], height)
    found = important_curves(network, inputs, columns * max(rows), 2 * _TILE)
    lines: list[str] = []
    for layer, count in zip(reversed(found), reversed(rows), strict=True):
        lines += _block(layer, columns, count, tall, width)
    return "\n".join(_fitted(line, width) for line in (lines + [""] * height)[:height])


def edge(
    network: KAN,
    layer: int,
    input_unit: int,
    output_unit: int,
    inputs: Tensor | None = None,
    width: int = 80,
    height: int = 24,
) -> str:
    """One edge's φ(x) large, with its axes, and under it how dense what it sees is.

    Raises:
        UsageError: There is no such edge, or `inputs` is of another shape, or a size is none.
    """
    require(width >= 1 and height >= 1, "width and height", "at least 1", (width, height))
    shapes = _shapes(network)
    if not (0 <= layer < len(shapes) and 0 <= input_unit < shapes[layer][0] and 0 <= output_unit < shapes[layer][1]):
        raise UsageError(
            f"there is no edge {input_unit} → {output_unit} of layer {layer} in a network {network.config.layers}."
        )
    seen = layer_inputs(network, samples_for(network, inputs))[layer]
    x, y = curve(network.kan_layers[layer], seen, input_unit, output_unit, 4 * width)
    bounds = extent(y)
    top, bottom = ("—", "—") if bounds is None else (figure(bounds[1]), figure(bounds[0]))
    margin = min(max(len(top), len(bottom)), max(width - 3, 0))
    inside = max(width - margin - 2, 1)
    rows = max(height - 4, 1)
    labels = [top, *[""] * (rows - 2), bottom] if rows > 1 else [top]
    low, high = figure(float(x[0])), figure(float(x[-1]))
    lines = [f"φ of the edge {input_unit} → {output_unit} of layer {layer}"]
    lines += [f"{label:>{margin}} ┤{line}" for label, line in zip(labels, drawn(y, inside, rows), strict=True)]
    lines += [f"{'':{margin}} └{'─' * inside}"]
    lines += [f"{'':{margin + 2}}{low}{'x':^{max(inside - len(low) - len(high), 1)}}{high}"]
    lines += [f"{'':{margin + 2}}{_density(seen[:, input_unit], x, inside)}"]
    return "\n".join(_fitted(line, width) for line in (lines + [""] * height)[:height])


def _shapes(network: KAN) -> list[tuple[int, int]]:
    return [(layer.weight.shape[0], layer.weight.shape[2]) for layer in network.kan_layers]


def _divided(wanted: list[int], height: int) -> tuple[list[int], int]:
    """How many rows of curves each layer gets, and how many lines a curve: all of them, or low ones of the best."""
    lines = height - 2 * len(wanted)
    tall = lines // sum(wanted) - 1
    if tall >= _CURVE_LINES:
        return wanted, min(tall, _TALLEST)
    spare, rows = lines // (_CURVE_LINES + 1), []
    # Those that want little leave the rest to the others.
    for place, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        rows.append((index, max(1, min(wanted[index], spare // (len(wanted) - place)))))
        spare -= rows[-1][1]
    return [count for _, count in sorted(rows)], _CURVE_LINES


def _block(layer: LayerCurves, columns: int, rows: int, tall: int, width: int) -> list[str]:
    """A heading, and `rows` of curves."""
    tile = max((width + _GAP) // columns - _GAP, 1)
    shown = layer.first(columns * rows)
    lines = ["   ".join(shown.words)]
    for start in range(0, len(shown.shown), columns):
        tiles = [_tile(one, tile, tall) for one in shown.shown[start : start + columns]]
        lines += [(" " * _GAP).join(parts) for parts in zip(*tiles, strict=True)]
    return [*lines, ""]


def _tile(one: Curve, width: int, tall: int) -> list[str]:
    name, share = f"{one.input}→{one.output}", percent(one.share)
    lines = drawn(one.y, width, tall) if extent(one.y) else ["no numbers".center(width), *[""] * (tall - 1)]
    return [_fitted(line, width) for line in (*lines, f"{name} {share:>{max(width - len(name) - 1, 0)}}")]


def _density(seen: Tensor, x: Array, width: int) -> str:
    values = seen.double().cpu().numpy()
    counts, _ = np.histogram(values[np.isfinite(values)], bins=width, range=(float(x[0]), float(x[-1])))
    most = max(int(counts.max()), 1)
    return "".join(_DENSITY[-(-int(count) * (len(_DENSITY) - 1) // most)] for count in counts)


def _fitted(line: str, width: int) -> str:
    return line[:width].ljust(width)
