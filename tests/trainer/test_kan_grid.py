"""Grids that follow the data and get finer, under functions that stay."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, KANLayer, refine, update_grid
from kan_trainer.kan.config import Outside
from kan_trainer.kan.importance import grid_coverage
from kan_trainer.kan.kernels import plain
from kan_trainer.kan.step import TrainStep

torch.set_num_threads(1)

MODES: list[Outside] = ["zero", "clamp", "linear"]
NUMBERS = {torch.float32: 1e-6, torch.float64: 1e-13}


def a_network(layers: list[int] | None = None, **options: object) -> KAN:
    torch.manual_seed(0)
    return KAN(layers or [3, 6, 2], **options)  # type: ignore[arg-type]


def outputs(network: KAN, x: Tensor) -> Tensor:
    with torch.no_grad():
        return network(x)


def weights_of(network: KAN) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


@pytest.mark.parametrize("outside", MODES)
def test_the_grid_moves_to_where_the_inputs_are(outside: Outside) -> None:
    network, x = a_network(outside=outside), torch.rand(300, 3) * 2 + 2
    before, was = grid_coverage(network, x), outputs(network, x)
    first = update_grid(network, x, tolerance=1)[0]
    assert first.kept == "" and first.coverage == (before[0], 1) == (0, 1)
    low, high = network.kan_layers[0].config.grid_range
    assert 1.8 < low <= x.min() and x.max() <= high < 4.2
    assert grid_coverage(network, x)[0] == 1
    assert (outputs(network, x) - was).abs().max() < 0.2 * was.std()


def test_a_grid_that_holds_its_inputs_stays_to_the_bit() -> None:
    network, x = a_network(), torch.rand(300, 3) * 1.6 - 0.8
    was = weights_of(network)
    reports = update_grid(network, x)
    assert [report.kept for report in reports] == ["it holds what it is given"] * 2
    assert all(torch.equal(a, b) for a, b in zip(was, weights_of(network), strict=True))


def test_a_grid_shrinks_to_its_inputs_under_the_same_function() -> None:
    network, x = a_network([3, 2]), torch.rand(300, 3) * 0.6 - 0.3
    was = outputs(network, x)
    (report,) = update_grid(network, x)
    low, high = report.after.grid_range
    assert -0.34 < low < -0.29 and 0.29 < high < 0.34
    torch.testing.assert_close(outputs(network, x), was, rtol=0, atol=report.max_error + 1e-6)
    assert report.max_error < 1e-3


def test_a_function_that_fits_on_the_new_grid_is_the_same_to_rounding() -> None:
    network = a_network([3, 2], outside="linear").double()
    layer, x = network.kan_layers[0], torch.rand(300, 3, dtype=torch.float64) * 6 - 3
    with torch.no_grad():  # straight lines, on the grid and beyond: their coefficients lie on lines too
        layer.weight[:, :-1] = torch.arange(8).view(1, -1, 1) * layer.weight[:, :1]
    was = outputs(network, x)
    (report,) = update_grid(network, x)
    assert report.coverage is not None and report.coverage[0] < 0.5 and report.coverage[1] == 1
    assert report.max_error < 1e-12
    torch.testing.assert_close(outputs(network, x), was, rtol=1e-12, atol=1e-12)


def test_functions_that_would_change_too_much_keep_their_grid_or_go_a_part_of_the_way() -> None:
    network, x = a_network([3, 2], outside="clamp"), torch.rand(300, 3) * 6 - 3
    with torch.no_grad():
        network.kan_layers[0].weight[:, :-1] *= 10
    was = weights_of(network)
    (report,) = update_grid(copy.deepcopy(network), x)
    assert report.kept == "" and report.error <= 0.1
    assert report.coverage is not None and report.coverage[0] < report.coverage[1] < 1
    (report,) = update_grid(network, x, tolerance=1e-9)
    assert report.kept.startswith("its functions would change by ")
    assert report.before == report.after == network.kan_layers[0].config
    assert all(torch.equal(a, b) for a, b in zip(was, weights_of(network), strict=True))


@pytest.mark.parametrize("outside", MODES)
def test_a_single_outlier_does_not_stretch_the_grid(outside: Outside) -> None:
    network, x = a_network([3, 2], outside=outside), torch.rand(400, 3) * 3 - 1.5
    x[7, 1] = 1e30
    (report,) = update_grid(network, x)
    low, high = report.after.grid_range
    assert report.kept == "" and -2 < low < -1.4 and 1.4 < high < 2


def test_a_rare_value_that_is_on_the_grid_stays_on_it() -> None:
    network, x = a_network([3, 2]), torch.rand(400, 3) * 2 + 0.5
    x[7, 1] = -0.9
    (report,) = update_grid(network, x, tolerance=1)
    assert report.kept == "" and report.after.grid_range[0] <= -0.9


def gap(layer: KANLayer, was: KANLayer, low: float, high: float) -> float:
    """How far two layers of one input are from each other in a range, against how much the latter varies in it."""
    x = torch.linspace(low, high, 500).unsqueeze(1)
    with torch.no_grad():
        return float((layer(x) - was(x)).square().mean().sqrt() / was(x).std())


@pytest.mark.parametrize(
    "samples", [[[-1.5], [1.5], [0.3]], [[-1.0 + number / 600] for number in range(300)] + [[2.0]] * 3]
)
def test_a_function_stays_what_it_was_where_there_are_no_samples_too(samples: list[list[float]]) -> None:
    network, x = a_network([1, 1]), torch.tensor(samples)
    was = copy.deepcopy(network.kan_layers[0])
    (report,) = update_grid(network, x)
    low, high = report.after.grid_range
    assert report.kept == "" and low < x.min() and x.max() < high
    assert gap(network.kan_layers[0], was, low, high) < 0.2
    assert gap(network.kan_layers[0], was, low - 1.5, high + 1.5) < 0.2


def test_three_samples_are_met_nearly_to_the_digit() -> None:
    (report,) = update_grid(a_network([1, 1]), torch.tensor([[-1.5], [1.5], [0.3]]))
    assert report.kept == "" and report.max_error < 1e-3


def test_constant_inputs_move_the_grid_and_do_not_shrink_it() -> None:
    network = a_network([3, 2])
    (report,) = update_grid(network, torch.full((50, 3), 7.0), tolerance=1)
    assert report.after.grid_range == pytest.approx((6, 8))
    assert update_grid(network, torch.full((50, 3), 6.5))[0].kept == "it holds what it is given"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_rows_that_are_not_finite_are_left_out(bad: float) -> None:
    network, x = a_network([3, 2]), torch.rand(300, 3) * 4
    spoilt = torch.cat([x, torch.tensor([[0.0, bad, 0.0]])])
    (report,) = update_grid(copy.deepcopy(network), x)
    assert update_grid(network, spoilt) == [report]
    (none,) = update_grid(network, torch.full((4, 3), bad))
    assert none.kept == "no row of what it is given is finite" and none.coverage is None


def test_a_network_that_is_not_finite_is_left_alone() -> None:
    network = a_network()
    with torch.no_grad():
        network.kan_layers[0].weight[1] = torch.nan
    first, second = update_grid(network, torch.rand(50, 3) * 5)
    assert first.kept == "its functions are not finite"
    assert second.kept == "no row of what it is given is finite"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_the_data_coverage_never_falls_and_nothing_becomes_nan(data: st.DataObject) -> None:
    numbers = st.floats(width=32) | st.sampled_from([0.0, 1.0, 1e30, -3e38, 1e-40, math.nan, math.inf])
    narrow = st.floats(-3, 3)
    rows = data.draw(
        st.lists(st.lists(data.draw(st.sampled_from([numbers, narrow])), min_size=2, max_size=2), max_size=12)
    )
    dtype = data.draw(st.sampled_from(list(NUMBERS)))
    x = torch.tensor(rows * data.draw(st.integers(1, 20)), dtype=dtype).reshape(-1, 2)
    outside, order = data.draw(st.sampled_from(MODES)), data.draw(st.sampled_from([1, 3, 7]))
    grid_size = data.draw(st.integers(1, 8))
    network = a_network([2, 3, 1], outside=outside, spline_order=order, grid_size=grid_size).to(dtype)
    for _ in range(2):
        was = outputs(network, x)
        for report in update_grid(network, x, margin=data.draw(st.sampled_from([0, 0.05]))):
            assert report.coverage is None or report.coverage[0] <= report.coverage[1] <= 1
            assert report.error <= 0.1
            assert (report.before == report.after) == bool(report.kept)
        assert all(parameter.isfinite().all() for parameter in network.parameters())
        assert torch.equal(outputs(network, x).isfinite(), was.isfinite())


def test_what_a_layer_gives_changes_by_no_more_than_is_said() -> None:
    network, x = a_network([4, 3]), torch.randn(200, 4) * 2
    was = outputs(network, x)
    (report,) = update_grid(network, x)
    assert report.kept == ""
    assert float((outputs(network, x) - was).abs().max()) == pytest.approx(report.max_error, rel=1e-3)


def test_many_features_are_refitted_in_blocks_as_if_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    network, x = a_network([9, 2]), torch.randn(100, 9)
    other = copy.deepcopy(network)
    update_grid(network, x)
    monkeypatch.setattr("kan_trainer.kan.refit._AT_ONCE", 1)
    update_grid(other, x)
    assert network.kan_layers[0].config == other.kan_layers[0].config
    torch.testing.assert_close(network.kan_layers[0].weight, other.kan_layers[0].weight)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("outside", MODES)
@settings(max_examples=15, deadline=None)
@given(order=st.integers(1, 7), size=st.integers(1, 8), times=st.integers(2, 4), low=st.floats(-3, 3))
def test_a_multiple_of_the_grid_is_the_same_function(
    dtype: torch.dtype, outside: Outside, order: int, size: int, times: int, low: float
) -> None:
    options = {"grid_size": size, "spline_order": order, "grid_range": (low, low + 2), "outside": outside}
    network = a_network(**options).to(dtype)
    layer = network.kan_layers[0]
    x = torch.rand(50, 3, dtype=dtype) * 2 + low
    if outside != "zero":
        x = x * 3 - 2 * (low + 1)
    was = outputs(layer, x)  # type: ignore[arg-type]
    report = refine(network, times * size)[0]
    assert layer.weight.shape[1] == times * size + order + 1
    assert report.error < NUMBERS[dtype]
    torch.testing.assert_close(outputs(layer, x), was, rtol=20 * NUMBERS[dtype], atol=20 * NUMBERS[dtype])  # type: ignore[arg-type]


def test_coefficients_of_a_nested_grid_are_those_of_knot_insertion() -> None:
    """Halving the intervals of a cubic spline: (1, 4, 6, 4, 1) / 8, Lane and Riesenfeld 1980."""
    network = a_network([1, 1], grid_size=4, spline_order=3).double()
    c = network.kan_layers[0].weight[0, :-1, 0].detach()
    refine(network, 8)
    finer = network.kan_layers[0].weight[0, :-1, 0].detach()
    even, odd = (c[:-1] + c[1:]) / 2, (c[:-2] + 6 * c[1:-1] + c[2:]) / 8
    expected = torch.stack([even, torch.cat([odd, odd[:1]])], 1).flatten()[:-1]
    torch.testing.assert_close(finer, expected, rtol=0, atol=1e-14)


def test_a_grid_that_is_no_multiple_is_approximated_and_says_how_well() -> None:
    network, x = a_network([3, 2], grid_size=5), torch.rand(200, 3) * 2 - 1
    was = outputs(network, x)
    (report,) = refine(network, 12)
    assert 0 < report.max_error < 1e-2
    assert (outputs(network, x) - was).abs().max() <= 3 * report.max_error + 1e-6


def test_a_refined_network_is_described_as_what_it_is() -> None:
    network = a_network(grid_size=3)
    refine(network, 6)
    assert network.config.grid_size == 6
    assert network.config.parameters == sum(parameter.numel() for parameter in network.parameters())
    KAN.from_config(network.config).load_state_dict(network.state_dict())
    assert [report.kept for report in refine(network, 6)] == ["it is as fine as that"] * 2


def test_the_kernel_takes_the_new_grids() -> None:
    network, x = a_network(), torch.randn(64, 3) * 2

    def by_definition() -> Tensor:
        given = x
        for layer in network.kan_layers:
            given = plain.forward(given, layer.weight.detach(), layer.bias, layer.config)
        return given.detach()

    torch.testing.assert_close(outputs(network, x), by_definition())  # handed over with the old grids
    assert not update_grid(network, x)[0].kept
    torch.testing.assert_close(outputs(network, x), by_definition())
    refine(network, 10)
    torch.testing.assert_close(outputs(network, x), by_definition())
    torch.testing.assert_close(network(x).detach(), by_definition())


def test_an_optimizer_goes_on_after_an_update() -> None:
    torch.manual_seed(0)
    network, x = a_network([1, 4, 1]), torch.rand(128, 1) * 6 - 3
    step = TrainStep(network, learning_rate=1e-2)
    targets = torch.sin(2 * x)
    for number in range(400):
        loss = step(x, targets).loss
        if number in {50, 100, 150}:
            update_grid(network, x)
    assert loss < 0.01 and grid_coverage(network, x)[0] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": -1}, "margin must be 0 … 1"),
        ({"outliers": 0.5}, "outliers must be at least 0 and less than 0.5"),
        ({"tolerance": math.nan}, "tolerance must be more than 0"),
        ({"inputs": torch.zeros(3)}, "inputs of shape .batch, 3., not .3,."),
    ],
)
def test_each_mistake_has_an_error_of_its_own(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        update_grid(a_network(), **{"inputs": torch.zeros(5, 3), **options})  # type: ignore[arg-type]


def test_a_grid_cannot_be_made_coarser() -> None:
    network = a_network(grid_size=5)
    with pytest.raises(UsageError, match="grid_size must be at least 5"):
        refine(network, 4)
    with pytest.raises(UsageError, match="grid_size must be 1 … 1024"):
        refine(network, 2000)
    assert network.config.grid_size == 5
