"""Which of the compiled kernels a layer's tensors are for."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any

from torch import Tensor

from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels.differentiable import Kernel
from kan_trainer.kan.kernels.native import layer as native


def compiled_for(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Kernel | None:
    """The kernel for such tensors; None where there is but PyTorch's own operations."""
    if native.takes(x, weight, bias, spline):
        return native
    if x.is_cuda and (cards := _cards()) is not None and cards.takes(x, weight, bias):
        found: Kernel = cards
        return found
    return None


@cache
def _cards() -> Any | None:
    """The kernels for graphics cards; None without Triton, which PyTorch's builds for CUDA bring along on Linux."""
    if os.environ.get("KAN_BACKEND") == "plain":
        return None
    try:
        return import_module("kan_trainer.kan.kernels.triton_layer")
    except ImportError:
        return None
