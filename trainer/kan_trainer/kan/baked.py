"""Networks that have learned, baked: smaller and faster, for inference alone, with an error that is measured."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Self, get_args

import torch
from msgspec import Struct
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan.config import KANConfig
from kan_trainer.kan.functional import is_traced
from kan_trainer.kan.importance import layer_inputs
from kan_trainer.kan.kernels import plain
from kan_trainer.kan.kernels.differentiable import Backend
from kan_trainer.kan.kernels.native.baked import Handle
from kan_trainer.kan.network import KAN
from kan_trainer.kan.quantisation import Dtype, pack, unpack


class BakedError(Struct, frozen=True, kw_only=True):
    """How far a baked network is from the one it was made of, on the inputs that were given.

    Attributes:
        samples: How many those were.
        largest: The largest difference of an output.
        relative_rms: The root mean square of all differences, against that of the network's outputs.
    """

    samples: int
    largest: float
    relative_rms: float


class BakedLayer(nn.Module):
    """A layer's weights as a table; see `quantisation` for what lies in it.

    Attributes:
        config: Its inputs and outputs, and the functions on its edges.
        table: `(numbers,)`, int8, float16 or bfloat16.
        scales: `(inputs, grid_size + spline_order + 1)`, one for each row, or `None`.
        bias: `(outputs,)`, or `None`.
    """

    table: Tensor
    scales: Tensor | None
    bias: Tensor | None

    def __init__(self, config: KANConfig, table: Tensor, scales: Tensor | None, bias: Tensor | None) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("table", table)
        self.register_buffer("scales", scales)
        self.register_buffer("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        """`(..., inputs)` → `(..., outputs)`, in plain PyTorch and the type of `x`."""
        config, bias = self.config, self.bias
        shape = (config.layers[0], config.grid_size + config.spline_order + 1, config.layers[1])
        weight = unpack(self.table, self.scales, shape, x.dtype)
        return plain.forward(x, weight, None if bias is None else bias.to(x.dtype), config)


class BakedKAN(nn.Module):
    """What `bake` makes of a network; takes `(..., inputs)` and gives `(..., outputs)`, without gradients.

    The basis is worked out and all sums are taken in float32. On a CPU with a compiler it is one call of the compiled
    kernel, which reads the tables as they are; elsewhere weights are widened for each call: that saves no time.

    Attributes:
        layers: Its layers.
        dtype: What its tables are made of.
        error: What was measured when it was baked, if inputs were given.
    """

    def __init__(self, layers: Sequence[BakedLayer], dtype: Dtype, error: BakedError | None = None) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self._inputs = layers[0].config.layers[0]
        self.dtype: Dtype = dtype
        self.error = error
        self._handle: Handle | None = None

    @property
    def baked_layers(self) -> list[BakedLayer]:
        """Its layers in their order."""
        return [layer for layer in self.layers if isinstance(layer, BakedLayer)]

    @property
    def bytes(self) -> int:
        """What its tables, scales and biases take."""
        return sum(tensor.nbytes for tensor in self.buffers())

    @property
    def backend(self) -> Backend:
        """What does the next float32 input on the CPU."""
        return "native" if self._ready().is_native else "plain"

    def forward(self, x: Tensor) -> Tensor:
        """`(..., inputs)` → `(..., outputs)`.

        Raises:
            UsageError: `x` has another number of features.
        """
        if x.ndim == 0 or x.shape[-1] != self._inputs:
            raise UsageError(
                f"this network takes {self._inputs} features, and was given a tensor of shape {tuple(x.shape)}."
            )
        if not is_traced() and self._ready().takes(x):
            return self._ready().forward(x)
        with torch.no_grad():
            outputs: Tensor = self.layers(x)
        return outputs

    @torch.no_grad()
    def error_on(self, inputs: Tensor, network: KAN) -> BakedError:
        """How far it is from `network`, which it was made of, on `inputs`, `(batch, inputs)`, of its type and device.

        Raises:
            UsageError: There are no inputs, or of another width.
        """
        require(inputs.numel() > 0, "inputs", "at least one sample", f"of shape {tuple(inputs.shape)}")
        expected = network(inputs).double().cpu()
        differences = self(inputs.to(next(self.buffers()).device, torch.float32)).double().cpu() - expected
        rms = expected.square().mean().sqrt()
        return BakedError(
            samples=inputs.shape[:-1].numel(),
            largest=float(differences.abs().max()),
            relative_rms=float(differences.square().mean().sqrt() / rms) if rms > 0 else 0.0,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it as `path`: all of it or nothing.

        Raises:
            UsageError: It cannot be written.
        """
        from kan_trainer.kan import baked_files

        baked_files.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> BakedKAN:
        """What `save` wrote, equal to the last bit.

        Raises:
            UsageError: It cannot be read, is damaged, was written by a later version, or is something else.
        """
        from kan_trainer.kan import baked_files

        return baked_files.load(path)

    def _ready(self) -> Handle:
        if self._handle is None or not self._handle.is_of(self.buffers()):
            self._handle = Handle(self.baked_layers)
        return self._handle

    def _apply(self, fn: Any, recurse: bool = True) -> Self:
        self._handle = None  # its tensors may become others
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_handle": None}  # a copy has tensors of its own


@torch.no_grad()
def bake(network: KAN, dtype: Dtype = "int8", inputs: Tensor | None = None) -> BakedKAN:
    """A smaller and faster copy of `network`, on the CPU, for inference alone.

    bfloat16 is the fastest, int8 the smallest, and float16 the nearest to the network. Measure before you trust it.

    Args:
        network: What has learned.
        dtype: What its weights are rounded to.
        inputs: Some of what it will meet, `(batch, inputs)`: layer by layer, biases take up what rounding would add to
            the mean of each output, and `error` says what is left.

    Raises:
        UsageError: There are no such tables, a weight is not finite, or inputs have another width.
    """
    require(dtype in get_args(Dtype), "dtype", ", ".join(get_args(Dtype)), dtype)
    given = None if inputs is None else layer_inputs(network, inputs)
    layers: list[BakedLayer] = []
    x = None if inputs is None else inputs.float().cpu()
    for number, layer in enumerate(network.kan_layers):
        bias = None if layer.bias is None else layer.bias.detach().float().cpu().clone()
        baked = BakedLayer(layer.config, *pack(layer.weight, dtype), bias)
        if given is not None and x is not None:
            x = baked(x)
            missing = (layer(given[number]).float().cpu() - x).mean(0)
            if baked.bias is not None:
                baked.bias += missing
                x += missing
        layers.append(baked)
    made = BakedKAN(layers, dtype)
    made.error = None if inputs is None else made.error_on(inputs, network)
    return made
