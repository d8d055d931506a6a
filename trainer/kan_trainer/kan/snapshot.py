"""What a network has learned so far, as the monitor shows it: the functions on its edges, and what they are given."""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor

from kan_shared.network import MAX_EDGES, MAX_LAYER_EDGES, MAX_LAYERS, Edge, Layer, Network
from kan_shared.numbers import WireFloat, to_wire
from kan_trainer.kan.importance import edge_features, edge_importances, layer_inputs
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN

POINTS: Final = 48
#: The quantiles that a layer's inputs are told by; an edge's, by the second and the last but one.
_QUANTILES: Final = (0.0, 0.05, 0.5, 0.95, 1.0)
#: A curve is written to so many digits of its largest value.
_DIGITS: Final = 4
#: What a file takes for a place on an axis.
_LARGEST: Final = 1e15


@torch.no_grad()
def snapshot(network: KAN, inputs: Tensor, step: int) -> Network:
    """The functions on the edges of `network`, those that matter most on `inputs`, `(batch, layers[0])`."""
    layers = network.kan_layers[:MAX_LAYERS]
    most = min(MAX_LAYER_EDGES, max(1, MAX_EDGES // len(layers)))
    importances, given = edge_importances(network, inputs), layer_inputs(network, inputs)
    shown = zip(layers, given, importances, strict=False)
    return Network(
        step=step,
        backend=network.backend,
        device=str(network.kan_layers[0].weight.device),
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        depth=len(network.kan_layers),
        layers=tuple(_layer(layer, x, importance, most) for layer, x, importance in shown),
    )


def _layer(layer: KANLayer, x: Tensor, importance: Tensor, most: int) -> Layer:
    spline, low_high = layer.config, layer.config.grid_range
    low, high = low_high
    quantiles = _quantiles(x)
    drawn = _drawn_range(low_high, None if quantiles is None else (quantiles[1], quantiles[3]))
    return Layer(
        inputs=spline.layers[0],
        outputs=spline.layers[1],
        grid_size=spline.grid_size,
        spline_order=spline.spline_order,
        grid_range=low_high,
        base=spline.base,
        outside=spline.outside,
        coverage=float(((x >= low) & (x <= high)).double().mean()) if x.numel() else None,
        quantiles=quantiles,
        drawn_range=drawn,
        edges=_edges(layer, x, importance, drawn, most),
    )


def _edges(layer: KANLayer, x: Tensor, importance: Tensor, drawn: tuple[float, float], most: int) -> tuple[Edge, ...]:
    """The edges that matter most; of a network that is no number any more, the first."""
    ranked = importance.nan_to_num(0).flatten().sort(descending=True, stable=True).indices[:most]
    sources, targets = ranked // importance.shape[1], ranked % importance.shape[1]
    points = torch.linspace(*drawn, POINTS, dtype=layer.weight.dtype, device=x.device)
    features = edge_features(layer, points.unsqueeze(-1))[:, 0]
    curves = torch.einsum("ef,pf->ep", layer.weight[sources, :, targets], features)
    used = x[:, sources].double().quantile(torch.tensor((0.05, 0.95), dtype=torch.double, device=x.device), 0).T
    rows = zip(sources.tolist(), targets.tolist(), importance[sources, targets].tolist(), strict=True)
    return tuple(
        Edge(
            source=source,
            target=target,
            importance=min(1.0, share) if share >= 0 else None,
            inputs=(ends[0], ends[1]),
            curve=curve,
        )
        for (source, target, share), ends, curve in zip(rows, _wire(used), _wire(curves), strict=True)
    )


def _drawn_range(grid: tuple[float, float], inputs: tuple[float, float] | None) -> tuple[float, float]:
    """The grid, and where most inputs are beside it; no more than three times the grid."""
    low, high = grid
    width = high - low
    if inputs is None:
        return low, high
    return max(low - width, min(low, inputs[0])), min(high + width, max(high, inputs[1]))


def _quantiles(x: Tensor) -> tuple[float, float, float, float, float] | None:
    """Of all that is a number in `x`."""
    finite = x[x.abs() <= _LARGEST].double()
    if not finite.numel():
        return None
    shares = torch.tensor(_QUANTILES, dtype=torch.double, device=x.device)
    lowest, low, middle, high, highest = (float(f"{value:.{_DIGITS}g}") for value in _some(finite).quantile(shares))
    return lowest, low, middle, high, highest


def _some(values: Tensor) -> Tensor:
    """Few enough for `Tensor.quantile`, which takes 16 million, evenly picked."""
    return values[:: 1 + len(values) // 100_000]


def _wire(rows: Tensor) -> list[tuple[WireFloat, ...]]:
    """Rows of numbers as JSON has them, each rounded to a few digits of its largest."""
    largest = rows.double().nan_to_num(0, 0, 0).abs().amax(1, keepdim=True).clamp(1e-300)
    unit = 10.0 ** (_DIGITS - 1 - largest.log10().floor()).clamp(max=300)
    rounded = ((rows.double() * unit).round() / unit).tolist()
    return [tuple(row) if all(map(math.isfinite, row)) else tuple(map(to_wire, row)) for row in rounded]
