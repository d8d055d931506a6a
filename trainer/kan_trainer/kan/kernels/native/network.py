"""A whole network by the compiled kernel: one call, however many layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from kan_trainer.kan.kernels import plain
from kan_trainer.kan.kernels.native.layer import TENSORS, takes
from kan_trainer.kan.kernels.native.library import Library, library_for, no_memory

if TYPE_CHECKING:
    from kan_trainer.kan.layer import KANLayer


class Handle:
    """The layers of a network as C has them.

    What was handed over is used again as long as no layer has other weights or another spline, and there are no other
    layers. Nothing is looked at twice: for one sample the kernel itself takes two microseconds.

    Attributes:
        library: The kernel, where it can do this network.
        structs: The layers in an array of C.
        layers: What they were made of.
        parameters: All that the network learns, each once, when it was last looked at.
        weights: How many numbers those are.
    """

    def __init__(self, modules: nn.Sequential) -> None:
        self._modules = modules
        self._forget()

    def _forget(self) -> None:
        self._seen: list[tuple[Any, ...]] = []
        self._listeners = hooks_of(self._modules)
        self._dtype: torch.dtype | None = None
        self._outputs = 0
        self.library: Library | None = None
        self.structs: Any = None
        self.layers: list[KANLayer] = []
        self.parameters: list[nn.Parameter] = []
        self.weights = 0

    def __getstate__(self) -> dict[str, Any]:
        return {"_modules": self._modules}  # a copy of the network has weights of its own

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._modules = state["_modules"]
        self._forget()

    def is_ready(self, x: Tensor) -> bool:
        """Whether the kernel can do the whole network: see `takes` of a layer; and nobody listens in between."""
        if self._has_changed():
            self._hand_over()
        return x.dtype == self._dtype and x.is_cpu and type(x) in TENSORS and not any(self._listeners)

    def _has_changed(self) -> bool:
        """Whether there are other layers, or weights, or listeners: other weights in the same memory have gradients of
        their own, and the same ones may lie elsewhere by now."""
        modules = self._modules._modules
        if len(modules) != len(self._seen):
            return True
        for module, seen in zip(modules.values(), self._seen, strict=True):
            layer, config, own, weight, place, bias, bias_place, (hooks, pre_hooks, back_hooks, back_pre_hooks) = seen
            if (
                module is not layer
                or layer.config is not config
                or own.get("weight") is not weight
                or weight.data_ptr() != place
                or not weight.is_contiguous()
                or own.get("bias") is not bias
                or (bias is not None and bias.data_ptr() != bias_place)
                or hooks
                or pre_hooks
                or back_hooks
                or back_pre_hooks
            ):
                return True
        return False

    def _hand_over(self) -> None:
        modules, self._dtype = list(self._modules), None
        self.parameters = list(self._modules.parameters())
        self.weights = sum(parameter.numel() for parameter in self.parameters)
        self._seen = []
        if not all(_is_plain(module) for module in modules):
            return
        self.layers = layers = cast("list[KANLayer]", modules)
        self._seen = [
            (
                *(layer, layer.config, layer._parameters),
                *(layer.weight, layer.weight.data_ptr(), layer.bias, _place(layer.bias), hooks_of(layer)),
            )
            for layer in layers
            if layer.weight.is_contiguous() and not any(hooks_of(layer))
        ]
        own = [tensor for layer in layers for tensor in layer._parameters.values() if tensor is not None]
        first = layers[0]
        unheard = len(self._seen) == len(layers)
        of_one_kind = (
            unheard
            and len(own) == len(self.parameters)
            and all(
                layer.config.spline_order == first.config.spline_order
                and all(tensor.is_contiguous() for tensor in layer.parameters())
                and takes(first.weight, layer.weight, layer.bias, layer.config)
                for layer in layers
            )
        )
        if of_one_kind:
            self._dtype, self._outputs = first.weight.dtype, layers[-1].config.layers[1]
            self.library = library_for(first.config.spline_order, self._dtype)
            assert self.library is not None
            structs = [self.library.layer(layer.weight, layer.bias, layer.config) for layer in layers]
            self.structs = (self.library.Layer * len(layers))(*structs)

    def forward(self, x: Tensor, kept: int | None = None) -> Tensor:
        """The outputs, outside of autograd; what it is ready for.

        Args:
            x: `(..., inputs)`.
            kept: Where there is room for what all layers but the last give, if that is wanted.
        """
        x, depth, is_flat = x.contiguous(), len(self.layers), x.ndim == 2
        batch = x.shape[0] if is_flat else _rows(x)
        y = x.new_empty((batch, self._outputs))
        threads = torch.get_num_threads()
        if self.library.forward(self.structs, depth, x.data_ptr(), kept, y.data_ptr(), batch, threads):  # type: ignore[union-attr]
            raise no_memory()
        return y if is_flat else y.view(*x.shape[:-1], self._outputs)

    def differentiable(self, x: Tensor) -> Tensor:
        """The outputs, for autograd to go back through in one call too."""
        y: Tensor = _Network.apply(self, x, *self.parameters)  # type: ignore[no-untyped-call]
        return y


def hooks_of(module: nn.Module) -> tuple[Any, ...]:
    """Those who want to be called when `module` is, four kinds of them."""
    return module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks


def _is_plain(module: nn.Module) -> bool:
    """Whether it is a layer whose arithmetic nobody has changed."""
    from kan_trainer.kan.layer import KANLayer

    is_one = type(module).forward is KANLayer.forward and not hasattr(module, "parametrizations")
    return is_one and "weight" in module._parameters


class _Network(torch.autograd.Function):
    """Keeps what each layer was given; a derivative of derivatives is taken by the plain way."""

    @staticmethod
    def forward(ctx: Any, handle: Handle, x: Tensor, *parameters: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.hidden = [layer.config.layers[1] for layer in handle.layers[:-1]]
        kept = x.new_empty(_rows(x) * sum(ctx.hidden))
        y = handle.forward(x, kept.data_ptr())
        ctx.save_for_backward(x, kept, *parameters)
        ctx.library, ctx.structs = handle.library, handle.structs
        ctx.layers = [(layer.config, layer.bias is not None) for layer in handle.layers]
        ctx.places = [parameter.data_ptr() for parameter in parameters]
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gy,), (x, kept, *parameters) = gradients, ctx.saved_tensors
        moved = [parameter.data_ptr() for parameter in parameters] != ctx.places
        if moved or torch.is_grad_enabled() or torch._C._are_functorch_transforms_active():
            return _by_plain(ctx, gy, x, parameters)
        gy = gy.contiguous()
        found = x.new_empty(sum(parameter.numel() for parameter in parameters))
        gx = torch.empty_like(x) if ctx.needs_input_grad[1] else None
        room = x.new_empty(_rows(x) * 2 * max(ctx.hidden, default=0))
        failed = ctx.library.network_backward(
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
        if failed:
            raise no_memory()
        parts = found.split([parameter.numel() for parameter in parameters])
        by_weights = (part.view_as(parameter) for part, parameter in zip(parts, parameters, strict=True))
        wanted = zip(by_weights, ctx.needs_input_grad[2:], strict=True)
        return (None, gx, *(each if needed else None for each, needed in wanted))


def _by_plain(ctx: Any, gy: Tensor, x: Tensor, parameters: list[Tensor]) -> tuple[Tensor | None, ...]:
    create_graph = torch.is_grad_enabled()
    with torch.enable_grad():
        y, left = x, iter(parameters)
        for spline, has_bias in ctx.layers:
            y = plain.forward(y, next(left), next(left) if has_bias else None, spline)
    tensors, wanted = (x, *parameters), ctx.needs_input_grad[1:]
    by = [tensor for tensor, needed in zip(tensors, wanted, strict=True) if needed]
    found = iter(torch.autograd.grad(y, by, gy, create_graph=create_graph))
    return (None, *(next(found) if needed else None for needed in wanted))


def _place(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.data_ptr()


def _rows(x: Tensor) -> int:
    return x.numel() // x.shape[-1]
