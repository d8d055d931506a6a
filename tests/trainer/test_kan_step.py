"""A training step in one call against PyTorch's own AdamW, by the compiled kernel and without it."""

from __future__ import annotations

import copy
import ctypes
import gc
import itertools
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN
from kan_trainer.kan.kernels.native import build, library
from kan_trainer.kan.losses import Loss, loss_of
from kan_trainer.kan.step import TrainStep

LOSSES: tuple[Loss, ...] = ("mse", "huber", "cross_entropy")


@pytest.fixture(params=["native", "plain"])
def backend(request, monkeypatch) -> Iterator[str]:
    if request.param == "native" and build.library(3, "float") is None:
        pytest.skip("there is no C++ compiler")
    monkeypatch.setenv("KAN_BACKEND", "plain" if request.param == "plain" else "")
    library.library_for.cache_clear()
    yield request.param
    library.library_for.cache_clear()


def examples(loss: Loss, batch: int, masked: bool, number: int) -> tuple[Tensor, Tensor, Tensor | None]:
    generator = torch.Generator().manual_seed(number)
    x = torch.randn(batch, 4, dtype=torch.float64, generator=generator)
    if loss == "cross_entropy":
        targets = torch.randint(0, 5, (batch,), generator=generator)
    else:
        targets = torch.randn(batch, 5, dtype=torch.float64, generator=generator)
    mask = (torch.rand(targets.shape, generator=generator) > 0.4).double() if masked else None
    return x, targets, mask


def by_pytorch(
    network: KAN, loss: Loss, steps: list[tuple[Tensor, ...]], rates: list[float]
) -> list[tuple[float, float]]:
    optimizer = torch.optim.AdamW(network.parameters(), betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)
    found = []
    for (x, targets, mask), rate in zip(steps, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        error = loss_of(loss, network(x), targets, mask, delta=0.4)
        error.backward()
        norm = nn.utils.clip_grad_norm_(network.parameters(), 0.3)
        optimizer.step()
        found.append((error.item(), norm.item()))
    return found


def assert_same_weights(one: KAN, other: KAN, tolerance: float = 0.0) -> None:
    for ours, theirs in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("loss", "masked", "batch"), itertools.product(LOSSES, (False, True), (1, 5, 33, 300)))
def test_a_step_is_that_of_pytorch(backend, loss, masked, batch):
    network = KAN([4, 9, 5]).double()
    reference = copy.deepcopy(network)
    step = TrainStep(network, loss=loss, betas=(0.8, 0.99), epsilon=1e-6, weight_decay=0.1, clip=0.3, delta=0.4)
    steps = [examples(loss, batch, masked, number) for number in range(12)]
    rates = [0.01 * (number + 1) for number in range(12)]
    found = []
    for given, rate in zip(steps, rates, strict=True):
        step.learning_rate = rate
        found.append(tuple(map(float, step(*given))))
    assert step.backend == backend
    assert found == [pytest.approx(each, rel=1e-11, abs=1e-12) for each in by_pytorch(reference, loss, steps, rates)]
    assert_same_weights(network, reference, 1e-11)


def test_the_gradient_is_clipped_to_the_norm_that_is_allowed(backend):
    network = KAN([4, 5]).double()
    before = copy.deepcopy(network)
    given = examples("mse", 50, False, 0)
    # With such an epsilon a step is proportional to the clipped gradient, and so its length is the clipped norm.
    norm = float(TrainStep(network, learning_rate=1e6, epsilon=1e6, weight_decay=0, clip=0.01)(*given).gradient_norm)
    moved = torch.cat(
        [(a - b).detach().flatten() for a, b in zip(network.parameters(), before.parameters(), strict=True)]
    )
    assert norm > 0.01
    assert float(moved.norm()) == pytest.approx(0.01, rel=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_where_nothing_counts_nothing_is_learned(backend, loss):
    network = KAN([4, 5]).double()
    before = copy.deepcopy(network)
    x, targets, _ = examples(loss, 7, False, 0)
    stepped = TrainStep(network, loss=loss, weight_decay=0)(x, targets, torch.zeros(targets.shape))
    assert tuple(map(float, stepped)) == (0, 0)
    assert_same_weights(network, before)


def test_what_does_not_count_may_be_anything(backend):
    network = KAN([4, 5]).double()
    other = copy.deepcopy(network)
    x, targets, mask = examples("mse", 20, True, 0)
    first = TrainStep(network)(x, targets, mask)
    second = TrainStep(other)(x, targets.where(mask != 0, torch.nan), mask)
    assert tuple(map(float, first)) == tuple(map(float, second))
    assert_same_weights(network, other)


def test_a_training_goes_on_from_its_state_to_the_last_bit(backend):
    network = KAN([4, 9, 5]).double()
    step = TrainStep(network, clip=0.3)
    for number in range(5):
        step(*examples("mse", 33, False, number))
    resumed = copy.deepcopy(network)
    other = TrainStep(resumed, clip=0.3)
    other.load_state_dict(copy.deepcopy(step.state_dict()))
    for number in range(5, 10):
        given = examples("mse", 33, False, number)
        assert tuple(map(float, step(*given))) == tuple(map(float, other(*given)))
    assert_same_weights(network, resumed)


def test_a_kernel_may_come_and_go_between_steps(monkeypatch):
    network = KAN([4, 9, 5]).double()
    reference = copy.deepcopy(network)
    step, expected = TrainStep(network), TrainStep(reference)
    for number in range(6):
        monkeypatch.setattr(
            network.handle,
            "is_ready",
            lambda x, ready=number % 3 != 1: type(network.handle).is_ready(network.handle, x) and ready,
        )
        given = examples("mse", 9, False, number)
        assert float(step(*given).loss) == pytest.approx(float(expected(*given).loss), rel=1e-11)
    assert_same_weights(network, reference, 1e-11)


def test_what_is_frozen_stays_as_it_is_and_the_rest_learns(backend):
    network = KAN([4, 9, 5]).double()
    network.kan_layers[0].weight.requires_grad_(False)
    reference = copy.deepcopy(network)
    step = TrainStep(network, weight_decay=0.1, clip=0.3, betas=(0.8, 0.99), epsilon=1e-6)
    given = [examples("mse", 9, False, number) for number in range(4)]
    for each in given:
        step(*each)
    by_pytorch(reference, "mse", given, [1e-3] * 4)
    assert_same_weights(network, reference, 1e-11)


def test_who_listens_for_gradients_sees_weights_change(backend):
    network = KAN([4, 3, 5]).double()
    x, targets, _ = examples("mse", 5, False, 0)
    loss = loss_of("mse", network(x), targets)
    TrainStep(network)(x, targets)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


MISTAKES: list[tuple[str, Callable[[], tuple[Tensor, ...]], Loss]] = [
    ("inputs of shape (batch, 4), not (3, 5)", lambda: (torch.ones(3, 5), torch.ones(3, 5)), "mse"),
    ("inputs of shape (batch, 4), not (0, 4)", lambda: (torch.ones(0, 4), torch.ones(0, 5)), "mse"),
    ("targets of shape (3, 5)", lambda: (torch.ones(3, 4), torch.ones(3, 1)), "mse"),
    ("of torch.float64", lambda: (torch.ones(3, 4), torch.ones(3, 5).double()), "mse"),
    ("type torch.int64", lambda: (torch.ones(3, 4), torch.ones(3)), "cross_entropy"),
    ("classes must be 0 … 4", lambda: (torch.ones(3, 4), torch.tensor([0, 4, 5])), "cross_entropy"),
    ("classes must be 0 … 4", lambda: (torch.ones(3, 4), torch.tensor([0, -1, 2])), "cross_entropy"),
    ("mask must have the shape", lambda: (torch.ones(3, 4), torch.ones(3, 5), torch.ones(3, 1)), "huber"),
]


@pytest.mark.parametrize(("said", "given", "loss"), MISTAKES)
def test_a_mistake_is_said_and_changes_nothing(backend, said, given, loss):
    network = KAN([4, 5])
    before = copy.deepcopy(network)
    step = TrainStep(network, loss=loss)
    with pytest.raises(UsageError) as error:
        step(*given())
    assert said in str(error.value)
    assert step.number == 0
    assert_same_weights(network, before)


def test_a_network_that_has_grown_needs_a_step_of_its_own(backend):
    network = KAN([4, 5])
    step = TrainStep(network)
    layer = network.kan_layers[0]
    layer.weight = nn.Parameter(torch.zeros(4, 20, 5))
    with pytest.raises(UsageError, match="make a new TrainStep"):
        step(torch.ones(3, 4), torch.ones(3, 5))


def test_a_thousand_steps_take_no_more_memory_than_the_first_ten(backend):
    network, rng = KAN([21, 64, 64, 24]), torch.Generator().manual_seed(0)
    step = TrainStep(network, clip=1.0)
    x, targets = torch.randn(64, 21, generator=rng), torch.randn(64, 24, generator=rng)

    def train(steps: int) -> int:
        for _ in range(steps):
            step(x, targets)
        gc.collect()
        return allocated_bytes()

    before = train(10)
    after = train(1000 if backend == "native" else 100)
    assert after - before < 4096, "not a tenth of what the smallest layer has"


class _Heap(ctypes.Structure):
    """`struct mallinfo2` of glibc; `hblkhd` is what is mapped piece by piece, `uordblks` all the rest in use."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def allocated_bytes() -> int:
    """What this process has taken from malloc and not given back: Python's, PyTorch's and the kernel's."""
    function = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if function is None:
        pytest.skip("only glibc tells what is allocated")
    function.restype = _Heap
    heap = function()
    return int(heap.uordblks + heap.hblkhd)


def test_other_numbers_than_it_began_with_need_a_step_of_their_own(backend):
    network = KAN([4, 5])
    step = TrainStep(network)
    network.double()
    with pytest.raises(UsageError, match="make a new TrainStep"):
        step(torch.ones(3, 4).double(), torch.ones(3, 5).double())


def test_all_that_it_is_given_lies_on_one_device(backend):
    step = TrainStep(KAN([4, 5]))
    with pytest.raises(UsageError, match="on one device"):
        step(torch.ones(3, 4), torch.ones(3, 5, device="meta"))


def test_where_all_is_frozen_there_is_nothing_to_learn(backend):
    network = KAN([4, 5]).requires_grad_(False)
    with pytest.raises(UsageError, match="nothing to learn"):
        TrainStep(network)(torch.ones(3, 4), torch.ones(3, 5))


def test_what_is_frozen_later_stays_as_it_is_from_then_on(backend):
    network, given = KAN([4, 9, 5]).double(), examples("mse", 9, False, 0)
    reference = copy.deepcopy(network)
    step, theirs = TrainStep(network, weight_decay=0.1), torch.optim.AdamW(reference.parameters(), weight_decay=0.1)
    for number in range(9):
        for each in (network, reference):
            each.kan_layers[0].weight.requires_grad_(number < 3)
        step(*given)
        theirs.zero_grad()
        loss_of("mse", reference(given[0]), given[1]).backward()
        theirs.step()
    assert_same_weights(network, reference, 1e-11)


def test_new_weights_in_the_same_memory_are_noticed(backend):
    network = KAN([4, 5])
    network(torch.ones(2, 4))
    layer = network.kan_layers[0]
    layer.weight = nn.Parameter(layer.weight.detach())
    network(torch.ones(2, 4)).sum().backward()
    assert layer.weight.grad is not None and layer.weight.grad.any()


def test_another_layer_is_noticed(backend):
    network, x = KAN([4, 5]), torch.ones(2, 4)
    with torch.no_grad():
        before = network(x)
        network.layers[0] = KAN([4, 5]).layers[0]
        assert not network(x).equal(before)
        assert network(x).equal(network.layers(x))


def test_weights_that_move_between_forward_and_backward_are_not_looked_for_where_they_were(backend):
    network, x = KAN([4, 9, 5]), torch.randn(3, 4)
    y = network(x)
    for layer in network.kan_layers:
        layer.weight.data = layer.weight.data.clone()
    y.sum().backward()
    reference = KAN.from_config(network.config)
    reference.load_state_dict(network.state_dict())
    reference(x).sum().backward()
    for ours, theirs in zip(network.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_copy_of_a_step_goes_on_by_itself(backend):
    network, given = KAN([4, 5]).double(), examples("mse", 9, False, 0)
    step = TrainStep(network)
    step(*given)
    other = copy.deepcopy(step)
    expected = float(step(*given).loss), float(step(*given).loss)
    assert (float(other(*given).loss), float(other(*given).loss)) == expected


@pytest.mark.parametrize(
    "settings",
    [{"learning_rate": float("nan")}, {"betas": (0.9, 1.0)}, {"epsilon": 0.0}, {"weight_decay": -1.0}, {"delta": 0.0}],
)
def test_a_setting_out_of_its_bounds_is_said(settings):
    with pytest.raises(UsageError, match="must be"):
        TrainStep(KAN([4, 5]), **settings)


def test_a_class_that_does_not_count_may_be_none(backend):
    step = TrainStep(KAN([4, 5]), loss="cross_entropy")
    found = step(torch.ones(2, 4), torch.tensor([1, -100]), torch.tensor([1.0, 0.0]))
    assert float(found.loss) > 0
