"""The layer in PyTorch's operations: its short way against the long one, and what traces leave."""

from __future__ import annotations

import itertools

import pytest
import torch

from kan_trainer.kan import KAN
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels import plain

from .kan_layers import BASES, OUTSIDE, assert_same, examples


class TestWhereNobodyDifferentiates:
    @pytest.mark.parametrize(("order", "outside", "base"), itertools.product((1, 2, 3, 4, 7), OUTSIDE, BASES))
    @pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-6), (torch.float64, 1e-13)])
    def test_it_gives_the_same(self, order, outside, base, dtype, tolerance):
        spline = SplineConfig(grid_size=4, spline_order=order, grid_range=(-1.0, 2.0), outside=outside, base=base)
        x, weight, bias = examples(60, 6, 10, spline, dtype)
        double = x.double(), weight.double().requires_grad_(), bias.double()
        found = plain.forward(x, weight, bias, spline)
        assert_same([found.double()], [plain.forward(*double, spline).detach()], tolerance)

    @pytest.mark.parametrize("order", [1, 2, 3])
    @pytest.mark.parametrize("grid_range", [(-1.0, 1.0), (-2.0, 2.0), (0.0, 1.0), (100.0, 101.0)])
    def test_every_spline_is_right_in_float32(self, order, grid_range):
        low, high = grid_range
        for grid_size in (1, 2, 5, 16, 64):
            spline = SplineConfig(grid_size=grid_size, spline_order=order, grid_range=grid_range)
            x = low + (high - low) * (torch.rand(2000, 1, generator=torch.Generator().manual_seed(0)) * 3 - 1)
            exact = plain._spread(x.double(), spline)
            torch.testing.assert_close(plain._summed(x, spline).double(), exact, rtol=0, atol=2e-6)

    @pytest.mark.parametrize("batch", [0, 1, 900])
    def test_it_cuts_a_large_batch_up(self, batch, monkeypatch):
        spline = SplineConfig()
        x, weight, bias = examples(batch, 5, 3, spline, torch.float64)
        whole = plain.forward(x, weight, bias, spline)
        monkeypatch.setattr(plain, "_FEATURES", 1000)
        torch.testing.assert_close(plain.forward(x, weight, bias, spline), whole, rtol=0, atol=1e-14)
        for shape in ((batch, 1, 5), (1, batch, 5)):
            assert plain.forward(x.view(shape), weight, None, spline).shape == (*shape[:-1], 3)

    @pytest.mark.parametrize("outside", ["zero", "clamp"])
    def test_what_is_no_number_or_far_away_is_the_same(self, outside):
        spline = SplineConfig(outside=outside)
        _, weight, bias = examples(3, 1, 4, spline, torch.float32)
        x = torch.tensor([[torch.nan], [torch.inf], [1e30], [-1e30], [5e-324]])
        expected = plain.forward(x, weight.requires_grad_(), bias, spline).detach()
        torch.testing.assert_close(
            plain.forward(x, weight.detach(), bias, spline), expected, rtol=1e-5, atol=1e-5, equal_nan=True
        )
        assert expected[0].isnan().all()


@pytest.mark.parametrize("learns", [False, True])
def test_an_export_leaves_nothing_behind(learns, monkeypatch):
    monkeypatch.setenv("KAN_BACKEND", "plain")
    # On a grid that no test has used before.
    network, x = KAN([3, 4, 2], grid_range=(-1.0, 1.125 + learns)), torch.randn(7, 3)
    with torch.set_grad_enabled(learns):
        program = torch.export.export(network, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
        for rows in (x, x[:5]):
            torch.testing.assert_close(program.module()(rows), network(rows))
    network(x).sum().backward()
    assert type(network.layers[0].weight.grad) is torch.Tensor
