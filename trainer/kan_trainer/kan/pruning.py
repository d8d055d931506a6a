"""Smaller networks: without the edges that hardly matter, and without the units that those leave alone."""

from __future__ import annotations

import copy
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import msgspec
import torch
from torch import Tensor

from kan_trainer.checks import require
from kan_trainer.kan.importance import edge_features, edge_importances
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN


class Pruned(NamedTuple):
    """What was left of a network, and what was not.

    Attributes:
        network: The smaller one; the other is as it was.
        units: Which units are left of each hidden layer, by their places in the old one.
        edges: How many edges of each layer are left that do something.
        edges_before: How many there were.
        max_error: The largest change of an output on the data.
    """

    network: KAN
    units: list[list[int]]
    edges: list[int]
    edges_before: list[int]
    max_error: float


@torch.no_grad()
def prune(network: KAN, inputs: Tensor, *, threshold: float = 0.01) -> Pruned:
    """A network without the edges whose importance is less than `threshold` of the largest in their layer.

    Units that then have no edge into them, or none out of them, are taken out; inputs and outputs all stay. What an
    edge that goes gave on average goes into the bias of its unit. Edges that went stay away while it is trained
    further: see `keep_cut`. It has weights of its own, so it needs an optimizer of its own.

    Args:
        network: What is pruned.
        inputs: `(batch, layers[0])`, finite, two rows at least; what its edges matter on.
        threshold: 0 … 1; 0 takes out what does nothing at all.

    Raises:
        UsageError: `threshold` is out of bounds, or the outputs are not finite.
    """
    require(0 <= threshold <= 1, "threshold", "0 … 1", threshold)
    outputs = network(inputs)
    require(inputs.ndim == 2 and len(inputs) > 1, "inputs", "of shape (2 or more, inputs)", tuple(inputs.shape))
    require(bool(outputs.isfinite().all()), "inputs", "some that give finite outputs", "those")
    kept = _connected([_mattering(layer, threshold) for layer in edge_importances(network, inputs)])
    cut = copy.deepcopy(network)
    x = inputs
    for layer, edges in zip(cut.kan_layers, kept, strict=True):
        _cut(layer, x, edges)
        x = layer(x)
    units = [into.any(0).nonzero().flatten() for into in kept[:-1]]
    units = [left if len(left) else torch.zeros(1, dtype=torch.int64) for left in units]
    smaller = keep_cut(_without(cut, units))
    return Pruned(
        network=smaller,
        units=[left.tolist() for left in units],
        edges=[int(edges.sum()) for edges in kept],
        edges_before=[int(layer.weight.any(1).sum()) for layer in network.kan_layers],
        max_error=float((smaller(inputs) - outputs).abs().max()),
    )


def keep_cut(network: KAN) -> KAN:
    """Has edges whose weights are all zero stay so, whatever the optimizer: their gradients become zero too.

    A hook on the gradients does it, so neither layers nor kernels know of it, and where no edge is cut there is none.
    `prune` calls this; a copy, or a network from a file, wants it again. The optimizer must be made after the cut: the
    moments of one from before would go on moving what was cut.

    Returns:
        `network`.
    """
    for layer in network.kan_layers:
        alive = layer.weight.detach().any(1, keepdim=True)
        hooks = (layer.weight._backward_hooks or {}).values()
        is_kept = any(isinstance(hook, partial) and hook.func is _masked for hook in hooks)
        if layer.weight.requires_grad and not alive.all() and not is_kept:
            layer.weight.register_hook(partial(_masked, alive))  # type: ignore[no-untyped-call]
    return network


def _masked(alive: Tensor, gradient: Tensor) -> Tensor:
    return gradient * alive.to(gradient)


def _mattering(importances: Tensor, threshold: float) -> Tensor:
    return (importances > 0) & (importances >= threshold * importances.max())


def _connected(edges: list[Tensor]) -> list[Tensor]:
    """Those of `edges`, `(inputs, outputs)` a layer, that lie on a way from an input to an output."""
    edges = [layer.clone() for layer in edges]
    for before, after in pairwise(edges):
        after &= before.any(0).unsqueeze(1)
    for after, before in pairwise(reversed(edges)):
        before &= after.any(1)
    return edges


def _cut(layer: KANLayer, x: Tensor, edges: Tensor) -> None:
    """Leaves `edges` of the layer's own, and what the others give at `x` on average."""
    mean = torch.einsum("ir,iro->io", edge_features(layer, x.double()).mean(0), layer.weight.double())
    if layer.bias is not None:
        layer.bias.add_((mean * ~edges).sum(0))
    layer.weight.mul_(edges.unsqueeze(1))


def _without(network: KAN, units: list[Tensor]) -> KAN:
    """A network of `units` of each hidden layer."""
    sizes = network.config.layers
    inputs = [torch.arange(sizes[0]), *units]
    outputs = [*units, torch.arange(sizes[-1])]
    layers = (sizes[0], *map(len, units), sizes[-1])
    smaller = KAN.from_config(msgspec.structs.replace(network.config, layers=layers))
    for new, old, rows, columns in zip(smaller.kan_layers, network.kan_layers, inputs, outputs, strict=True):
        new.to(old.weight).requires_grad_(old.weight.requires_grad)
        new.config = msgspec.structs.replace(old.config, layers=(len(rows), len(columns)))
        new.weight.copy_(old.weight[rows][:, :, columns])
        if new.bias is not None and old.bias is not None:
            new.bias.copy_(old.bias[columns])
    return smaller
