"""A whole network by the compiled kernel: one call, however many layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kan_trainer.kan.kernels import plain
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
            weight, bias = layer._parameters.get("weight"), layer._parameters.get("bias")
            if weight is None or _is_heard(layer):
                return False
            key += weight.data_ptr(), None if bias is None else bias.data_ptr(), layer.config
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
        x = x.contiguous()
        return self._given(x, None)

    def differentiable(self, x: Tensor) -> Tensor:
        """The outputs, for autograd to go back through in one call too."""
        y: Tensor = _Network.apply(self, x, *self.parameters)  # type: ignore[no-untyped-call]
        return y

    def _given(self, x: Tensor, kept: Tensor | None) -> Tensor:
        y = x.new_empty(*x.shape[:-1], self._layers[-1].config.layers[1])
        self.library.forward(  # type: ignore[union-attr]
            self.structs,
            len(self._layers),
            x.data_ptr(),
            None if kept is None else kept.data_ptr(),
            y.data_ptr(),
            _rows(x),
            torch.get_num_threads(),
        )
        return y


def _is_heard(layer: KANLayer) -> bool:
    hooks = layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks
    return any(hooks)


class _Network(torch.autograd.Function):
    """Keeps what each layer was given; a derivative of derivatives is taken by the plain way."""

    @staticmethod
    def forward(ctx: Any, handle: Handle, x: Tensor, *parameters: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.hidden = [layer.config.layers[1] for layer in handle._layers[:-1]]
        kept = x.new_empty(_rows(x) * sum(ctx.hidden))
        y = handle._given(x, kept)
        ctx.save_for_backward(x, kept, *parameters)
        ctx.library, ctx.structs = handle.library, handle.structs
        ctx.layers = [(layer.config, layer.bias is not None) for layer in handle._layers]
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gy,), (x, kept, *parameters) = gradients, ctx.saved_tensors
        if torch.is_grad_enabled():
            return _twice_differentiable(ctx, gy, x, parameters)
        gy = gy.contiguous()
        found = x.new_empty(sum(parameter.numel() for parameter in parameters))
        gx = torch.empty_like(x) if ctx.needs_input_grad[1] else None
        room = x.new_empty(_rows(x) * 2 * max(ctx.hidden, default=0))
        ctx.library.network_backward(
            ctx.structs,
            len(ctx.layers),
            x.data_ptr(),
            kept.data_ptr(),
            gy.data_ptr(),
            None if gx is None else gx.data_ptr(),
            found.data_ptr(),
            room.data_ptr(),
            _rows(x),
            torch.get_num_threads(),
        )
        parts = found.split([parameter.numel() for parameter in parameters])
        by_weights = (part.view_as(parameter) for part, parameter in zip(parts, parameters, strict=True))
        wanted = zip(by_weights, ctx.needs_input_grad[2:], strict=True)
        return (None, gx, *(each if needed else None for each, needed in wanted))


def _twice_differentiable(ctx: Any, gy: Tensor, x: Tensor, parameters: list[Tensor]) -> tuple[Tensor | None, ...]:
    y, left = x, iter(parameters)
    for spline, has_bias in ctx.layers:
        y = plain.forward(y, next(left), next(left) if has_bias else None, spline)
    tensors, wanted = (x, *parameters), ctx.needs_input_grad[1:]
    by = [tensor for tensor, needed in zip(tensors, wanted, strict=True) if needed]
    found = iter(torch.autograd.grad(y, by, gy, create_graph=True))
    return (None, *(next(found) if needed else None for needed in wanted))


def _rows(x: Tensor) -> int:
    return x.numel() // x.shape[-1]
