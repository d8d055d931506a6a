"""What one edge of a network may be."""

from __future__ import annotations

from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan.network import KAN
from kan_trainer.kan.symbolic.fitting import Candidate, fit_all
from kan_trainer.kan.symbolic.formula import array
from kan_trainer.kan.symbolic.functions import Array
from kan_trainer.kan.symbolic.graph import Graph


def suggest(network: KAN, inputs: Tensor | Array, layer: int, input_unit: int, output_unit: int) -> list[Candidate]:
    """The functions that this edge looks like on `inputs`, the best first: near, and simple.

    Those that are not real on all that the edge sees are not among them.

    Args:
        network: Any.
        inputs: `(n, inputs)` of the network.
        layer: Counted from 0.
        input_unit: The unit that the edge comes from.
        output_unit: The unit that it leads to.

    Raises:
        UsageError: There is no such edge.
    """
    graph, place = Graph.of(network), (layer, input_unit, output_unit)
    if place not in graph.places:
        raise UsageError(
            f"there is no edge {input_unit} → {output_unit} of layer {layer} in a network {network.config.layers}."
        )
    x = graph.units(array(inputs))[layer][:, input_unit]
    return fit_all(x, graph.edge(place).values(x))
