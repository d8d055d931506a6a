"""A network in text and JSON: its layers, how much of their inputs lies on their grids, the edges that matter most."""

from __future__ import annotations

from typing import Any

from kan_monitor.dashboard import LayerView, NetworkView
from kan_monitor.headless.hardware_json import value
from kan_monitor.headless.words import joined, word


def network_lines(network: NetworkView | None) -> list[str]:
    """A line for all of it; nothing where there is none."""
    if network is None:
        return []
    on_grid = ", ".join(f"{layer.coverage.text}%{word(layer.coverage)}" for layer in network.layers)
    first = network.layers[0].top
    top = ", ".join(f"{edge.name} {edge.share.text}%" for edge in first)
    return [
        joined(
            (
                f"KAN: {network.shape}",
                f"{network.parameters.text} parameters",
                network.arithmetic,
                f"On grid: {on_grid}",
                f"Edges: {top}" if top else "",
            )
        )
    ]


def network_fields(network: NetworkView | None) -> dict[str, Any] | None:
    """The fields of the JSON format."""
    if network is None:
        return None
    return {
        "step": value(network.step),
        "shape": network.shape,
        "parameters": value(network.parameters),
        "backend": network.backend,
        "device": network.device,
        "layers": [_layer(layer) for layer in network.layers],
    }


def _layer(layer: LayerView) -> dict[str, Any]:
    return {
        "inputs": layer.units[0],
        "outputs": layer.units[1],
        "grid_size": layer.grid_size,
        "spline_order": layer.spline_order,
        "grid_range": layer.grid_range,
        "base": layer.base,
        "outside": layer.outside,
        "coverage_percent": value(layer.coverage),
        "coverage": layer.coverage.word or None,
        "inputs_from_to": layer.inputs,
        "edges": layer.edge_count,
        "top_edges": [{"edge": edge.name, "importance_percent": value(edge.share)} for edge in layer.top],
    }
