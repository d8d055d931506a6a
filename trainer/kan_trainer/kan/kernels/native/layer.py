"""One layer by the compiled kernel, forward and backward."""

from __future__ import annotations

import ctypes
from typing import Final

import torch
from torch import Tensor

from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels.native.library import Library, library_for, no_memory

BACKEND: Final = "native"
#: Others may have no memory of their own: a compiler's, a transformation's.
TENSORS = (Tensor, torch.nn.Parameter)


def takes(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> bool:
    """Whether the kernel can do this one: real numbers of one type, in this machine's memory."""
    dtype = x.dtype
    return (
        type(x) in TENSORS
        and type(weight) in TENSORS
        and x.is_cpu
        and weight.is_cpu
        and weight.dtype == dtype
        and (bias is None or bias.dtype == dtype)
        and library_for(spline.spline_order, dtype) is not None
    )


def forward(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """The outputs, outside of autograd."""
    library, x, weight = _library(spline, x), x.contiguous(), weight.contiguous()
    bias = None if bias is None else bias.contiguous()
    outputs = weight.shape[2]
    y = x.new_empty(*x.shape[:-1], outputs)
    here = library.layer(weight, bias, spline)
    batch, threads = y.numel() // outputs, torch.get_num_threads()
    if library.forward(ctypes.byref(here), 1, x.data_ptr(), None, y.data_ptr(), batch, threads):
        raise no_memory()
    return y


def backward(
    x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig, gy: Tensor, wanted: tuple[bool, bool, bool]
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """The gradients of x, weight and bias, those that are wanted."""
    library, x, weight, gy = _library(spline, x), x.contiguous(), weight.contiguous(), gy.contiguous()
    gx = torch.empty_like(x) if wanted[0] else None
    gw = torch.empty_like(weight) if wanted[1] else None
    gb = torch.empty_like(bias) if wanted[2] and bias is not None else None
    pointers = [None if tensor is None else tensor.data_ptr() for tensor in (gx, gw, gb)]
    here, batch = library.layer(weight, None, spline), gy.numel() // weight.shape[2]
    if library.backward(ctypes.byref(here), x.data_ptr(), gy.data_ptr(), *pointers, batch, torch.get_num_threads()):
        raise no_memory()
    return gx, gw, gb


def _library(spline: SplineConfig, x: Tensor) -> Library:
    library = library_for(spline.spline_order, x.dtype)
    assert library is not None, "`takes` was not asked"
    return library
