"""The layer in PyTorch's own operations: on every device, in every type, differentiable as often as one likes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from kan_trainer.kan.basis import bspline_basis
from kan_trainer.kan.config import SplineConfig


def forward(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """See `kan_layer`."""
    splines = bspline_basis(
        x,
        grid_size=spline.grid_size,
        spline_order=spline.spline_order,
        grid_range=spline.grid_range,
        outside=spline.outside,
    )
    base = functional.silu(x) if spline.base == "silu" else x
    features = torch.cat([splines, base.unsqueeze(-1)], -1).flatten(-2)
    return functional.linear(features, weight.flatten(0, 1).T, bias)
