"""Small problems to the last digits."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, fit_lbfgs, refine
from kan_trainer.kan.losses import mse

torch.set_num_threads(1)


def sinusoid(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    x = torch.linspace(-1, 1, 100, dtype=dtype).unsqueeze(1)
    return x, torch.sin(math.pi * x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_sinusoid_is_fitted_to_six_in_ten_million(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    x, y = sinusoid(dtype)
    network = KAN([1, 3, 1], grid_size=10).to(dtype)
    losses = fit_lbfgs(network, x, y, steps=12)
    assert min(losses) <= 6e-7
    assert float(mse(network(x), y).detach()) == pytest.approx(min(losses), rel=1e-3)


def test_a_finer_grid_goes_on_from_where_the_coarser_ended() -> None:
    torch.manual_seed(0)
    x, y = sinusoid(torch.float64)
    network = KAN([1, 1], grid_size=5).double()
    ends = []
    for grid_size in (5, 10, 20):
        refine(network, grid_size)
        losses = fit_lbfgs(network, x, y)
        assert ends == [] or losses[0] == pytest.approx(ends[-1])
        ends.append(min(losses))
    assert ends[2] < 1e-9 < ends[1] < 1e-6 < ends[0] / 5


def test_losses_fall_from_step_to_step_and_small_ones_too() -> None:
    x, y = sinusoid(torch.float64)
    network = KAN([1, 1], grid_size=10).double()
    with torch.no_grad():
        network.kan_layers[0].weight[:] = 0
    losses = fit_lbfgs(network, x, y * 1e-4, steps=2)
    assert losses == sorted(losses, reverse=True) and losses[0] < 1e-8
    assert losses[-1] < 1e-6 * losses[0]


def test_weights_that_are_frozen_stay() -> None:
    torch.manual_seed(0)
    x, y = sinusoid(torch.float32)
    network = KAN([1, 2, 1])
    frozen = network.kan_layers[0].weight.requires_grad_(False)
    was = frozen.clone()
    fit_lbfgs(network, x, y, steps=2)
    assert torch.equal(frozen, was)


def test_a_step_into_nowhere_is_taken_back() -> None:
    torch.manual_seed(0)
    x, y = sinusoid(torch.float32)
    network = KAN([1, 2, 1])
    calls = []

    def breaks(outputs: Tensor, targets: Tensor) -> Tensor:
        calls.append(1)
        return mse(outputs, targets) * (math.nan if len(calls) > 30 else 1)

    losses = fit_lbfgs(network, x, y, loss=breaks)
    assert math.isnan(losses[-1])
    assert float(mse(network(x), y).detach()) == pytest.approx(min(losses[:-1]))


def test_nothing_to_learn_is_no_mistake() -> None:
    x = torch.zeros(4, 1)
    network = KAN([1, 1])
    assert fit_lbfgs(network, x, network(x).detach())[0] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps must be at least 1, not 0"),
        ({"history": 0}, "history must be at least 1, not 0"),
        ({"targets": torch.full((100, 1), math.nan)}, "the loss must be finite at the beginning, not nan"),
    ],
)
def test_each_mistake_has_an_error_of_its_own(options: dict[str, object], message: str) -> None:
    x, y = sinusoid(torch.float32)
    with pytest.raises(UsageError, match=message):
        fit_lbfgs(KAN([1, 1]), x, **{"targets": y, **options})  # type: ignore[arg-type]
