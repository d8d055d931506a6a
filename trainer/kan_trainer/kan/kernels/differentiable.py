"""A layer by a compiled kernel, as autograd takes it."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels import plain

Backend = Literal["native", "triton", "plain"]
Wanted = tuple[bool, bool, bool]
Gradients = tuple[Tensor | None, Tensor | None, Tensor | None]


class Kernel(Protocol):
    """What compiled kernels have in common: each is a module.

    Attributes:
        BACKEND: What it is called.
    """

    BACKEND: Backend

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig, /) -> Tensor:
        """The outputs, outside of autograd."""

    def backward(
        self, x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig, gy: Tensor, wanted: Wanted, /
    ) -> Gradients:
        """The gradients of x, weight and bias, those that are wanted."""


def layer(kernel: Kernel, x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """See `kan_layer`; by `kernel`, which takes such tensors."""
    learns = x.requires_grad or weight.requires_grad or (bias is not None and bias.requires_grad)
    if learns and torch.is_grad_enabled():
        outputs: Tensor = _Layer.apply(kernel, x, weight, bias, spline)  # type: ignore[no-untyped-call]
        return outputs
    return kernel.forward(x, weight, bias, spline)


class _Layer(torch.autograd.Function):
    """Keeps `x` alone; a derivative of derivatives is taken by the plain way."""

    @staticmethod
    def forward(
        ctx: Any, kernel: Kernel, x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig
    ) -> Tensor:
        ctx.save_for_backward(x, weight, bias)
        ctx.kernel, ctx.spline = kernel, spline
        return kernel.forward(x, weight, bias, spline)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias = ctx.saved_tensors
        (gy,), wanted = gradients, ctx.needs_input_grad[1:4]
        create_graph, moved = torch.is_grad_enabled(), weight.dtype != x.dtype or weight.device != x.device
        if not (create_graph or moved or torch._C._are_functorch_transforms_active()):
            return (None, *ctx.kernel.backward(x, weight, bias, ctx.spline, gy, wanted), None)
        with torch.enable_grad():
            y = plain.forward(x, weight, bias, ctx.spline)
        by = [tensor for tensor, want in zip((x, weight, bias), wanted, strict=True) if want]
        found = iter(torch.autograd.grad(y, by, gy, create_graph=create_graph))
        return (None, *(next(found) if want else None for want in wanted), None)
