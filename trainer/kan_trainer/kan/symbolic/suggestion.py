"""What one edge of a network may be."""

from __future__ import annotations

import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan.importance import edge_features, layer_inputs
from kan_trainer.kan.network import KAN
from kan_trainer.kan.symbolic.fitting import Candidate, fit_all
from kan_trainer.kan.symbolic.formula import array
from kan_trainer.kan.symbolic.functions import Array


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
    sizes = network.config.layers
    if not (0 <= layer < len(sizes) - 1 and 0 <= input_unit < sizes[layer] and 0 <= output_unit < sizes[layer + 1]):
        raise UsageError(f"there is no edge {input_unit} → {output_unit} of layer {layer} in a network {sizes}.")
    module = network.kan_layers[layer]
    given = torch.as_tensor(inputs).to(module.weight)
    x = layer_inputs(network, given)[layer][:, input_unit].double()
    weight = module.weight.detach()[input_unit, :, output_unit].double()
    y = edge_features(module, x.unsqueeze(-1))[:, 0] @ weight
    return fit_all(array(x), array(y))
