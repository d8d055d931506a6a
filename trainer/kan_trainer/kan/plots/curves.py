"""The curves of a network's edges over what they see, the most important first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan.importance import edge_features, edge_importances, layer_inputs
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN

Array = NDArray[np.float64]

#: Samples that importances are computed of; more make no picture better.
_SAMPLES: Final = 512


@dataclass(frozen=True, eq=False)
class Curve:
    """φ of one edge.

    Attributes:
        input: The unit that it comes from.
        output: The unit that it leads to.
        share: Of all outputs of the network, 0 … 1.
        x: Ascending, over what the edge sees.
        y: φ there.
    """

    input: int
    output: int
    share: float
    x: Array
    y: Array


@dataclass(frozen=True, eq=False)
class LayerCurves:
    """The edges of a layer that are shown.

    Attributes:
        index: Of the layer.
        inputs: How many units it has below.
        outputs: How many above.
        shown: The curves, the most important first.
        share: What the shown have of the importance of all its edges, 0 … 1; `None` where none has any.
    """

    index: int
    inputs: int
    outputs: int
    shown: tuple[Curve, ...]
    share: float | None

    @property
    def left_out(self) -> int:
        """How many edges are not shown."""
        return self.inputs * self.outputs - len(self.shown)

    def first(self, count: int) -> LayerCurves:
        """With the most important `count` of the shown alone."""
        kept = self.shown[:count]
        whole = sum(one.share for one in self.shown)
        share = self.share * sum(one.share for one in kept) / whole if self.share is not None and whole else self.share
        return replace(self, shown=kept, share=share)

    @property
    def words(self) -> tuple[str, ...]:
        """Which layer it is, its shape, and what is left out."""
        total = self.inputs * self.outputs
        name = (f"layer {self.index}", f"{self.inputs} → {self.outputs}")
        if not self.left_out:
            return (*name, f"{total} edge{'s' if total > 1 else ''}")
        part = (*name, f"{len(self.shown)} of {total} edges")
        return part if self.share is None else (*part, f"{percent(self.share)} of importance")


def samples_for(network: KAN, inputs: Tensor | None) -> Tensor:
    """Some of `inputs`, or without any, some from all over the first layer's grid.

    Raises:
        UsageError: `inputs` is of another shape.
    """
    like, features = network.kan_layers[0].weight, network.config.layers[0]
    if inputs is None:
        low, high = network.kan_layers[0].config.grid_range
        drawn = torch.rand(_SAMPLES, features, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        return (low + (high - low) * drawn).to(like)
    if inputs.ndim != 2 or inputs.shape[1] != features or not len(inputs):
        raise UsageError(f"inputs must be of shape (samples, {features}), not {tuple(inputs.shape)}.")
    kept = torch.linspace(0, len(inputs) - 1, min(len(inputs), _SAMPLES)).round().long()
    return inputs[kept.to(inputs.device)].to(like)


def important_curves(
    network: KAN, inputs: Tensor | None, most: int, points: int, threshold: float = 0.0
) -> list[LayerCurves]:
    """At most `most` curves of each layer, none of less than `threshold` of the layer's most important.

    Args:
        network: Any.
        inputs: `(n, inputs)`, or `None` for the whole grid.
        most: Of each layer.
        points: Of each curve.
        threshold: 0 … 1.
    """
    x = samples_for(network, inputs)
    given = layer_inputs(network, x)
    found = []
    for index, (layer, shares, seen) in enumerate(
        zip(network.kan_layers, edge_importances(network, x), given, strict=True)
    ):
        flat = torch.nan_to_num(shares, nan=0, posinf=0, neginf=0).flatten()
        best = torch.argsort(flat, descending=True, stable=True)[:most]
        total, greatest = float(flat.sum()), float(flat.max())
        chosen = [int(k) for k in best if float(flat[k]) >= threshold * greatest]
        curves = tuple(
            Curve(*divmod(k, shares.shape[1]), float(flat[k]), *curve(layer, seen, *divmod(k, shares.shape[1]), points))
            for k in chosen
        )
        share = sum(one.share for one in curves) / total if total > 0 else None
        found.append(LayerCurves(index, shares.shape[0], shares.shape[1], curves, share))
    return found


@torch.no_grad()
def curve(layer: KANLayer, seen: Tensor, i: int, o: int, points: int) -> tuple[Array, Array]:
    """x and φ of one edge of a layer that was given `seen`; NaN where there is no value."""
    column = seen[:, i].double()
    column = column[column.isfinite()]
    low, high = layer.config.grid_range if not len(column) else (float(column.min()), float(column.max()))
    if low == high:
        low, high = low - 0.5, high + 0.5
    x = torch.linspace(low, high, points, dtype=torch.float64)
    weight = layer.weight[i, :, o].double().cpu()
    y = edge_features(layer, x[:, None])[:, 0] @ weight
    return x.numpy(), y.numpy()


def extent(values: Array) -> tuple[float, float] | None:
    """The least and the greatest finite one; `None` where none is finite."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else None


def figure(value: float, digits: int = 3) -> str:
    """A label of an axis: a few digits, and a real minus."""
    whole = 10**digits <= abs(value) < 1e6
    return (f"{value:.0f}" if whole else f"{value:.{digits}g}").replace("-", "−")


def percent(share: float) -> str:
    """0 … 1 as a percentage, and never all where something is missing."""
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{figure(100 * share, 2)} %"
