"""A Kolmogorov-Arnold network: layers of learned functions, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import msgspec
import torch
from torch import Tensor, nn

from kan_trainer.kan.config import Base, KANConfig, Outside
from kan_trainer.kan.functional import backend_of, is_traced
from kan_trainer.kan.kernels.differentiable import Backend
from kan_trainer.kan.kernels.native.network import Handle
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.memory import require_memory


class KAN(nn.Module):
    """A network of `KANLayer`s that share one grid; takes `(..., layers[0])` and gives `(..., layers[-1])`.

    Args:
        layers: Inputs, the units of each hidden layer, outputs: `[2, 5, 1]`.
        grid_size: Intervals of the grid under each spline.
        spline_order: Degree of the splines' pieces.
        grid_range: The ends of the grid; inputs belong between them.
        base: The function that each spline is added to.
        outside: What the splines do beyond the grid: die out, keep their value, or go on straight.

    Attributes:
        config: What it is made of.
        layers: The layers.
        handle: The network as the compiled kernel has it.

    Raises:
        UsageError: A size is outside its bounds, or the network would be too large, for anybody or for this machine.
    """

    def __init__(
        self,
        layers: Sequence[int],
        *,
        grid_size: int = 5,
        spline_order: int = 3,
        grid_range: tuple[float, float] = (-1.0, 1.0),
        base: Base = "silu",
        outside: Outside = "zero",
    ) -> None:
        super().__init__()
        self.config = KANConfig(
            layers=layers,  # type: ignore[arg-type]  # it is made a tuple of whole numbers there
            grid_size=grid_size,
            spline_order=spline_order,
            grid_range=grid_range,
            base=base,
            outside=outside,
        )
        require_memory(self.config)
        self.layers = nn.Sequential(
            *(
                KANLayer(
                    inputs,
                    outputs,
                    grid_size=grid_size,
                    spline_order=spline_order,
                    grid_range=grid_range,
                    base=base,
                    outside=outside,
                )
                for inputs, outputs in pairwise(self.config.layers)
            )
        )

        self.handle = Handle(self.layers)

    @property
    def kan_layers(self) -> list[KANLayer]:
        """Its layers in their order."""
        return [layer for layer in self.layers if isinstance(layer, KANLayer)]

    @property
    def backend(self) -> Backend:
        """What the next forward takes, for inputs of its own type and device: `native`, `triton` or `plain`."""
        layer = self.kan_layers[0]
        return backend_of(layer.weight, layer.bias, layer.config)

    @classmethod
    def from_config(cls, config: KANConfig) -> Self:
        """A new network as `config` describes it."""
        return cls(**msgspec.structs.asdict(config))

    def forward(self, x: Tensor) -> Tensor:
        """`(..., layers[0])` → `(..., layers[-1])`.

        Raises:
            UsageError: `x` has another number of features.
        """
        if x.ndim and x.shape[-1] == self.config.layers[0] and not is_traced() and self.handle.is_ready(x):
            learns = torch.is_grad_enabled() and (
                x.requires_grad or any(p.requires_grad for p in self.handle.parameters)
            )
            return self.handle.differentiable(x) if learns else self.handle.forward(x)
        outputs: Tensor = self.layers(x)
        return outputs

    def _is_learning(self, x: Tensor) -> bool:
        if not torch.is_grad_enabled():
            return False
        return x.requires_grad or any(parameter.requires_grad for parameter in self.handle.parameters)
