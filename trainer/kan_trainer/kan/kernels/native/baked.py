"""Baked networks by the compiled kernel: one call, however many layers."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor

from kan_trainer.kan.kernels.native import build
from kan_trainer.kan.kernels.native.layer import TENSORS
from kan_trainer.kan.kernels.native.library import BASE, OUTSIDE, function_of, layer_of, no_memory
from kan_trainer.kan.quantisation import ELEMENTS, table_size

if TYPE_CHECKING:
    from kan_trainer.kan.baked import BakedLayer

_KINDS: Final = {element: kind for kind, element in enumerate(ELEMENTS.values())}
_Layer: Final = layer_of(ctypes.c_float)


class _Baked(ctypes.Structure):
    _fields_ = (("table", ctypes.c_void_p), ("scales", ctypes.c_void_p), ("layer", _Layer), ("kind", ctypes.c_int32))


class Handle:
    """The layers of a baked network as C has them; it keeps their tensors alive.

    Attributes:
        is_native: Whether the kernel can do them.
    """

    def __init__(self, layers: Sequence[BakedLayer]) -> None:
        order = layers[0].config.spline_order
        known = all(layer.config.spline_order == order and _takes(layer) for layer in layers)
        self._forward = _forward_of(order) if known else None
        self.is_native = self._forward is not None
        self._tensors = [tensor for layer in layers for tensor in layer.buffers()]
        self._structs = (_Baked * len(layers))(*map(_struct, layers)) if self.is_native else None
        self._depth, self._outputs = len(layers), layers[-1].config.layers[1]

    def is_of(self, tensors: Iterable[Tensor]) -> bool:
        """Whether it was made of these."""
        return all(one is other for one, other in zip(tensors, self._tensors, strict=False))

    def takes(self, x: Tensor) -> bool:
        """Whether the kernel can do them for `x`."""
        return self.is_native and x.dtype == torch.float32 and x.is_cpu and type(x) in TENSORS

    def forward(self, x: Tensor) -> Tensor:
        """The outputs; what it takes."""
        x = x.contiguous()
        y = x.new_empty(*x.shape[:-1], self._outputs)
        batch, threads = y.numel() // self._outputs, torch.get_num_threads()
        if self._forward(self._structs, self._depth, x.data_ptr(), y.data_ptr(), batch, threads):  # type: ignore[misc]
            raise no_memory()
        return y


@cache
def _forward_of(order: int) -> Any:
    """The kernel's function for splines of `order`; None where there is none."""
    path = None if os.environ.get("KAN_BACKEND") == "plain" else build.library(order, "float", source="baked")
    return None if path is None else function_of(ctypes.CDLL(str(path)).kan_forward_baked, "pippli")


def _takes(layer: BakedLayer) -> bool:
    """Whether its tensors are what the kernel believes they are: it looks at no size."""
    config, table = layer.config, layer.table
    shape = (config.layers[0], config.grid_size + config.spline_order + 1, config.layers[1])
    floats = [tensor for tensor in (layer.scales, layer.bias) if tensor is not None]
    return (
        table.dtype in _KINDS
        and table.numel() == table_size(shape, table.dtype)
        and all(tensor.is_cpu and tensor.is_contiguous() for tensor in layer.buffers())
        and all(tensor.dtype == torch.float32 for tensor in floats)
        and (layer.scales is not None or table.dtype == torch.bfloat16)
    )


def _struct(layer: BakedLayer) -> Any:
    scales, bias, spline = layer.scales, layer.bias, layer.config
    inside = _Layer(
        None,
        None if bias is None else bias.data_ptr(),
        *spline.layers,
        *spline.grid_range,
        spline.grid_size,
        OUTSIDE[spline.outside],
        BASE[spline.base],
    )
    kind = _KINDS[layer.table.dtype]
    return _Baked(layer.table.data_ptr(), None if scales is None else scales.data_ptr(), inside, kind)
