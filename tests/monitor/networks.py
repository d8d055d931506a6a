"""Networks to look at, without torch: what a trainer has written of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import msgspec

from kan_shared.network import Edge, Layer, Network

POINTS: Final = 48
_SHAPES: Final[tuple[Callable[[float], float], ...]] = (
    lambda x: math.sin(math.pi * x),
    lambda x: x * x - 0.4,
    lambda x: 0.7 * x,
    lambda x: math.exp(-6 * x * x),
    lambda x: -abs(x),
)


def edges(inputs: int, outputs: int, drawn: tuple[float, float], most: int = 64) -> tuple[Edge, ...]:
    """Edges of the five shapes in turn, each less important than the one before."""
    weights = [0.75**rank for rank in range(inputs * outputs)]
    low, high = drawn
    places = [low + (high - low) * at / (POINTS - 1) for at in range(POINTS)]
    return tuple(
        Edge(
            source=rank % inputs,
            target=rank // inputs,
            importance=weight / sum(weights),
            inputs=(-0.8 + rank % 3 / 4, 0.85),
            curve=tuple(round(weight * _SHAPES[rank % 5](place), 5) for place in places),
        )
        for rank, weight in enumerate(weights[:most])
    )


def layer(inputs: int, outputs: int, **changes: Any) -> Layer:
    """A layer all of whose inputs lie on its grid, unless they do not."""
    fields: dict[str, Any] = {
        "inputs": inputs,
        "outputs": outputs,
        "grid_size": 5,
        "spline_order": 3,
        "grid_range": (-1.0, 1.0),
        "base": "silu",
        "outside": "zero",
        "coverage": 0.998,
        "quantiles": (-1.02, -0.91, 0.02, 0.93, 1.01),
        "drawn_range": (-1.0, 1.0),
    }
    fields |= changes
    return Layer(**{"edges": edges(inputs, outputs, fields["drawn_range"]), **fields})


def network(*layers: Layer, **changes: Any) -> Network:
    """A network of these layers; a small one of which all is well by default."""
    made = layers or (layer(2, 5), layer(5, 1, coverage=0.964, quantiles=(-1.4, -0.72, 0.1, 0.97, 1.2)))
    whole = Network(step=1800, backend="native", device="cpu", parameters=141, depth=len(made), layers=made)
    return msgspec.structs.replace(whole, **changes)


def leaving(share: float = 0.73, **changes: Any) -> Network:
    """One of which that share of the second layer's inputs leaves the grid."""
    off = {"coverage": 1 - share, "quantiles": (-3.2, -2.12, 0.2, 1.87, 4.1), "drawn_range": (-2.12, 1.87)}
    return network(layer(2, 5), layer(5, 1, **off, **changes))


def wide() -> Network:
    """One with more edges than are told of."""
    return network(layer(64, 16), layer(16, 10), parameters=8314)
