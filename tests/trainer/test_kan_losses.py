"""Losses: their values against PyTorch's own, their gradients against differences, and masks over anything at all."""

from __future__ import annotations

import math
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.nn import functional

from kan_shared.errors import UsageError
from kan_trainer.kan.losses import cross_entropy, huber, masked_softmax, mse, policy_value

ACTIONS = 8
NO_NUMBERS = (math.nan, math.inf, -math.inf)


def numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(shape)))


def a_mask(*shape: int) -> Tensor:
    """Some count, some do not, and some count half."""
    return torch.randint(0, 3, shape, generator=torch.Generator().manual_seed(1)).double() / 2


def hands(samples: int = 6) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Outputs for eight actions, how likely they should be, what they are worth, and which are legal."""
    legal = (a_mask(samples, ACTIONS) > 0).double()
    legal[0], legal[1] = 1, 0
    policy = numbers(samples, ACTIONS).softmax(-1) * legal
    return numbers(samples, 3 * ACTIONS), policy, numbers(samples, ACTIONS + 1)[:, 1:], legal


class TestWithoutAMask:
    def test_they_are_pytorchs(self):
        y, targets, classes = numbers(7, 5), numbers(5, 7).T, torch.arange(7) % 5
        assert mse(y, targets).equal(functional.mse_loss(y, targets))
        torch.testing.assert_close(huber(y, targets, delta=0.3), functional.huber_loss(y, targets, delta=0.3))
        assert cross_entropy(y, classes).equal(functional.cross_entropy(y, classes))

    def test_cross_entropy_takes_how_likely_each_class_is(self):
        y, chances = numbers(7, 5), numbers(5, 7).T.softmax(-1)
        torch.testing.assert_close(cross_entropy(y, chances), -(chances * y.log_softmax(-1)).sum(-1).mean())
        certain = functional.one_hot(torch.arange(7) % 5, 5).double()
        torch.testing.assert_close(cross_entropy(y, certain), cross_entropy(y, torch.arange(7) % 5))

    def test_samples_may_stand_in_several_dimensions(self):
        y, targets = numbers(2, 3, 4), numbers(4, 3, 2).view(2, 3, 4)
        assert cross_entropy(y, targets.softmax(-1)).shape == ()
        assert cross_entropy(y, targets.argmax(-1)).equal(cross_entropy(y.view(6, 4), targets.argmax(-1).view(6)))


class TestAMask:
    def test_weights_what_it_counts(self):
        y, targets, mask = numbers(7, 5), numbers(5, 7).T, a_mask(7, 5)
        torch.testing.assert_close(mse(y, targets, mask), (mask * (y - targets) ** 2).sum() / mask.sum())
        rows, classes = a_mask(7), torch.arange(7) % 5
        each = functional.cross_entropy(y, classes, reduction="none")
        torch.testing.assert_close(cross_entropy(y, classes, rows), (rows * each).sum() / rows.sum())

    def test_may_say_yes_and_no(self):
        y, targets, mask = numbers(7, 5), numbers(5, 7).T, a_mask(7, 5) > 0
        assert huber(y, targets, mask).equal(huber(y, targets, mask.double()))

    @pytest.mark.parametrize("nothing", NO_NUMBERS)
    @pytest.mark.parametrize("loss", [mse, huber])
    def test_of_zero_hides_outputs_and_targets_that_are_no_numbers(self, loss, nothing):
        y, targets, mask = numbers(7, 5), numbers(5, 7).T.clone(), a_mask(7, 5)
        expected, slope = loss_and_slope(loss, y, targets, mask)
        targets[mask == 0] = nothing
        y[mask == 0] = -nothing
        found, found_slope = loss_and_slope(loss, y, targets, mask)
        assert found.equal(expected)
        assert found_slope.equal(slope)
        assert found_slope[mask == 0].eq(0).all()

    @pytest.mark.parametrize("nothing", NO_NUMBERS)
    def test_of_zero_hides_samples_whose_class_is_none(self, nothing):
        y, classes, chances, mask = numbers(7, 5), torch.arange(7) % 5, numbers(5, 7).T.softmax(-1), a_mask(7)
        for targets, none in ((classes, -1), (chances, nothing)):
            expected, slope = loss_and_slope(cross_entropy, y, targets, mask)
            broken, outputs = targets.clone(), y.clone()
            broken[mask == 0], outputs[mask == 0] = none, nothing
            found, found_slope = loss_and_slope(cross_entropy, outputs, broken, mask)
            assert found.equal(expected)
            assert found_slope.equal(slope)

    @pytest.mark.parametrize("loss", [mse, huber, cross_entropy])
    def test_that_counts_nothing_makes_the_loss_and_its_gradient_zero(self, loss):
        y = numbers(7, 5)
        targets = torch.zeros(7).long() if loss is cross_entropy else y + 1
        found, slope = loss_and_slope(loss, y, targets, torch.zeros(targets.shape, dtype=torch.float64))
        assert found.item() == 0
        assert slope.eq(0).all()


def loss_and_slope(loss, outputs: Tensor, *others: Tensor) -> tuple[Tensor, Tensor]:
    outputs = outputs.clone().requires_grad_()
    found = loss(outputs, *others)
    return found.detach(), torch.autograd.grad(found, outputs)[0]


class TestExtremeOutputs:
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    @pytest.mark.parametrize("far", [1e4, 1e30])
    def test_keep_every_loss_and_gradient_finite(self, far, dtype):
        y = torch.tensor([[far, -far, 0.0], [-far, far, far]], dtype=dtype)
        classes, legal = torch.tensor([1, 1]), torch.tensor([[1, 1, 0], [1, 0, 1]])
        for loss in (
            partial(cross_entropy, targets=classes),
            partial(cross_entropy, targets=torch.full_like(y, 1 / 3)),
            partial(huber, targets=-y),
            lambda y: policy_value(y.repeat(1, 2), y.softmax(-1).detach(), y.detach(), legal, delta=1.0),
        ):
            found, slope = loss_and_slope(loss, y)
            assert found.isfinite()
            assert slope.isfinite().all()
        assert cross_entropy(y, classes).item() == pytest.approx(far + math.log(2) / 2, rel=1e-6)

    def test_of_illegal_actions_move_nothing(self):
        legal = torch.tensor([1.0, 0.0, 1.0])
        assert masked_softmax(torch.tensor([0.0, 3e38, 0.0]), legal).tolist() == [0.5, 0, 0.5]
        assert masked_softmax(torch.tensor([-3e38, math.nan, -3e38]), legal).tolist() == [0.5, 0, 0.5]


class TestPolicyAndValue:
    def test_is_what_one_reckons_by_hand(self):
        outputs = torch.tensor([[0.0, math.log(3), 9.0, 2.0, 5.0, 9.0]])
        policy, values = torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[1.0, 1.0, 1.0]])
        legal = torch.tensor([[1.0, 1.0, 0.0]])
        by_hand = -0.5 * (math.log(1 / 4) + math.log(3 / 4)) * 2 + (1 + 16) / 2 * 10
        found = policy_value(outputs, policy, values, legal, policy_weight=2, value_weight=10)
        assert found.item() == pytest.approx(by_hand, rel=1e-6)

    def test_leaves_what_follows_the_values_alone(self):
        outputs, *others = hands()
        _, slope = loss_and_slope(policy_value, outputs, *others)
        assert slope[:, 2 * ACTIONS :].eq(0).all()
        assert policy_value(outputs[:, : 2 * ACTIONS], *others).equal(policy_value(outputs, *others))

    @pytest.mark.parametrize("delta", [None, 0.5])
    def test_has_the_gradients_that_differences_have(self, delta):
        outputs, *others = hands(3)
        loss = partial(policy_value, policy_weight=0.7, value_weight=1.3, delta=delta)
        assert gradcheck(lambda outputs: loss(outputs, *others), outputs.requires_grad_())
        assert gradgradcheck(lambda outputs: loss(outputs, *others), outputs)

    @pytest.mark.parametrize("nothing", NO_NUMBERS)
    def test_does_not_look_at_what_is_illegal(self, nothing):
        outputs, policy, values, legal = hands()
        expected, slope = loss_and_slope(policy_value, outputs, policy, values, legal)
        illegal = legal == 0
        for tensor in (policy, values, outputs[:, :ACTIONS], outputs[:, ACTIONS : 2 * ACTIONS]):
            tensor[illegal] = nothing
        outputs[:, 2 * ACTIONS :] = nothing
        found, found_slope = loss_and_slope(policy_value, outputs, policy, values, legal)
        assert found.equal(expected)
        assert found_slope.equal(slope)

    def test_where_nothing_is_legal_is_zero(self):
        outputs, policy, values, legal = hands()
        found, slope = loss_and_slope(policy_value, outputs, policy, values, torch.zeros_like(legal))
        assert found.item() == 0
        assert slope.eq(0).all()
        assert masked_softmax(outputs[:, :ACTIONS], torch.zeros_like(legal)).eq(0).all()

    def test_a_sample_without_legal_actions_counts_for_nothing(self):
        outputs, policy, values, legal = hands()
        others = [torch.cat([tensor[:1], tensor[2:]]) for tensor in (outputs, policy, values, legal)]
        torch.testing.assert_close(policy_value(outputs, policy, values, legal), policy_value(*others))

    @given(st.integers(0, 2**32), st.floats(0, 1e4))
    def test_likelihoods_of_what_is_legal_are_one_together(self, seed, far):
        generator = torch.Generator().manual_seed(seed)
        logits = torch.randn(5, ACTIONS, generator=generator) * far
        legal = torch.rand(5, ACTIONS, generator=generator) > 0.5
        chances = masked_softmax(logits, legal)
        torch.testing.assert_close(chances.sum(-1), legal.any(-1).float())
        assert chances[~legal].eq(0).all()


class TestGradients:
    @pytest.mark.parametrize("masked", [False, True])
    def test_are_those_that_differences_have(self, masked):
        y, targets = numbers(4, 3).requires_grad_(), numbers(3, 4).T
        mask, rows = (a_mask(4, 3), a_mask(4)) if masked else (None, None)
        assert gradcheck(lambda y: mse(y, targets, mask), y)
        assert gradcheck(lambda y: huber(y, targets, mask, delta=0.4), y)
        assert gradcheck(lambda y: cross_entropy(y, targets.argmax(-1), rows), y)
        assert gradcheck(lambda y: cross_entropy(y, targets.softmax(-1), rows), y)


class TestAWrongShape:
    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            (lambda y: mse(y, y[:, 0]), r"targets must be of shape \(4, 6\), as the outputs are, not \(4,\)"),
            (lambda y: huber(y, y.T), r"targets must be of shape \(4, 6\), as the outputs are, not \(6, 4\)"),
            (lambda y: mse(y, y, y[:, :1]), r"the mask must be of shape \(4, 6\), as the outputs are, not \(4, 1\)"),
            (lambda y: cross_entropy(y, torch.zeros(5).long()), r"classes must be of shape \(4,\)"),
            (lambda y: cross_entropy(y, y[:, 0]), r"targets must be of shape \(4, 6\)"),
            (lambda y: cross_entropy(y, y.argmax(1), y), r"the mask must be of shape \(4,\)"),
            (lambda y: policy_value(y, y, y, y), r"6 actions take outputs of shape \(4, 12\) or wider, not \(4, 6\)"),
            (lambda y: policy_value(y, y, y[:, :2], y[:, :2]), r"policy must be of shape \(4, 2\)"),
            (lambda y: policy_value(y, y[:, :2], y, y[:, :2]), r"targets must be of shape \(4, 2\)"),
            (lambda y: masked_softmax(y, y[0]), r"legal must be of shape \(4, 6\)"),
        ],
    )
    def test_has_an_error_of_its_own(self, wrong, said):
        with pytest.raises(UsageError, match=said):
            wrong(numbers(4, 6))
