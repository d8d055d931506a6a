"""The layer as an operator of torch, which a compiler can put into its graphs as one node.

Where nothing is traced nobody comes here: an operator written in Python costs more than the kernel for one sample.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels import plain
from kan_trainer.kan.kernels.choice import compiled_for


def layer(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """See `kan_layer`."""
    low, high = spline.grid_range
    settings = low, high, spline.grid_size, spline.spline_order, spline.outside, spline.base
    y: Tensor = _layer(x, weight, bias, *settings)
    return y


@torch.library.custom_op("kan_monitor::layer", mutates_args=())
def _layer(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    low: float,
    high: float,
    grid_size: int,
    spline_order: int,
    outside: str,
    base: str,
) -> Tensor:
    spline = _spline(low, high, grid_size, spline_order, outside, base)
    if (kernel := compiled_for(x, weight, bias, spline)) is not None:
        y: Tensor = kernel.forward(x, weight, bias, spline)
        return y
    return plain.forward(x, weight, bias, spline)


@_layer.register_fake
def _(x: Tensor, weight: Tensor, *_: Any) -> Tensor:
    return x.new_empty(*x.shape[:-1], weight.shape[2])


@torch.library.custom_op("kan_monitor::layer_backward", mutates_args=())
def _layer_backward(
    gy: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    low: float,
    high: float,
    grid_size: int,
    spline_order: int,
    outside: str,
    base: str,
) -> tuple[Tensor, Tensor, Tensor]:
    spline = _spline(low, high, grid_size, spline_order, outside, base)
    if (kernel := compiled_for(x, weight, bias, spline)) is not None:
        gx, gw, gb = kernel.backward(x, weight, bias, spline, gy, (True, True, bias is not None))
        assert gx is not None and gw is not None  # they were asked for
        return gx, gw, weight.new_empty(0) if gb is None else gb
    with torch.enable_grad():
        x, weight = x.detach().requires_grad_(), weight.detach().requires_grad_()
        y = plain.forward(x, weight, None, spline)
    gx, gw = torch.autograd.grad(y, (x, weight), gy)
    return gx.contiguous(), gw.contiguous(), weight.new_empty(0) if bias is None else gy.flatten(0, -2).sum(0)


@_layer_backward.register_fake
def _(_: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None, *__: Any) -> tuple[Tensor, Tensor, Tensor]:
    of_bias = weight.new_empty(0) if bias is None else torch.empty_like(bias)
    empty = partial(torch.empty_like, memory_format=torch.contiguous_format)
    return empty(x), empty(weight), of_bias


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ARG001
    x, weight, bias, *ctx.settings = inputs
    ctx.save_for_backward(x, weight, bias)


def _gradients(ctx: Any, gy: Tensor) -> tuple[Tensor | None, ...]:
    x, weight, bias = ctx.saved_tensors
    gx, gw, gb = _layer_backward(gy, x, weight, bias, *ctx.settings)
    return (gx, gw, None if bias is None else gb, *(None for _ in ctx.settings))


_layer.register_autograd(_gradients, setup_context=_keep)


def _spline(low: float, high: float, grid_size: int, spline_order: int, outside: Any, base: Any) -> SplineConfig:
    return SplineConfig(
        grid_range=(low, high), grid_size=grid_size, spline_order=spline_order, outside=outside, base=base
    )
