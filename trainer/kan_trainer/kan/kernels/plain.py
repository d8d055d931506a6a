"""The layer in PyTorch's own operations: on every device, in every type, differentiable as often as one likes.

Where nobody differentiates, splines of low order are summed from one power or two, B_j(x) =
Σ_m (-1)^m C(k + 1, m) / k! · max((k + 1) / 2 - m - |x - c_j| / h, 0)^k over m < (k + 1) / 2, with h the grid's step and
c_j the middle of B_j: no place on the grid is looked up and nothing is scattered, which is two to three times as fast.
For one sample most of the time is what an operation costs before it begins, so that both powers are made at once.

Source: I. J. Schoenberg, Contributions to the Problem of Approximation of Equidistant Data (1946), for the sum over
all m; by the symmetry of B_j its shorter half is enough.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from kan_trainer.kan.basis import bspline_basis
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.constants import kept

#: Up to here the sum is right to 5e-7 in float32; at order 7 it would be to 3e-6, where Horner's form is to 2e-7.
_SUMMED_ORDER: Final = 3
#: The k-th root of 1 / k!, which all places are multiplied by.
_SCALES: Final = {k: math.factorial(k) ** (-1 / k) for k in range(1, _SUMMED_ORDER + 1)}
#: Features made at once on a CPU: they stay in its cache.
_FEATURES: Final = 2**18


def forward(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """See `kan_layer`."""
    if not _is_summed(x, weight, bias, spline):
        return functional.linear(_spread(x, spline).flatten(-2), weight.flatten(0, 1).T, bias)
    inputs, rows, outputs = weight.shape
    if x.ndim != 2:
        return forward(x.reshape(-1, inputs), weight, bias, spline).view(*x.shape[:-1], outputs)
    if x.numel() * rows > _FEATURES and x.is_cpu and len(x) > 1:
        parts = torch.split(x, max(1, _FEATURES // (inputs * rows)))
        return torch.cat([forward(part, weight, bias, spline) for part in parts])
    # Less to do than in `linear`, which turns the weights around first.
    features, weight = _summed(x, spline).flatten(1), weight.flatten(0, 1)
    return torch.mm(features, weight) if bias is None else torch.addmm(bias, features, weight)


def _spread(x: Tensor, spline: SplineConfig) -> Tensor:
    """All splines and the base of every input: `(..., grid_size + spline_order + 1)`."""
    splines = bspline_basis(
        x,
        grid_size=spline.grid_size,
        spline_order=spline.spline_order,
        grid_range=spline.grid_range,
        outside=spline.outside,
    )
    return torch.cat([splines, _base(x, spline).unsqueeze(-1)], -1)


def _base(x: Tensor, spline: SplineConfig) -> Tensor:
    return functional.silu(x) if spline.base == "silu" else x


def _is_summed(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> bool:
    """Whether the short way is one; what works in place cannot be differentiated, and a batch cut up not be traced."""
    learns = x.requires_grad or weight.requires_grad or (bias is not None and bias.requires_grad)
    return (
        spline.spline_order <= _SUMMED_ORDER
        and spline.outside != "linear"
        and not (learns and torch.is_grad_enabled())
        and not torch.compiler.is_compiling()
    )


def _summed(x: Tensor, spline: SplineConfig) -> Tensor:
    """The same as `_spread`."""
    (low, high), order = spline.grid_range, spline.spline_order
    middles, edges = _places(spline, x.dtype, x.device)
    inside = x.clamp(low, high) if spline.outside == "clamp" else x
    if origin := _origin(spline):
        inside = inside - origin
    away = (inside.unsqueeze(-1) - middles).abs_()
    slope = _SCALES[order] * spline.grid_size / (high - low)
    features, *lesser = torch.sub(edges, away, alpha=slope).relu_().pow_(order).unbind()
    for powers in lesser:
        features.sub_(powers, alpha=order + 1)
    features[..., -1] = _base(x, spline)
    return features


def _origin(spline: SplineConfig) -> float:
    """What places are counted from: of a grid far from zero its beginning, or digits would be lost."""
    low, high = spline.grid_range
    return low if abs(low) > 2 * (high - low) else 0.0


@kept
def _places(spline: SplineConfig, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, ...]:
    """The middles of the splines, and what each term raises to a power there, a term along the first axis.

    One middle more, infinitely far away, keeps the base's place.
    """
    order, (low, high) = spline.spline_order, spline.grid_range
    step = (high - low) / spline.grid_size
    middles = [low - _origin(spline) + (j + (1 - order) / 2) * step for j in range(spline.grid_size + order)]
    edges = [_SCALES[order] * ((order + 1) / 2 - m) for m in range(order // 2 + 1)]
    made = partial(torch.tensor, dtype=dtype, device=device)
    return made([*middles, math.inf]), made(edges).view(-1, 1, 1, 1)
