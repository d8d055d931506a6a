"""A whole network by the compiled kernel: one call, however many layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kan_trainer.kan.kernels.native.layer import TENSORS, takes
from kan_trainer.kan.kernels.native.library import Library, library_for

if TYPE_CHECKING:
    from kan_trainer.kan.layer import KANLayer


class Handle:
    """The layers of a network as C has them.

    What was handed over is used again as long as no layer has other weights or another spline. Nothing is looked at
    twice: for one sample the kernel itself takes two microseconds.

    Attributes:
        library: The kernel, where it can do this network.
        structs: The layers in an array of C.
        parameters: Those of all layers, when they were last looked at.
        weights: How many numbers those are.
    """

    def __init__(self, layers: Sequence[KANLayer]) -> None:
        self._layers = list(layers)
        self._forget()

    def _forget(self) -> None:
        self._key: list[object] = []
        self._dtype: torch.dtype | None = None
        self.library: Library | None = None
        self.structs: Any = None
        self.parameters: list[torch.nn.Parameter] = []
        self.weights = 0

    def __getstate__(self) -> dict[str, Any]:
        return {"_layers": self._layers}  # a copy of the network has weights of its own

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._layers = state["_layers"]
        self._forget()

    def is_ready(self, x: Tensor) -> bool:
        """Whether the kernel can do the whole network: see `takes` of a layer; and nobody listens in between."""
        key: list[object] = []
        for layer in self._layers:
            if layer._forward_hooks or layer._forward_pre_hooks:
                return False
            weight, bias = layer._parameters["weight"], layer._parameters["bias"]
            key += weight.data_ptr(), None if bias is None else bias.data_ptr(), layer.config  # type: ignore[union-attr]
        if key != self._key:
            self._hand_over()
            self._key = key
        return x.dtype == self._dtype and x.is_cpu and type(x) in TENSORS

    def _hand_over(self) -> None:
        first, self._dtype = self._layers[0], None
        self.parameters = [parameter for layer in self._layers for parameter in layer.parameters()]
        self.weights = sum(parameter.numel() for parameter in self.parameters)
        of_one_kind = all(
            layer.weight.is_contiguous()
            and layer.config.spline_order == first.config.spline_order
            and takes(first.weight, layer.weight, layer.bias, layer.config)
            for layer in self._layers
        )
        if of_one_kind:
            self._dtype = first.weight.dtype
            self.library = library_for(first.config.spline_order, self._dtype)
            assert self.library is not None
            layers = [self.library.layer(layer.weight, layer.bias, layer.config) for layer in self._layers]
            self.structs = (self.library.Layer * len(layers))(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """The outputs, outside of autograd; what it is ready for."""
        outputs, x = self._layers[-1].config.layers[1], x.contiguous()
        y = x.new_empty(*x.shape[:-1], outputs)
        batch, threads = y.numel() // outputs, torch.get_num_threads()
        self.library.forward(self.structs, len(self._layers), x.data_ptr(), y.data_ptr(), batch, threads)  # type: ignore[union-attr]
        return y
