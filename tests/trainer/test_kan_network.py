"""Layers and networks: the formula they compute, their gradients, the shapes they take."""

from __future__ import annotations

import pytest
import torch
from torch.autograd import gradcheck
from torch.func import functional_call
from torch.nn.functional import silu

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, KANConfig, KANLayer, bspline_basis

torch.set_num_threads(1)


def double_layer(**options: object) -> KANLayer:
    torch.manual_seed(0)
    return KANLayer(3, 4, **options).double()  # type: ignore[arg-type]


def test_a_layer_sums_a_spline_and_a_base_over_its_inputs() -> None:
    layer = double_layer(grid_size=2, spline_order=2)
    x = torch.tensor([0.3, -0.9, 1.4], dtype=torch.float64)
    expected = torch.zeros(4, dtype=torch.float64)
    for i in range(3):
        basis = bspline_basis(x[i], grid_size=2, spline_order=2, grid_range=(-1.0, 1.0))
        for o in range(4):
            expected[o] += (layer.weight[i, :4, o] * basis).sum() + layer.weight[i, 4, o] * silu(x[i])
    torch.testing.assert_close(layer(x), expected)


def test_the_base_may_be_the_identity() -> None:
    layer = double_layer(base="identity")
    with torch.no_grad():
        layer.weight[:, :-1] = 0
    x = torch.rand(5, 3, dtype=torch.float64)
    torch.testing.assert_close(layer(x), x @ layer.weight[:, -1])


def test_the_weights_lie_input_by_row_by_output() -> None:
    layer = KANLayer(3, 4, grid_size=6, spline_order=2)
    assert layer.weight.shape == (3, 6 + 2 + 1, 4)
    assert layer.weight.is_contiguous()
    assert KANLayer(3, 4, bias=False).bias is None


@pytest.mark.parametrize("order", [1, 2, 3, 5, 7])
def test_gradients_of_inputs_weights_and_biases(order: int) -> None:
    torch.manual_seed(order)
    network = KAN([2, 3, 2], grid_size=3, spline_order=order).double()
    names = [name for name, _ in network.named_parameters()]
    x = (torch.rand(4, 2, dtype=torch.float64) * 3 - 1.5).requires_grad_()

    def output(x: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
        values: torch.Tensor = functional_call(network, dict(zip(names, parameters, strict=True)), x)
        return values

    assert gradcheck(output, (x, *network.parameters()))


def test_gradients_in_float32_are_those_of_float64() -> None:
    torch.manual_seed(0)
    network, x = KAN([5, 16, 16, 16, 16, 16, 2]), torch.rand(32, 5) * 2 - 1
    network(x).square().mean().backward()
    single = [parameter.grad for parameter in network.parameters()]
    network = network.double()
    network.zero_grad()
    network(x.double()).square().mean().backward()
    for ours, exact in zip(single, network.parameters(), strict=True):
        assert ours is not None and exact.grad is not None
        assert (ours - exact.grad).abs().max() <= 2e-5 * exact.grad.abs().max()


@pytest.mark.parametrize("batch", [0, 1, 31, 32, 33, 1000])
def test_any_batch_gives_what_its_samples_give_one_by_one(batch: int) -> None:
    torch.manual_seed(0)
    network, x = KAN([3, 8, 2]).double(), torch.randn(batch, 3, dtype=torch.float64)
    outputs = network(x)
    assert outputs.shape == (batch, 2)
    for sample, output in zip(x[:40], outputs[:40], strict=True):
        torch.testing.assert_close(network(sample), output)


def test_wide_deep_and_shallow_networks() -> None:
    assert KAN([1, 1200, 1])(torch.zeros(2, 1)).shape == (2, 1)
    assert KAN([4] * 12)(torch.zeros(2, 4)).shape == (2, 4)
    assert KAN([7, 2])(torch.zeros(5, 3, 7)).shape == (5, 3, 2)


def test_the_configuration_counts_the_parameters() -> None:
    network = KAN([4, 9, 3], grid_size=7, spline_order=2)
    assert network.config.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert KAN.from_config(network.config).config == network.config


def test_a_new_network_keeps_its_units_about_on_the_grid() -> None:
    torch.manual_seed(0)
    x = torch.rand(500, 20) * 2 - 1
    for layer in KAN([20, 50, 50, 10]).layers:
        x = layer(x)
        assert 0.1 < x.std() < 1.5


def test_nan_is_not_hidden() -> None:
    assert KAN([2, 3, 1])(torch.tensor([[float("nan"), 0.0]])).isnan().all()


@pytest.mark.parametrize("shape", [(), (4,), (3, 2, 4)])
def test_inputs_of_another_width_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="takes 3 features"):
        KAN([3, 1])(torch.zeros(shape))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int64])
@pytest.mark.parametrize("gradients", [True, False])
def test_inputs_of_another_type_are_refused(dtype: torch.dtype, gradients: bool) -> None:
    with (
        torch.set_grad_enabled(gradients),
        pytest.raises(UsageError, match=f"weights are torch.float32.*given {dtype}"),
    ):
        KAN([3, 1])(torch.zeros(2, 3, dtype=dtype))


def test_types_may_be_mixed_where_pytorch_casts_them() -> None:
    network, x = KAN([3, 4, 2]), torch.rand(5, 3)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = network(x.bfloat16())
    torch.testing.assert_close(mixed.float(), network(x), rtol=0.05, atol=0.05)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({"layers": (3,)}, "layers must be at least two numbers"),
        ({"layers": (3, 0, 1)}, "layers must be whole numbers of at least 1, not .3, 0, 1."),
        ({"layers": (10**6, 10**6)}, "parameters must be at most 2147483647"),
        ({"grid_size": 0}, "grid_size must be 1 … 1024, not 0"),
        ({"grid_size": 10**9}, "grid_size must be 1 … 1024"),
        ({"spline_order": 0}, "spline_order must be 1 … 7, not 0"),
        ({"spline_order": 8}, "spline_order must be 1 … 7, not 8"),
        ({"grid_range": (1.0, 1.0)}, "grid_range must be two finite numbers, the lower one first"),
        ({"grid_range": (0.0, float("nan"))}, "grid_range must be two finite numbers"),
        ({"base": "relu"}, "base must be silu or identity, not relu"),
    ],
)
def test_each_mistake_has_an_error_of_its_own(mistake: dict[str, object], message: str) -> None:
    options: dict[str, object] = {"layers": (2, 2), **mistake}
    with pytest.raises(UsageError, match=message):
        KANConfig(**options)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=message):
        KAN(**options)  # type: ignore[arg-type]


class TestTorchFunc:
    """`torch.func` on a network: slopes by the inputs, as physics asks for them, and by the weights."""

    @pytest.fixture
    def network(self) -> KAN:
        torch.manual_seed(0)
        return KAN([2, 3, 1]).double()

    def test_slopes_by_the_inputs_are_those_of_autograd(self, network: KAN) -> None:
        x = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
        (expected,) = torch.autograd.grad(network(x).sum(), x)
        found = torch.func.vmap(torch.func.grad(lambda row: network(row).sum()))(x.detach())
        torch.testing.assert_close(found, expected)

    def test_curvature_by_the_inputs_is_that_of_autograd(self, network: KAN) -> None:
        x = torch.randn(2, dtype=torch.float64)
        expected = torch.autograd.functional.hessian(lambda row: network(row).sum(), x)
        found = torch.func.jacrev(torch.func.jacrev(lambda row: network(row).sum()))(x)
        torch.testing.assert_close(found, expected)

    def test_slopes_by_the_weights_are_those_of_autograd(self, network: KAN) -> None:
        x, weights = torch.randn(5, 2, dtype=torch.float64), dict(network.named_parameters())
        expected = torch.autograd.grad(network(x).sum(), list(weights.values()))
        found = torch.func.grad(lambda these: torch.func.functional_call(network, these, (x,)).sum())(weights)
        torch.testing.assert_close(tuple(found.values()), expected)
