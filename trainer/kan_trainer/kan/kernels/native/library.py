"""The compiled kernel as Python calls it: pointers and sizes, and no check of either.

Who calls sees to it that tensors are contiguous, on the CPU, and of the library's type.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor

from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels.native import build

OUTSIDE: Final = {"zero": 0, "clamp": 1, "linear": 2}
BASE: Final = {"silu": 0, "identity": 1}
_REAL: Final[dict[torch.dtype, tuple[build.Real, Any]]] = {
    torch.float32: ("float", ctypes.c_float),
    torch.float64: ("double", ctypes.c_double),
}
_Pointer: Final = ctypes.c_void_p


_ARGUMENTS: Final = {"p": ctypes.c_void_p, "i": ctypes.c_int, "l": ctypes.c_int64}


class Rule(ctypes.Structure):
    """What a training step does: the settings of AdamW, of clipping and of the loss."""

    _fields_ = (
        *((name, ctypes.c_double) for name in ("rate", "beta1", "beta2", "epsilon", "decay", "clip", "delta")),
        ("number", ctypes.c_int64),
        ("loss", ctypes.c_int32),
    )


class Memory(ctypes.Structure):
    """What a network keeps from step to step: gradients and moments of all weights."""

    _fields_ = tuple((name, ctypes.c_void_p) for name in ("gradient", "mean", "square"))


class Outcome(ctypes.Structure):
    """What a training step found: the loss, and the gradient's norm before it was clipped."""

    _fields_ = (("loss", ctypes.c_double), ("norm", ctypes.c_double))


class Library:
    """One compiled kernel.

    Attributes:
        Layer: C's struct of a layer.
        forward: Layers, how many, x, room for what all but the last give or null, y, batch, threads.
        backward: A layer, x, the output's gradient, those of x, weight and bias or null, batch, threads.
        network_backward: Layers, how many, x, what forward kept, the output's gradient, that of x or null, those of
            all weights, room for batch · 2 · the widest layer but the last, batch, threads.
        gradient: Layers, how many, rule, memory, x, targets, mask or null, room for batch · (all outputs + the last
            ones once more + 2 · the widest but the last), batch, threads, outcome, whose loss it tells.
        apply: Layers, how many, rule, memory, threads, outcome, whose norm it tells.
        train: Both in one; the arguments are those of `gradient`.
    """

    def __init__(self, path: str, real: Any) -> None:
        loaded = ctypes.CDLL(path)
        self.Layer = layer_of(real)
        self.forward = function_of(loaded.kan_forward, "pipppli")
        self.network_backward = function_of(loaded.kan_network_backward, "pippppppli")
        self.backward = function_of(loaded.kan_backward, "ppppppli")
        self.gradient = function_of(loaded.kan_gradient, "pipppppplip")
        self.apply = function_of(loaded.kan_apply, "pippip")
        self.train = function_of(loaded.kan_train, "pipppppplip")

    def layer(self, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Any:
        """The struct of one layer; it keeps neither tensor alive."""
        inputs, _, outputs = weight.shape
        return self.Layer(
            weight.data_ptr(),
            None if bias is None else bias.data_ptr(),
            inputs,
            outputs,
            *spline.grid_range,
            spline.grid_size,
            OUTSIDE[spline.outside],
            BASE[spline.base],
        )


@cache
def library_for(order: int, dtype: torch.dtype) -> Library | None:
    """The kernel for splines of `order` and numbers of `dtype`; None where there is none."""
    if dtype not in _REAL or os.environ.get("KAN_BACKEND") == "plain":
        return None
    real, number = _REAL[dtype]
    path = build.library(order, real)
    return None if path is None else Library(str(path), number)


def layer_of(real: Any) -> Any:
    """C's struct of a layer, for numbers of the type `real`."""
    fields = [("weight", _Pointer), ("bias", _Pointer), ("inputs", ctypes.c_int64), ("outputs", ctypes.c_int64)]
    fields += [("low", real), ("high", real)]
    fields += [(name, ctypes.c_int32) for name in ("grid_size", "outside", "base")]
    return type("Layer", (ctypes.Structure,), {"_fields_": fields})


def function_of(function: Any, arguments: str) -> Any:
    """`function` of C, which takes `arguments` (pointers, ints and longs), and says whether memory has run out."""
    function.argtypes = [_ARGUMENTS[kind] for kind in arguments]
    function.restype = ctypes.c_int
    return function


def no_memory() -> MemoryError:
    """What a function of C means by 1."""
    return MemoryError("there is no memory left for the KAN kernel: take fewer samples at a time.")
