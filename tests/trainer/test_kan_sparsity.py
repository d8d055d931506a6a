"""Networks that get sparse while they learn, and are pruned."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import Tensor
from torch.autograd import gradcheck
from torch.func import functional_call
from torch.optim import SGD, Adam, AdamW, Optimizer

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, fit_lbfgs, keep_cut, prune, refine, sparsity, update_grid
from kan_trainer.kan.importance import edge_features, edge_importances
from kan_trainer.kan.losses import mse
from kan_trainer.kan.pruning import Pruned
from kan_trainer.kan.regularisation import edge_magnitudes
from kan_trainer.kan.step import TrainStep

torch.set_num_threads(1)


def two_of_four(x: Tensor) -> Tensor:
    """What the last two inputs have no part in."""
    return torch.sin(math.pi * x[:, :1]) + x[:, 1:2] ** 2


def trained(price: float) -> tuple[KAN, Tensor]:
    torch.manual_seed(0)
    network, x = KAN([4, 5, 1]), torch.rand(128, 4) * 2 - 1
    optimizer, y = Adam(network.parameters(), lr=2e-2), two_of_four(x)
    for _ in range(300):
        loss = mse(network(x), y)
        if price:
            loss = loss + price * sparsity(network, x)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network, x


@pytest.fixture(scope="module")
def sparse() -> tuple[KAN, Tensor]:
    return trained(1e-2)


@torch.no_grad()
def by_hand(network: KAN, x: Tensor) -> list[Tensor]:
    """Each edge's mean magnitude, from a number for each sample and edge."""
    found = []
    for layer in network.kan_layers:
        found.append(torch.einsum("bir,iro->bio", edge_features(layer, x), layer.weight).abs().mean(0))
        x = layer(x)
    return found


def test_the_price_is_that_of_the_paper() -> None:
    torch.manual_seed(0)
    network, x = KAN([3, 4, 2]).double(), torch.randn(40, 3, dtype=torch.float64)
    sizes = by_hand(network, x)
    entropies = [-sum(p * math.log(p) for p in (size / size.sum()).flatten().tolist()) for size in sizes]
    total = float(sum(size.sum() for size in sizes))
    assert sparsity(network, x, entropy=0).item() == pytest.approx(total)
    assert sparsity(network, x, magnitude=0).item() == pytest.approx(sum(entropies))
    assert sparsity(network, x, magnitude=2, entropy=3).item() == pytest.approx(2 * total + 3 * sum(entropies))


@pytest.mark.parametrize("at_once", [2**22, 20])
def test_its_gradients(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kan_trainer.kan.regularisation._AT_ONCE", at_once)
    torch.manual_seed(0)
    network = KAN([3, 2, 1], grid_size=2, outside="linear").double()
    names = [name for name, _ in network.named_parameters()]
    x = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)

    class Priced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, x: Tensor) -> Tensor:
            return sparsity(self.network, x)

    def price(x: Tensor, *parameters: Tensor) -> Tensor:
        by_name = {f"network.{name}": value for name, value in zip(names, parameters, strict=True)}
        value: Tensor = functional_call(Priced(), by_name, x)
        return value

    assert gradcheck(price, (x, *network.parameters()))


def test_in_blocks_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    layer, x = KAN([7, 3]).kan_layers[0], torch.randn(40, 7)
    whole = edge_magnitudes(layer, x)
    monkeypatch.setattr("kan_trainer.kan.regularisation._AT_ONCE", 40 * 3 * 2)
    torch.testing.assert_close(edge_magnitudes(layer, x), whole)


def test_edges_that_do_nothing_have_a_price_and_gradients_that_are_numbers() -> None:
    network = KAN([3, 2, 1])
    with torch.no_grad():
        network.kan_layers[0].weight[1] = 0
        network.kan_layers[1].weight[:] = 0
    price = sparsity(network, torch.randn(20, 3))
    price.backward()  # type: ignore[no-untyped-call]
    assert price.isfinite() and all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())


def test_it_empties_the_edges_of_inputs_that_are_noise(sparse: tuple[KAN, Tensor]) -> None:
    network, x = sparse
    assert float(mse(network(x), two_of_four(x)).detach()) < 2e-3
    assert edge_importances(network, x)[0][2:].max() < 1e-2
    free, _ = trained(0)
    assert edge_importances(free, x)[0][2:].max() > 1e-2  # by itself it does not


def test_pruning_takes_out_what_is_not_needed_and_keeps_the_function(sparse: tuple[KAN, Tensor]) -> None:
    network, x = sparse
    was = copy.deepcopy(network.state_dict())
    pruned = prune(network, x)
    smaller = pruned.network
    assert pruned.edges_before == [20, 5] and sum(pruned.edges) <= 8
    assert smaller.config.layers == (4, len(pruned.units[0]), 1) and len(pruned.units[0]) < 5
    assert [int(layer.weight.any(1).sum()) for layer in smaller.kan_layers] == pruned.edges
    assert not smaller.kan_layers[0].weight[2:].any()
    assert pruned.max_error == pytest.approx(float((smaller(x) - network(x)).detach().abs().max()), rel=1e-3)
    assert pruned.max_error < 0.05
    assert all(torch.equal(value, was[name]) for name, value in network.state_dict().items())


def pruned_by_hand() -> tuple[Pruned, Tensor]:
    """Of four hidden units one hears nothing, and one is heard by nobody."""
    torch.manual_seed(0)
    network, x = KAN([3, 4, 2]), torch.randn(64, 3)
    with torch.no_grad():
        first, second = network.kan_layers
        first.weight[:, :, 1] = 0
        first.bias[1] = 0.7  # type: ignore[index]
        second.weight[2] = 0
        first.weight[0, :, 3] = 0
    return prune(network, x, threshold=0), x


def test_what_does_nothing_goes_without_a_trace() -> None:
    pruned, _ = pruned_by_hand()
    assert pruned.units == [[0, 3]] and pruned.edges == [5, 4]
    assert pruned.max_error < 1e-5
    again = prune(pruned.network, torch.randn(64, 3), threshold=0)
    assert again.units == [[0, 1]] and again.edges == again.edges_before == [5, 4]


def two_units(shares: tuple[float, float]) -> tuple[KAN, Tensor]:
    """One hears the first of ten inputs, the other the other nine; the output hears them by these shares."""
    torch.manual_seed(0)
    network, x = KAN([10, 2, 1]), torch.randn(200, 10)
    with torch.no_grad():
        first, second = network.kan_layers
        first.weight[1:, :, 0] = 0
        first.weight[0, :, 1] = 0
        by_now = edge_importances(network, x)[1].flatten()
        second.weight *= (torch.tensor(shares) / by_now).view(2, 1, 1)
    return network, x


@pytest.mark.parametrize("shares", [(0.005, 0.995), (0.985, 0.015)])
def test_a_unit_that_no_way_leads_through_is_taken_out(shares: tuple[float, float]) -> None:
    network, x = two_units(shares)
    pruned = prune(network, x)
    strong = int(shares[1] > shares[0])
    assert pruned.units == [[strong]] and pruned.edges[1] == 1
    assert pruned.max_error < 0.1 * float(network(x).detach().std())


def test_a_network_that_is_all_needed_is_the_same() -> None:
    torch.manual_seed(0)
    network, x = KAN([3, 4, 2]), torch.randn(64, 3)
    pruned = prune(network, x, threshold=0)
    assert pruned.max_error == 0 and pruned.edges == pruned.edges_before
    assert all(layer.weight._backward_hooks is None for layer in pruned.network.kan_layers)


def test_a_network_of_constants_keeps_one_unit_a_layer_and_its_value() -> None:
    torch.manual_seed(0)
    network = KAN([2, 3, 3, 1])
    with torch.no_grad():
        network.kan_layers[1].weight[:] = 0
        network.kan_layers[1].bias[:] = 0.3  # type: ignore[index]
    pruned = prune(network, torch.randn(20, 2))
    assert pruned.network.config.layers == (2, 1, 1, 1) and pruned.edges == [0, 0, 0]
    assert pruned.max_error < 1e-6


def test_a_pruned_network_keeps_the_grids_of_its_layers() -> None:
    torch.manual_seed(0)
    network, x = KAN([3, 4, 2], outside="clamp").double(), torch.randn(200, 3, dtype=torch.float64) * 2
    update_grid(network, x)
    pruned = prune(network, x, threshold=0.3).network
    assert [layer.config.grid_range for layer in pruned.kan_layers] == [
        layer.config.grid_range for layer in network.kan_layers
    ]
    assert pruned.kan_layers[0].weight.dtype == torch.float64 and pruned.config.outside == "clamp"


def cut_edges(network: KAN) -> list[Tensor]:
    return [~layer.weight.detach().any(1) for layer in network.kan_layers]


@pytest.mark.parametrize("kind", [AdamW, Adam, SGD])
def test_what_was_cut_stays_cut_in_training(kind: type[Optimizer]) -> None:
    pruned, x = pruned_by_hand()
    network = pruned.network
    cut = cut_edges(network)
    optimizer = kind(network.parameters(), lr=0.05)  # type: ignore[call-arg]
    for _ in range(5):
        optimizer.zero_grad()
        network(x).square().mean().backward()
        optimizer.step()
    assert cut[0].any() and all(torch.equal(a, b) for a, b in zip(cut, cut_edges(network), strict=True))


def test_what_was_cut_stays_cut_in_a_train_step_by_lbfgs_and_on_other_grids() -> None:
    pruned, x = pruned_by_hand()
    network, y = pruned.network, torch.randn(64, 2)
    cut = cut_edges(network)
    step = TrainStep(network, clip=0.1)
    for _ in range(3):
        step(x, y)
    fit_lbfgs(network, x, y, steps=1)
    update_grid(network, x)
    refine(network, 10)
    TrainStep(network)(x, y)
    assert all(torch.equal(a, b) for a, b in zip(cut, cut_edges(network), strict=True))
    assert all(network.kan_layers[0].weight[:, :, column].any() for column in range(2))


def test_a_copy_keeps_what_was_cut_when_it_is_told_to() -> None:
    pruned, x = pruned_by_hand()
    network = keep_cut(copy.deepcopy(pruned.network))
    TrainStep(network)(x, torch.randn(64, 2))
    assert all(torch.equal(a, b) for a, b in zip(cut_edges(pruned.network), cut_edges(network), strict=True))


def test_a_train_step_refuses_a_network_that_was_refined_under_it() -> None:
    network, x = KAN([2, 1]), torch.randn(8, 2)
    step = TrainStep(network)
    refine(network, 10)
    with pytest.raises(UsageError, match="make a new TrainStep"):
        step(x, torch.randn(8, 1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": -0.1}, "threshold must be 0 … 1, not -0.1"),
        ({"threshold": math.nan}, "threshold must be 0 … 1"),
        ({"inputs": torch.zeros(1, 2)}, "inputs must be of shape"),
        ({"inputs": torch.full((3, 2), math.nan)}, "inputs must be some that give finite outputs"),
    ],
)
def test_each_mistake_has_an_error_of_its_own(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        prune(KAN([2, 1]), **{"inputs": torch.zeros(3, 2), **options})  # type: ignore[arg-type]
