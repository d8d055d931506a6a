"""The spline basis against scipy's, which is the authority, and against what must hold of any B-spline."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from kan_trainer.kan import basis, bspline_basis, bspline_derivative
from kan_trainer.kan.constants import kept

ORDERS = range(1, 8)
RANGES = [(-1.0, 1.0), (-2.0, 2.0), (0.0, 1.0)]


def scipy_basis(
    x: NDArray[np.float64], grid_size: int, order: int, grid_range: tuple[float, float], derivative: int = 0
) -> NDArray[np.float64]:
    """Each basis function on its own knots, zero outside them."""
    low, high = grid_range
    knots = low + (np.arange(grid_size + 2 * order + 1) - order) * (high - low) / grid_size
    elements = [BSpline.basis_element(knots[i : i + order + 2], extrapolate=False) for i in range(grid_size + order)]
    return np.nan_to_num(np.stack([element(x, nu=derivative) for element in elements], -1))


def points(grid_size: int, grid_range: tuple[float, float]) -> NDArray[np.float64]:
    """All over the grid, on its knots, and as far outside as the last support reaches and further."""
    low, high = grid_range
    width = high - low
    spread = np.random.default_rng(grid_size).uniform(low - 1.5 * width, high + 1.5 * width, 300)
    inside = np.random.default_rng(grid_size).uniform(low, high, 300)
    return np.concatenate([spread, inside, low + width * np.arange(grid_size + 1) / grid_size])


@pytest.mark.parametrize("grid_range", RANGES)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-6), (torch.float64, 1e-12)])
def test_equals_scipy(dtype: torch.dtype, tolerance: float, order: int, grid_range: tuple[float, float]) -> None:
    for grid_size in range(1, 17):
        x = torch.tensor(points(grid_size, grid_range), dtype=dtype)
        ours = bspline_basis(x, grid_size=grid_size, spline_order=order, grid_range=grid_range)
        theirs = scipy_basis(x.double().numpy(), grid_size, order, grid_range)
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours.double().numpy(), theirs, rtol=0, atol=tolerance)


@pytest.mark.parametrize("order", ORDERS)
def test_derivative_equals_scipy(order: int) -> None:
    for grid_size in (1, 3, 8):
        x = torch.tensor(points(grid_size, (-1.0, 1.0))[:600])
        ours = bspline_derivative(x, grid_size=grid_size, spline_order=order, grid_range=(-1.0, 1.0))
        np.testing.assert_allclose(ours.numpy(), scipy_basis(x.numpy(), grid_size, order, (-1.0, 1.0), 1), atol=1e-11)


@pytest.mark.parametrize("order", ORDERS)
def test_is_a_partition_of_unity_on_the_closed_grid(order: int) -> None:
    x = torch.cat([torch.linspace(-2, 2, 1001), torch.linspace(-2, 2, 7)])  # the knots of six intervals among them
    grid = {"grid_size": 6, "spline_order": order, "grid_range": (-2.0, 2.0)}
    values, slopes = bspline_basis(x, **grid), bspline_derivative(x, **grid)
    assert (values >= 0).all()
    assert ((values > 0).sum(-1) <= order + 1).all()
    torch.testing.assert_close(values.sum(-1), torch.ones_like(x), rtol=0, atol=1e-6)
    torch.testing.assert_close(slopes.sum(-1), torch.zeros_like(x), rtol=0, atol=5e-6)


@pytest.mark.parametrize("order", ORDERS)
def test_continues_across_knots_in_float32(order: int) -> None:
    knot = torch.linspace(0, 1, 11)
    grid = {"grid_size": 10, "spline_order": order, "grid_range": (0.0, 1.0)}
    before, after = torch.nextafter(knot, torch.tensor(-1.0)), torch.nextafter(knot, torch.tensor(2.0))
    torch.testing.assert_close(bspline_basis(before, **grid), bspline_basis(after, **grid), rtol=0, atol=3e-6)


@pytest.mark.parametrize("order", ORDERS)
def test_gradients_are_the_derivatives(order: int) -> None:
    x = (torch.rand(20, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 4 - 2).requires_grad_()

    def basis(x: Tensor) -> Tensor:
        return bspline_basis(x, grid_size=4, spline_order=order, grid_range=(-1.0, 1.0))

    assert gradcheck(basis, x)
    if order > 1:  # order 1 has no second derivative to check
        assert gradgradcheck(basis, x)


@pytest.mark.parametrize("order", ORDERS)
def test_is_defined_at_any_x(order: int) -> None:
    grid = {"grid_size": 3, "spline_order": order, "grid_range": (-1.0, 1.0)}
    far = torch.tensor([1e30, -1e30, float("inf"), -float("inf"), 3.0e38])
    for function in (bspline_basis, bspline_derivative):
        assert (function(far, **grid) == 0).all()
        assert function(torch.tensor([float("nan")]), **grid).isnan().any()
    denormal = bspline_basis(torch.tensor([1e-42, 0.0]), **grid)
    assert torch.equal(denormal[0], denormal[1])


def test_takes_any_shape() -> None:
    grid = {"grid_size": 5, "spline_order": 3, "grid_range": (-1.0, 1.0)}
    x = torch.linspace(-1, 1, 24)
    expected = bspline_basis(x, **grid)
    assert torch.equal(bspline_basis(x.view(2, 3, 4), **grid), expected.view(2, 3, 4, 8))
    assert torch.equal(bspline_basis(x[5], **grid), expected[5])
    assert bspline_basis(x[:0], **grid).shape == (0, 8)


def test_can_be_trained_after_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = {"grid_size": 2, "spline_order": 3, "grid_range": (-1.0, 1.0)}
    monkeypatch.setattr(basis, "_coefficients", kept(basis._coefficients.__wrapped__))
    with torch.inference_mode():
        bspline_derivative(torch.zeros(1), **grid)
    x = torch.zeros(1, requires_grad=True)
    (slope,) = torch.autograd.grad(bspline_basis(x, **grid)[0, 0], x, create_graph=True)
    slope.backward()
