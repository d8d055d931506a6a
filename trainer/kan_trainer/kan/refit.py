"""Splines on another grid, by least squares, in float64 on the CPU.

The new spline shall have the old one's values at the data and, for less weight, all over the new grid and beside it. So
nothing is undetermined, however few or alike the data are. One matrix a feature does it for all functions of that
feature: weights never meet data.
"""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor

from kan_trainer.kan.basis import basis_of
from kan_trainer.kan.config import SplineConfig

#: What an error counts anywhere on the new grid, and within a spline's width of it, where one at the data counts 1.
_ON_GRID: Final = 0.1
_BESIDE_IT: Final = 0.03
#: Numbers in one decomposition: 64 MiB.
_AT_ONCE: Final = 2**23


@torch.no_grad()
def transfer(old: SplineConfig, new: SplineConfig, x: Tensor | None = None) -> Tensor:
    """The matrices that make coefficients on the new grid of those on the old one: `(features, new, old)`.

    Without data there is one for all features, which is exact wherever the new splines can be the old ones.

    Args:
        old: The grid that the coefficients are on.
        new: The one that they are wanted on.
        x: `(batch, features)`, finite.
    """
    low, high = new.grid_range
    places = 2 * (new.spline_order + 1) * max(new.grid_size, old.grid_size) + 1
    on_grid = _bases(old, new, _evenly(low, high, places)) / math.sqrt(places)
    if x is None:
        return _solved(on_grid.unsqueeze(0), new)
    reach = (high - low) / new.grid_size * new.spline_order
    beside = _bases(old, new, _evenly(low - reach, high + reach, places)) / math.sqrt(places)
    anyway = torch.cat([on_grid * _ON_GRID, beside * _BESIDE_IT])
    x = x.to("cpu", torch.float64).clamp(low - reach, high + reach)
    block, found = max(1, _AT_ONCE // ((len(x) + len(anyway)) * anyway.shape[1])), []
    for begin in range(0, x.shape[1], block):
        at_data = _bases(old, new, x.T[begin : begin + block]) / math.sqrt(len(x))
        found.append(_solved(torch.cat([at_data, anyway.expand(len(at_data), -1, -1)], 1), new))
    return torch.cat(found)


@torch.no_grad()
def moved(weight: Tensor, by: Tensor) -> Tensor:
    """A layer's weights after a `transfer`; those of the base stay."""
    exact = weight.to("cpu", torch.float64)
    return torch.cat([by @ exact[:, :-1], exact[:, -1:]], 1).to(weight)


def _bases(old: SplineConfig, new: SplineConfig, x: Tensor) -> Tensor:
    return torch.cat([basis_of(new, x), basis_of(old, x)], -1)


def _evenly(low: float, high: float, places: int) -> Tensor:
    return torch.linspace(low, high, places, dtype=torch.float64)


def _solved(bases: Tensor, new: SplineConfig) -> Tensor:
    """By orthogonal decomposition, whose error grows with the condition and not with its square."""
    triangle, split = torch.linalg.qr(bases, mode="r").R, new.grid_size + new.spline_order
    solved: Tensor = torch.linalg.solve_triangular(triangle[:, :split, :split], triangle[:, :split, split:], upper=True)
    return solved
