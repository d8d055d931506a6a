"""From data to a formula: networks are trained from several starts, and the best formula among theirs is taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from kan_trainer.checks import require
from kan_trainer.kan.network import KAN
from kan_trainer.kan.symbolic.formula import Formula, array, check, formula_of
from kan_trainer.kan.symbolic.functions import Array
from kan_trainer.kan.symbolic.graph import Graph
from kan_trainer.kan.symbolic.training import Data, fitted

#: Networks that are trained for each one that becomes a formula.
_STARTS: Final = 3
_STEPS: Final = 60
_RIDGE: Final = 1e-4
#: An error, in units of the targets' spread, with which no further start is made: more than float32 has rounded off.
_EXACT: Final = 3e-7


def recover_formula(
    inputs: Tensor | Array,
    targets: Tensor | Array,
    layers: Sequence[int],
    *,
    names: Sequence[str] | None = None,
    attempts: int = 4,
    seed: int = 0,
) -> Formula:
    """The formula behind `targets`, of the form that a network of `layers` has.

    Args:
        inputs: `(n, layers[0])`, in any units.
        targets: `(n, layers[-1])`.
        layers: Such as `[2, 1, 1]` for f(g(x) + h(y)), `[2, 2, 1]` for products.
        names: What the inputs are called.
        attempts: Networks that are made formulas, unless one is exact before.
        seed: Of the first weights.

    Returns:
        The formula with the least error; its network is the one that it was read off.

    Raises:
        UsageError: A shape or a number is wrong, or the network would be too large.
    """
    require(attempts >= 1, "attempts", "at least 1", attempts)
    x, y = array(inputs), array(targets)
    check(KAN(layers), x, y, names)
    middle, half = (x.max(0) + x.min(0)) / 2, np.ptp(x, axis=0) / 2
    half = np.where(half > 0, half, 1.0)
    data = Data((x - middle) / half, y)
    found: list[Formula] = []
    for attempt in range(attempts):
        networks = [_trained(layers, data, seed + attempt * _STARTS + i) for i in range(_STARTS)]
        network = min(networks, key=lambda network: data.error(Graph.of(network)))
        found.append(formula_of(network, x, y, names=names, scaled=(middle, half)))
        if _error(found[-1]) <= _EXACT * float(data.spread.min()):
            break
    return min(found, key=_error)


def _error(formula: Formula) -> float:
    error = formula.error_of_formula
    return error if error is not None and math.isfinite(error) else math.inf


def _trained(layers: Sequence[int], data: Data, seed: int) -> KAN:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = KAN(layers, outside="linear").double()
    graph = fitted(Graph.of(network), data, steps=_STEPS, ridge=_RIDGE)
    _write(graph, network)
    return network


@torch.no_grad()
def _write(graph: Graph, network: KAN) -> None:
    for which, layer in enumerate(network.kan_layers):
        for i, row in enumerate(graph.layers[which].edges):
            for o, edge in enumerate(row):
                layer.weight[i, :, o] = torch.from_numpy(edge.parameters)
        if layer.bias is not None:
            layer.bias.copy_(torch.from_numpy(graph.layers[which].bias))
