"""What makes a network sparse while it learns: a price on what its edges do, and on its being spread over many."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from kan_trainer.kan.importance import edge_features
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN

#: Values of edges held at once: 16 MiB in float32. The others are worked out again for their gradients.
_AT_ONCE: Final = 2**22


def sparsity(network: KAN, inputs: Tensor, *, magnitude: float = 1.0, entropy: float = 1.0) -> Tensor:
    """Σ over the layers of `magnitude` · Σ_io |φ_io| − `entropy` · Σ_io p_io log p_io: `()`, to be added to the loss.

    |φ_io| is the mean of |φ_io(x_i)| over the batch, and p_io its share in its layer. A weight of some thousandths of
    the loss is usual; `prune` takes out what it has emptied.

    Args:
        network: What is to be sparse.
        inputs: `(batch, layers[0])`, the batch that the loss is of.
        magnitude: The price of each edge's doing something.
        entropy: The price of many edges' doing about as much.

    Source: Z. Liu et al., KAN: Kolmogorov-Arnold Networks, arXiv:2404.19756, section 2.5.1.
    """
    total = inputs.new_zeros(())
    for layer in network.kan_layers:
        sizes = edge_magnitudes(layer, inputs)
        tiny = torch.finfo(sizes.dtype).tiny  # an edge that does nothing has a share of 0, and log 0 has no gradient
        shares = (sizes / sizes.sum().clamp(min=tiny)).clamp(min=tiny)
        total = total + magnitude * sizes.sum() + entropy * torch.special.entr(shares).sum()
        inputs = layer(inputs)
    return total


def edge_magnitudes(layer: KANLayer, x: Tensor) -> Tensor:
    """The mean of |φ_io(x_i)| over the batch: `(batch, inputs)` → `(inputs, outputs)`; differentiable."""
    batch, inputs = x.shape
    block = max(1, _AT_ONCE // max(1, batch * layer.weight.shape[2]))
    if block >= inputs:
        return _magnitudes(layer, x, layer.weight)
    parts = zip(torch.split(x, block, 1), torch.split(layer.weight, block), strict=True)
    return torch.cat([checkpoint(_magnitudes, layer, *part, use_reentrant=False) for part in parts])


def _magnitudes(layer: KANLayer, x: Tensor, weight: Tensor) -> Tensor:
    return torch.bmm(edge_features(layer, x).transpose(0, 1), weight).abs().mean(1)
