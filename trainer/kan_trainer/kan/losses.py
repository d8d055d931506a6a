"""Losses with an optional mask: averages over what the mask counts, and zero where it counts nothing."""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn import functional

Loss = Literal["mse", "huber", "cross_entropy"]


def loss_of(name: Loss, outputs: Tensor, targets: Tensor, mask: Tensor | None = None, *, delta: float = 1.0) -> Tensor:
    """The loss called `name`."""
    if name == "huber":
        return huber(outputs, targets, mask, delta=delta)
    return mse(outputs, targets, mask) if name == "mse" else cross_entropy(outputs, targets, mask)


def mse(outputs: Tensor, targets: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean squared difference: `outputs`, `targets` and `mask` of one shape → `()`."""
    difference = _counted(outputs, mask) - _counted(targets, mask)
    return _mean(difference.square(), mask)


def huber(outputs: Tensor, targets: Tensor, mask: Tensor | None = None, *, delta: float = 1.0) -> Tensor:
    """Half the squared difference up to `delta`, straight on from there, on average.

    Source: P. J. Huber, Robust Estimation of a Location Parameter, 1964.
    """
    each = functional.huber_loss(_counted(outputs, mask), _counted(targets, mask), reduction="none", delta=delta)
    return _mean(each, mask)


def cross_entropy(outputs: Tensor, classes: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean of −log softmax(outputs)[class]: `(..., outputs)`, `(...)` of int64, and `(...)` → `()`."""
    counted = _counted(outputs, None if mask is None else mask.unsqueeze(-1))
    each = functional.cross_entropy(counted.flatten(0, -2), classes.flatten(), reduction="none")
    return _mean(each.view(classes.shape), mask)


def _counted(values: Tensor, mask: Tensor | None) -> Tensor:
    """What does not count may be infinite, or no number at all: it becomes zero, and so does its gradient."""
    return values if mask is None else values.where(mask != 0, 0)


def _mean(each: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return each.mean()
    count = mask.sum()
    return each.mul(mask).sum() / count.where(count != 0, 1)
