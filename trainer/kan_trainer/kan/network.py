"""A Kolmogorov-Arnold network: layers of learned functions, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import msgspec
from torch import Tensor, nn

from kan_trainer.kan.config import Base, KANConfig
from kan_trainer.kan.layer import KANLayer


class KAN(nn.Module):
    """A network of `KANLayer`s that share one grid; takes `(..., layers[0])` and gives `(..., layers[-1])`.

    Args:
        layers: Inputs, the units of each hidden layer, outputs: `[2, 5, 1]`.
        grid_size: Intervals of the grid under each spline.
        spline_order: Degree of the splines' pieces.
        grid_range: The ends of the grid; inputs belong between them.
        base: The function that each spline is added to.

    Attributes:
        config: What it is made of.
        layers: The layers.

    Raises:
        UsageError: A size is outside its bounds, or the network would be too large.
    """

    def __init__(
        self,
        layers: Sequence[int],
        *,
        grid_size: int = 5,
        spline_order: int = 3,
        grid_range: tuple[float, float] = (-1.0, 1.0),
        base: Base = "silu",
    ) -> None:
        super().__init__()
        self.config = KANConfig(
            layers=tuple(layers), grid_size=grid_size, spline_order=spline_order, grid_range=grid_range, base=base
        )
        self.layers = nn.Sequential(
            *(
                KANLayer(
                    inputs, outputs, grid_size=grid_size, spline_order=spline_order, grid_range=grid_range, base=base
                )
                for inputs, outputs in pairwise(self.config.layers)
            )
        )

    @classmethod
    def from_config(cls, config: KANConfig) -> Self:
        """A new network as `config` describes it."""
        return cls(**msgspec.structs.asdict(config))

    def forward(self, x: Tensor) -> Tensor:
        """`(..., layers[0])` → `(..., layers[-1])`.

        Raises:
            UsageError: `x` has another number of features.
        """
        outputs: Tensor = self.layers(x)
        return outputs
