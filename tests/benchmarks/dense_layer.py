"""The yardstick of `bench_kan`: a layer as most libraries have it, all bases of all inputs by Cox-de Boor.

Written for the benchmark in the usual manner: one product of matrices for the base, one for the splines.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class DenseLayer(nn.Module):
    """(batch, inputs) → (batch, outputs), on a uniform grid of `grid_size` intervals over (-1, 1)."""

    def __init__(self, inputs: int, outputs: int, grid_size: int = 5, order: int = 3) -> None:
        super().__init__()
        knots = torch.arange(-order, grid_size + order + 1) * (2 / grid_size) - 1
        self.order = order
        self.knots: Tensor
        self.register_buffer("knots", knots.expand(inputs, -1).contiguous())
        self.base = nn.Parameter(torch.empty(outputs, inputs))
        self.splines = nn.Parameter(torch.randn(outputs, inputs, grid_size + order) * 0.1)
        nn.init.kaiming_uniform_(self.base, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        base = functional.linear(functional.silu(x), self.base)
        return base + functional.linear(self.bases(x).flatten(1), self.splines.flatten(1))

    def bases(self, x: Tensor) -> Tensor:
        """B_j of every input: (batch, inputs, grid_size + order)."""
        x, knots = x.unsqueeze(-1), self.knots
        bases = ((x >= knots[:, :-1]) & (x < knots[:, 1:])).to(x.dtype)
        for k in range(1, self.order + 1):
            rising = (x - knots[:, : -(k + 1)]) / (knots[:, k:-1] - knots[:, : -(k + 1)])
            falling = (knots[:, k + 1 :] - x) / (knots[:, k + 1 :] - knots[:, 1:-k])
            bases = rising * bases[:, :, :-1] + falling * bases[:, :, 1:]
        return bases.contiguous()
