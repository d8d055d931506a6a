"""Losses with an optional mask: averages over what the mask counts, and zero where it counts nothing."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from kan_shared.errors import UsageError

Loss = Literal["mse", "huber", "cross_entropy"]


def loss_of(name: Loss, outputs: Tensor, targets: Tensor, mask: Tensor | None = None, *, delta: float = 1.0) -> Tensor:
    """The loss called `name`."""
    if name == "huber":
        return huber(outputs, targets, mask, delta=delta)
    return mse(outputs, targets, mask) if name == "mse" else cross_entropy(outputs, targets, mask)


def mse(outputs: Tensor, targets: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean squared difference: `outputs`, `targets` and `mask` of one shape → `()`.

    Raises:
        UsageError: They have different shapes.
    """
    return _mean(_difference(outputs, targets, mask).square(), mask)


def huber(outputs: Tensor, targets: Tensor, mask: Tensor | None = None, *, delta: float = 1.0) -> Tensor:
    """Half the squared difference up to `delta`, straight on from there, on average.

    Raises:
        UsageError: Shapes differ.

    Source: P. J. Huber, Robust Estimation of a Location Parameter, 1964.
    """
    difference = _difference(outputs, targets, mask)
    each = functional.huber_loss(difference, torch.zeros_like(difference), reduction="none", delta=delta)
    return _mean(each, mask)


def cross_entropy(outputs: Tensor, targets: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean of −Σ p · log softmax(outputs): `(..., outputs)`, targets, and `(...)` → `()`.

    Args:
        outputs: Logits.
        targets: The class of each sample, `(...)` of int64; or how likely each class is, in the shape of `outputs`.
        mask: Which samples count.

    Raises:
        UsageError: Shapes differ.
    """
    samples = outputs.shape[:-1]
    _require_shape("the mask", mask, samples)
    rows = None if mask is None else mask.unsqueeze(-1)
    if targets.is_floating_point():
        _require_shape("targets", targets, outputs.shape)
        targets = _only(targets, rows).flatten(0, -2)
    else:
        _require_shape("classes", targets, samples)
        targets = _only(targets, mask).flatten()
    each = functional.cross_entropy(_only(outputs, rows).flatten(0, -2), targets, reduction="none")
    return _mean(each.view(samples), mask)


def masked_softmax(logits: Tensor, legal: Tensor) -> Tensor:
    """How likely each action is, `(..., actions)`: 0 where `legal` is, and 0 everywhere where nothing is legal."""
    return _only(_log_softmax(logits, legal).exp(), legal)


def policy_value(
    outputs: Tensor,
    policy: Tensor,
    values: Tensor,
    legal: Tensor,
    *,
    policy_weight: float = 1.0,
    value_weight: float = 1.0,
    delta: float | None = None,
) -> Tensor:
    """What a player learns: how likely each action is, and what it is worth, of those that are legal.

    The mean over samples of −Σ policy · log softmax(logits), and the mean over actions of the squared difference of
    their values, each times its weight. What is not legal counts nowhere, whatever stands there; where nothing is, the
    loss and its gradient are 0.

    Args:
        outputs: `(..., n · actions)`: logits, then values; what follows them is left alone.
        policy: `(..., actions)`: how likely each should be.
        values: `(..., actions)`: what each is worth.
        legal: `(..., actions)`: 0 where an action is not.
        policy_weight: Of the first loss.
        value_weight: Of the second.
        delta: Where Huber's loss is to go straight on instead of the square; see `huber`.

    Raises:
        UsageError: Shapes differ, or there are fewer outputs than logits and values.
    """
    actions = legal.shape[-1]
    if outputs.shape[:-1] != legal.shape[:-1] or outputs.shape[-1] < 2 * actions:
        raise UsageError(f"{actions} actions take outputs of shape {(*legal.shape[:-1], 2 * actions)} or wider, not "
                         f"{tuple(outputs.shape)}.")  # fmt: skip
    _require_shape("policy", policy, legal.shape)
    logits, worth = outputs[..., :actions], outputs[..., actions : 2 * actions]
    each = -(_only(policy, legal) * _only(_log_softmax(logits, legal), legal)).sum(-1)
    counts = (legal != 0).any(-1).to(outputs.dtype)
    of_values = mse(worth, values, legal) if delta is None else huber(worth, values, legal, delta=delta)
    return policy_weight * _mean(each, counts) + value_weight * of_values


def _log_softmax(logits: Tensor, legal: Tensor) -> Tensor:
    """Over what is legal; elsewhere anything finite or −∞."""
    _require_shape("legal", legal, logits.shape)
    return logits.where(legal != 0, torch.finfo(logits.dtype).min).log_softmax(-1)


def _difference(outputs: Tensor, targets: Tensor, mask: Tensor | None) -> Tensor:
    _require_shape("targets", targets, outputs.shape)
    _require_shape("the mask", mask, outputs.shape)
    return _only(outputs - targets, mask)


def _only(each: Tensor, mask: Tensor | None) -> Tensor:
    """What counts, and 0 for the rest: that may be infinite, or no number at all, and so may its derivatives."""
    return each if mask is None else each.where(mask != 0, 0)


def _mean(each: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return each.mean()
    count = mask.sum()
    return each.mul(mask).sum() / count.where(count != 0, 1)


def _require_shape(name: str, given: Tensor | None, shape: torch.Size) -> None:
    # Broadcast, a column against a row would be a loss of all against all.
    if given is not None and given.shape != shape:
        raise UsageError(f"{name} must be of shape {tuple(shape)}, as the outputs are, not {tuple(given.shape)}.")
