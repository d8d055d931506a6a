"""One layer by the kernels for graphics cards, forward and backward."""

from __future__ import annotations

from typing import Final

import torch
import triton
from torch import Tensor

from kan_trainer.kan.basis import _coefficients
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.constants import kept
from kan_trainer.kan.kernels import triton_kernel as kernel
from kan_trainer.kan.kernels.native.layer import TENSORS

BACKEND: Final = "triton"
_OUTSIDE: Final = {"zero": kernel.ZERO, "clamp": kernel.CLAMP, "linear": kernel.LINEAR}
_BASE: Final = {"silu": kernel.SILU, "identity": kernel.IDENTITY}
_SAMPLES: Final = 32
_ROWS: Final = 16
#: Outputs at once, at most and at least.
_WIDTH: Final = (64, 16)


def takes(x: Tensor, weight: Tensor, bias: Tensor | None) -> bool:
    """Whether the kernels can do this one: real numbers of one type, in one card's memory."""
    tensors = (x, weight) if bias is None else (x, weight, bias)
    return x.dtype in (torch.float32, torch.float64) and all(
        type(tensor) in TENSORS and tensor.is_cuda and tensor.device == x.device and tensor.dtype == x.dtype
        for tensor in tensors
    )


def forward(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """The outputs, outside of autograd."""
    inputs, _, outputs = weight.shape
    x, weight = x.contiguous(), weight.contiguous()
    y = x.new_empty(*x.shape[:-1], outputs)
    batch, width = y.numel() // outputs, _width(outputs)
    grid = triton.cdiv(batch, _SAMPLES), triton.cdiv(outputs, width)
    if not batch:
        return y
    with torch.cuda.device_of(x):  # type: ignore[no-untyped-call]
        kernel.forward[grid](
            x, weight, weight if bias is None else bias.contiguous(), *_constants(spline, x.dtype, x.device), y,
            batch, inputs, outputs, *_modes(spline), bias is not None, _SAMPLES, width,
        )  # fmt: skip
    return y


def backward(
    x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig, gy: Tensor, wanted: tuple[bool, bool, bool]
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """The gradients of x, weight and bias, those that are wanted."""
    inputs, rows, outputs = weight.shape
    x, weight, gy = x.contiguous(), weight.contiguous(), gy.contiguous()
    batch, width = gy.numel() // outputs, _width(outputs)
    constants, modes = _constants(spline, x.dtype, x.device), _modes(spline)
    gx = torch.empty_like(x) if wanted[0] else None
    gw = torch.zeros_like(weight) if wanted[1] else None
    if batch:
        sizes = batch, inputs, outputs
        with torch.cuda.device_of(x):  # type: ignore[no-untyped-call]
            if gx is not None:
                programs = triton.cdiv(batch, _SAMPLES) * inputs
                kernel.by_inputs[programs,](x, weight, *constants, gy, gx, *sizes, *modes, _SAMPLES, width)
            if gw is not None:
                blocks = inputs, triton.cdiv(rows, _ROWS), triton.cdiv(outputs, width)
                kernel.by_weights[blocks](x, *constants, gy, gw, *sizes, *modes, _SAMPLES, _ROWS, width)
    return gx, gw, gy.flatten(0, -2).sum(0) if wanted[2] and bias is not None else None


def _width(outputs: int) -> int:
    most, least = _WIDTH
    return int(min(most, max(least, triton.next_power_of_2(outputs))))


def _modes(spline: SplineConfig) -> tuple[int, ...]:
    return spline.grid_size, spline.spline_order, _OUTSIDE[spline.outside], _BASE[spline.base]


@kept
def _constants(spline: SplineConfig, dtype: torch.dtype, device: torch.device) -> tuple[Tensor]:
    """The ends of the grid, intervals by units of x, the coefficients of all pieces, and those of their slopes."""
    low, high = spline.grid_range
    density = spline.grid_size / (high - low)
    pieces, slopes = (_coefficients(spline.spline_order, n, torch.float64, torch.device("cpu"))[0] for n in (0, 1))
    ends = torch.tensor([low, high, density], dtype=torch.float64)
    return (torch.cat([ends, pieces.flatten(), slopes.flatten() * density]).to(device, dtype),)
