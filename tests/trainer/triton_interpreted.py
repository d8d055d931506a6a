"""Run by `test_kan_triton.py` where Triton interprets its kernels: they take what lies in this machine's memory."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from kan_trainer.kan import KANLayer
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels import differentiable, operators, plain, triton_layer

from .kan_layers import BASES, OUTSIDE, assert_same, examples, gradients

# The interpreter is numpy's, which says what a card does in silence.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def _layer(x: Tensor, weight: Tensor, bias: Tensor, spline: SplineConfig) -> Tensor:
    return differentiable.layer(triton_layer, x, weight, bias, spline)


@pytest.mark.parametrize(("order", "outside"), itertools.product(range(1, 8), OUTSIDE))
def test_is_that_of_the_reference_in_every_mode(order, outside):
    base = BASES[order % 2]
    spline = SplineConfig(grid_size=4, spline_order=order, grid_range=(-1.0, 2.0), outside=outside, base=base)
    tensors = examples(33, 2, 5, spline, torch.float64)
    assert_same(gradients(_layer, tensors, spline), gradients(plain.forward, tensors, spline), 1e-12)


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (3, 16), (2, 70)])
def test_is_that_of_the_reference_in_every_width(inputs, outputs):
    spline = SplineConfig()
    tensors = examples(20, inputs, outputs, spline, torch.float32)
    exact = gradients(plain.forward, tuple(tensor.double() for tensor in tensors), spline)
    assert_same([found.double() for found in gradients(_layer, tensors, spline)], exact, 2e-6)


@pytest.mark.parametrize("batch", [0, 1, 31, 32, 33, 65])
def test_is_that_of_the_reference_for_every_batch(batch):
    spline = SplineConfig(grid_size=20)  # more rows than one block has
    tensors = examples(batch, 2, 3, spline, torch.float64)
    assert_same(gradients(_layer, tensors, spline), gradients(plain.forward, tensors, spline), 1e-12)


@pytest.mark.parametrize("outside", OUTSIDE)
def test_has_the_gradients_that_differences_have(outside):
    spline = SplineConfig(grid_size=3, outside=outside)
    tensors = [tensor.requires_grad_() for tensor in examples(3, 2, 2, spline, torch.float64)]
    tensors[0] = (tensors[0].detach() + 0.0123).requires_grad_()  # off the ends, where a slope may jump
    assert torch.autograd.gradcheck(lambda *given: _layer(*given, spline), tensors)


def test_can_be_differentiated_twice():
    spline = SplineConfig()
    tensors = [tensor.requires_grad_() for tensor in examples(2, 2, 2, spline, torch.float64)]
    assert torch.autograd.gradgradcheck(lambda *given: _layer(*given, spline), tensors)


def test_of_what_is_no_number_is_none():
    spline = SplineConfig()
    _, weight, bias = examples(3, 2, 4, spline, torch.float32)
    x = torch.tensor([[0.1, torch.nan], [0.1, 0.2], [torch.nan, torch.nan]])
    assert _layer(x, weight, bias, spline).isnan().all(dim=1).tolist() == [True, False, True]


@pytest.mark.parametrize("outside", OUTSIDE)
@pytest.mark.parametrize("far", [1e30, -1e30, 88.8, -88.8, 5e-324, torch.inf])
def test_of_what_is_far_away_is_that_of_the_reference(outside, far):
    spline = SplineConfig(outside=outside)
    _, weight, bias = examples(3, 2, 4, spline, torch.float32)
    x = torch.tensor([[far, 0.3]])
    found, expected = _layer(x, weight, bias, spline), plain.forward(x, weight, bias, spline)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5, equal_nan=True)


def test_takes_tensors_as_they_lie_and_needs_no_bias():
    spline = SplineConfig()
    x, weight, _ = examples(12, 6, 5, spline, torch.float64)
    expected = plain.forward(x, weight, None, spline)
    for given in (x.T.contiguous().T, x.view(3, 4, 6)):
        torch.testing.assert_close(_layer(given, weight, None, spline).view(12, 5), expected)


def test_is_the_operator_of_a_compiled_network(monkeypatch):
    monkeypatch.setattr(operators, "compiled_for", lambda *_: triton_layer)
    layer, x = KANLayer(3, 4), torch.randn(5, 3, requires_grad=True)
    expected = layer(x)
    found = torch.compile(layer, backend="aot_eager", fullgraph=True)(x)
    torch.testing.assert_close(found, expected)
    wanted = (x, *layer.parameters())
    for ours, theirs in zip(*(torch.autograd.grad(y.sum(), wanted) for y in (found, expected)), strict=True):
        torch.testing.assert_close(ours, theirs)
