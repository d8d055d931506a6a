"""Networks and batches of every size, from one sample of one number up: what the reference gives, forward and back."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from kan_trainer.kan import KAN
from kan_trainer.kan.kernels import plain

#: No hidden layer; one input and output; a layer wider than any block; more layers than one thinks of.
NETWORKS = ([7, 2], [1, 1], [3, 1030, 2], [1100, 3], [4] * 12)
BATCHES = (0, 1, 31, 32, 33, 1025)


def by_the_reference(network: KAN, x: Tensor) -> Tensor:
    for layer in network.kan_layers:
        x = plain.forward(x, layer.weight, layer.bias, layer.config)
    return x


@pytest.mark.parametrize(("layers", "batch"), itertools.product(NETWORKS, BATCHES))
def test_outputs_and_gradients_are_those_of_the_reference(layers: list[int], batch: int) -> None:
    torch.manual_seed(batch)
    network = KAN(layers, grid_size=3, spline_order=2).double()
    x = (torch.rand(batch, layers[0]).double() * 3 - 1.5).requires_grad_()
    leaves = [x, *network.parameters()]
    found, expected = network(x), by_the_reference(network, x)
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11)
    for ours, theirs in zip(*(torch.autograd.grad(y.sin().sum(), leaves) for y in (found, expected)), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
    with torch.no_grad():
        torch.testing.assert_close(network(x), expected.detach(), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("shape", [(3,), (0, 3), (2, 0, 3), (1, 1, 1, 3)])
def test_samples_may_stand_in_any_number_of_dimensions(shape: tuple[int, ...]) -> None:
    network, x = KAN([3, 5, 2]), torch.rand(shape)
    assert network(x).shape == (*shape[:-1], 2)
    with torch.no_grad():
        assert network(x).shape == (*shape[:-1], 2)
