"""Layers to compare kernels by: their tensors, and all that one finds of them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from kan_trainer.kan.config import SplineConfig

OUTSIDE = ("zero", "clamp", "linear")
BASES = ("silu", "identity")


def examples(batch: int, inputs: int, outputs: int, spline: SplineConfig, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Inputs within the grid and on both sides of it, on its knots, and weights."""
    generator = torch.Generator().manual_seed(batch * 1000 + inputs * 10 + outputs)
    low, high = spline.grid_range
    x = low + (high - low) * (torch.rand(batch, inputs, dtype=dtype, generator=generator) * 2.4 - 0.7)
    knots = torch.linspace(low, high, spline.grid_size + 1, dtype=dtype)
    x.view(-1)[: len(knots)] = knots[: x.numel()]
    rows = spline.grid_size + spline.spline_order + 1
    weight = torch.randn(inputs, rows, outputs, dtype=dtype, generator=generator)
    return x, weight, torch.randn(outputs, dtype=dtype, generator=generator)


def gradients(way: Callable[..., Tensor], tensors: tuple[Tensor, ...], spline: SplineConfig) -> list[Tensor]:
    """What the way gives, and the gradients of everything."""
    leaves = [tensor.detach().clone().requires_grad_() for tensor in tensors]
    y = way(*leaves, spline)
    outward = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return [y.detach(), *torch.autograd.grad(y, leaves, outward)]


def assert_same(found: list[Tensor], expected: list[Tensor], tolerance: float) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        scale = max(1.0, theirs.abs().max().item()) if theirs.numel() else 1.0
        assert ((ours - theirs).abs() <= tolerance * scale).all()
