"""One layer of a Kolmogorov-Arnold network."""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.kan.config import Base, KANConfig, Outside
from kan_trainer.kan.functional import kan_layer
from kan_trainer.kan.memory import require_memory

#: Coefficients of a new layer's splines, against the weights of its base functions: it begins nearly smooth.
_SPLINE_NOISE: Final = 0.1


class KANLayer(nn.Module):
    """Sums one learned function of each input: y_o = b_o + Σ_i (Σ_j W[i, j, o] B_j(x_i) + W[i, G + k, o] base(x_i)).

    Takes `(..., in_features)` and gives `(..., out_features)`.

    Args:
        in_features: Inputs.
        out_features: Outputs.
        grid_size: G, the intervals of the grid.
        spline_order: k, the degree of the splines' pieces.
        grid_range: The ends of the grid.
        base: The function that each spline is added to, beyond the grid too.
        outside: What the splines do beyond the grid; see `bspline_basis`.
        bias: Whether each output has a bias.

    Attributes:
        weight: `(in_features, grid_size + spline_order + 1, out_features)`; the last row of axis 1 weights the base.
            Outputs lie side by side in memory, so that all of them are served by one pass over a row.
        bias: `(out_features,)`, or `None`.

    Raises:
        UsageError: A size is outside its bounds, or there is no room for the weights.

    Source: Z. Liu et al., KAN: Kolmogorov-Arnold Networks, arXiv:2404.19756, section 2.2.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        grid_size: int = 5,
        spline_order: int = 3,
        grid_range: tuple[float, float] = (-1.0, 1.0),
        base: Base = "silu",
        outside: Outside = "zero",
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.config = KANConfig(
            layers=(in_features, out_features),
            grid_size=grid_size,
            spline_order=spline_order,
            grid_range=grid_range,
            base=base,
            outside=outside,
        )
        require_memory(self.config)
        self.weight = nn.Parameter(torch.empty(in_features, grid_size + spline_order + 1, out_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draws new weights: outputs keep about the spread of the inputs, so that they stay on the next grid."""
        if self.weight.is_meta:
            return  # there is nothing to draw them into, and PyTorch loads half of itself to find out
        scale = 1 / math.sqrt(self.weight.shape[0])
        self.weight[:, :-1].normal_(0, _SPLINE_NOISE * scale)
        self.weight[:, -1].normal_(0, scale)
        if self.bias is not None:
            self.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """`(..., in_features)` → `(..., out_features)`.

        Raises:
            UsageError: `x` has another number of features, or another type than the weights.
        """
        config, inputs = self.config, self.weight.shape[0]
        if x.ndim == 0 or x.shape[-1] != inputs:
            raise UsageError(f"this layer takes {inputs} features, and was given a tensor of shape {tuple(x.shape)}.")
        if x.dtype != self.weight.dtype and not torch.is_autocast_enabled(x.device.type):
            raise UsageError(f"this layer's weights are {self.weight.dtype}, and it was given {x.dtype}: convert one "
                             "of them by .to(…).")  # fmt: skip
        return kan_layer(x, self.weight, self.bias, config)

    def extra_repr(self) -> str:
        """What `repr` shows between the parentheses."""
        config = self.config
        return f"{config.layers[0]}, {config.layers[1]}, grid_size={config.grid_size}, order={config.spline_order}"
