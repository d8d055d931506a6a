"""How much the edges of a network matter on given inputs, and how many of those leave the grids."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from kan_trainer.kan.basis import basis_of
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN


@torch.no_grad()
def layer_inputs(network: KAN, inputs: Tensor) -> list[Tensor]:
    """What each layer is given when the network is given `inputs`, `(batch, layers[0])`."""
    given = [inputs]
    for layer in network.kan_layers[:-1]:
        given.append(layer(given[-1]))
    return given


def edge_features(layer: KANLayer, x: Tensor) -> Tensor:
    """What the weights of `layer` multiply at `x`: `(batch, inputs)` → `(batch, inputs, grid_size + order + 1)`."""
    base = functional.silu(x) if layer.config.base == "silu" else x
    return torch.cat([basis_of(layer.config, x), base.unsqueeze(-1)], -1)


@torch.no_grad()
def edge_spreads(layer: KANLayer, x: Tensor) -> Tensor:
    """The standard deviation of φ_io(x_i) over the batch: `(batch, inputs)` → `(inputs, outputs)`.

    From the covariance of the features: var φ = wᵀ C w, which needs no number for each sample and edge.
    """
    features = edge_features(layer, x.double())
    centred = features - features.mean(0)
    centred[centred.abs() < 1e-12 * features.abs()] = 0  # a mean is rounded, and what is constant varies by nothing
    covariance = torch.einsum("bir,bis->irs", centred, centred) / max(len(x), 1)
    weight = layer.weight.double()
    variance = torch.einsum("iro,irs,iso->io", weight, covariance, weight)
    return variance.clamp(min=0).sqrt().to(x.dtype)


@torch.no_grad()
def edge_importances(network: KAN, inputs: Tensor) -> list[Tensor]:
    """Each edge's share in the outputs, layer by layer: `(inputs, outputs)` each; 1 for all outputs together.

    Every output has the same share; a unit hands its own on to the edges into it, in proportion to their spread. One
    whose edges are all constant hands on nothing.
    """
    given = layer_inputs(network, inputs)
    units = network.kan_layers[-1].weight.new_full((network.config.layers[-1],), 1 / network.config.layers[-1])
    importances = []
    for layer, x in zip(reversed(network.kan_layers), reversed(given), strict=True):
        spreads = edge_spreads(layer, x)
        total = spreads.sum(0)
        shares = spreads * (units / total.where(total > 0, torch.inf))
        importances.append(shares)
        units = shares.sum(1)
    return importances[::-1]


@torch.no_grad()
def grid_coverage(network: KAN, inputs: Tensor) -> list[float]:
    """The share of what each layer is given that lies on its grid, 0 … 1; what is no number lies on none."""
    coverages = []
    for layer, x in zip(network.kan_layers, layer_inputs(network, inputs), strict=True):
        low, high = layer.config.grid_range
        coverages.append(float(((x >= low) & (x <= high)).double().mean()))
    return coverages
