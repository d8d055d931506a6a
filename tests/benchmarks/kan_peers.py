"""The networks that `bench_kan` compares: the same sizes, five intervals, cubic splines, SiLU as the base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import count, pairwise
from typing import Any

import torch
from dense_layer import DenseLayer
from torch import Tensor, nn

from kan_trainer.kan import KAN
from kan_trainer.kan.kernels import plain

Network = Callable[[Tensor], Tensor]
Sizes = Sequence[int]


class Plain(nn.Module):
    """The layers of `network` in PyTorch's own operations."""

    def __init__(self, network: KAN) -> None:
        super().__init__()
        self.layers = network.layers

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = plain.forward(x, layer.weight, layer.bias, layer.config)
        return x


def networks(sizes: Sizes) -> dict[str, nn.Module]:
    """Ours and all others that are installed, by their names; the first two compute the same as `dense`."""
    dense = nn.Sequential(*(DenseLayer(*pair) for pair in pairwise(sizes)))
    found: dict[str, nn.Module] = {"ours": like(dense, sizes), "plain": Plain(like(dense, sizes)), "dense": dense}
    found["MLP"] = mlp(sizes)
    for name, make in (("pykan", _pykan), ("flashkan", _flashkan)):
        try:
            found[name] = make(sizes)
        except ImportError:
            continue
    return found


@torch.no_grad()
def like(dense: nn.Sequential, sizes: Sizes) -> KAN:
    """A network of ours with the weights of `dense`."""
    ours = KAN(sizes)
    for layer, other in zip(ours.kan_layers, dense, strict=True):
        layer.weight[:, :-1] = other.splines.permute(1, 2, 0)
        layer.weight[:, -1] = other.base.T
    return ours


def mlp(sizes: Sizes) -> nn.Module:
    """As deep, and as wide as it takes to have as many parameters."""
    wanted = KAN(sizes).config.parameters
    inputs, *hidden, outputs = sizes
    for width in count(1):
        widths = [inputs, *(width for _ in hidden), outputs]
        if sum((a + 1) * b for a, b in pairwise(widths)) >= wanted:
            break
    layers = [module for pair in pairwise(widths) for module in (nn.Linear(*pair), nn.SiLU())]
    return nn.Sequential(*layers[:-1])


def _pykan(sizes: Sizes) -> nn.Module:
    """As quick as it can be told to be: nothing symbolic, nothing kept for plots, nothing written."""
    kan: Any = import_module("kan")
    return kan.KAN(list(sizes), grid=5, k=3, symbolic_enabled=False, save_act=False, auto_save=False)  # type: ignore[no-any-return]


def _flashkan(sizes: Sizes) -> nn.Module:
    """It compiles its basis for every new shape, and gives up after eight, which is no matter here."""
    flashkan: Any = import_module("flashkan")
    import_module("torch._dynamo").config.recompile_limit = 64
    return flashkan.KANNetwork(list(sizes))  # type: ignore[no-any-return]
