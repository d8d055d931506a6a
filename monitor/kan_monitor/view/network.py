"""What a network has learned so far, in words and figures."""

from __future__ import annotations

from math import floor
from typing import Final

from kan_monitor.dashboard import EdgeView, Figure, LayerView, NetworkView
from kan_monitor.dashboard.network import Stretch
from kan_monitor.sources.facts import Facts
from kan_monitor.text import UNKNOWN, count, percent, place
from kan_monitor.thresholds import classify, coverage_bands
from kan_shared.network import Edge, Layer, Network
from kan_shared.numbers import from_wire
from kan_shared.text import safe_line

#: Edges of a layer that every format tells of.
_TOP: Final = 3
#: Units of a network that has more layers are named up to here, and from its end on.
_NAMED_LAYERS: Final = 6
_BEYOND: Final = {"zero": "zero beyond", "clamp": "constant beyond", "linear": "straight beyond"}


def network_view(facts: Facts) -> NetworkView | None:
    """The network of `facts`; `None` where the run has none, or shows none."""
    network = facts.network
    if network is None:
        return None
    backend, device = safe_line(network.backend, 20), safe_line(network.device, 20)
    return NetworkView(
        step=Figure(value=network.step, text=count(network.step)),
        shape=_shape(network),
        backend=backend,
        device=device,
        arithmetic=f"{backend} on {device}",
        parameters=Figure(value=network.parameters, text=count(network.parameters)),
        layers=tuple(_layer(network, at) for at in range(len(network.layers))),
        left_out=max(0, network.depth - len(network.layers)),
    )


def edge_views(network: Network, at: int, most: int | None = None) -> tuple[EdgeView, ...]:
    """The edges of a layer, those that matter most first."""
    names = "x" if at == 0 else "h", "y" if at == network.depth - 1 else "h"
    return tuple(_edge(edge, names) for edge in network.layers[at].edges[:most])


def _edge(edge: Edge, names: tuple[str, str]) -> EdgeView:
    share = None if edge.importance is None else 100 * edge.importance
    low, high = map(from_wire, edge.inputs or ("NaN", "NaN"))
    return EdgeView(
        name=f"{names[0]}{edge.source + 1}→{names[1]}{edge.target + 1}",
        share=Figure(value=share, text=_share(share), unit="%"),
        curve=tuple(map(from_wire, edge.curve)),
        inputs=(low, high) if low <= high else None,
    )


def _share(share: float | None) -> str:
    """A share that may be small: 18, 4.2, <0.1."""
    if share is None or share >= 9.95:
        return percent(share)
    return percent(share, 1) if share >= 0.05 or not share else "<0.1"


def _layer(network: Network, at: int) -> LayerView:
    layer = network.layers[at]
    coverage = None if layer.coverage is None else 100 * layer.coverage
    severity, word = classify(coverage_bands(at), coverage)
    inputs = None if layer.quantiles is None else (layer.quantiles[1], layer.quantiles[3])
    edge_count = layer.inputs * layer.outputs
    return LayerView(
        name=f"layer {at + 1}",
        units=(layer.inputs, layer.outputs),
        grid_size=layer.grid_size,
        spline_order=layer.spline_order,
        base=safe_line(layer.base, 20),
        outside=safe_line(layer.outside, 20),
        shape=f"{count(layer.inputs)} → {count(layer.outputs)}",
        grid=f"grid {count(layer.grid_size)} on {_from_to(layer.grid_range)}, order {layer.spline_order}",
        functions=_functions(layer),
        coverage=Figure(value=coverage, text=_covered(coverage), unit="%", severity=severity, word=word),
        spread=f"9 in 10 from {place(inputs[0])} to {place(inputs[1])}" if inputs else UNKNOWN,
        grid_range=layer.grid_range,
        drawn=layer.drawn_range,
        inputs=inputs,
        edge_count=edge_count,
        left_out=max(0, edge_count - len(layer.edges)),
        top=edge_views(network, at, _TOP),
    )


def _covered(coverage: float | None) -> str:
    """Cut off rather than rounded: 99.97 is not all, and 89.6 not enough."""
    if coverage is None or coverage == 100:
        return percent(coverage)
    return percent(floor(10 * coverage) / 10, 1) if coverage >= 99 else percent(floor(coverage))


def _functions(layer: Layer) -> str:
    return f"{safe_line(layer.base, 20)}, {_BEYOND.get(layer.outside) or safe_line(layer.outside, 20)}"


def _from_to(ends: Stretch) -> str:
    return f"{place(ends[0])} … {place(ends[1])}"


def _shape(network: Network) -> str:
    """The units of its layers: 2→5→1; of a deep one, 4→4→4 … 4→1."""
    layers = network.layers
    units = [count(layers[0].inputs), *(count(layer.outputs) for layer in layers)]
    hidden = len(layers) < network.depth
    if len(units) <= _NAMED_LAYERS + 1 and not hidden:
        return "→".join(units)
    tail = "" if hidden else f" {'→'.join(units[-2:])}"
    return f"{'→'.join(units[: _NAMED_LAYERS - 1])} …{tail}"
