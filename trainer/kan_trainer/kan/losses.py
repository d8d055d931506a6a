"""Losses with an optional mask: averages over what the mask counts, and zero where it counts nothing."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional


def mse(outputs: Tensor, targets: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean squared difference: `outputs`, `targets` and `mask` of one shape → `()`."""
    return _mean((outputs - targets).square(), mask)


def huber(outputs: Tensor, targets: Tensor, mask: Tensor | None = None, *, delta: float = 1.0) -> Tensor:
    """Half the squared difference up to `delta`, straight on from there, on average.

    Source: P. J. Huber, Robust Estimation of a Location Parameter, 1964.
    """
    return _mean(functional.huber_loss(outputs, targets, reduction="none", delta=delta), mask)


def cross_entropy(outputs: Tensor, classes: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean of −log softmax(outputs)[class]: `(..., outputs)`, `(...)` of int64, and `(...)` → `()`."""
    each = functional.cross_entropy(outputs.flatten(0, -2), classes.flatten(), reduction="none")
    return _mean(each.view(classes.shape), mask)


def _mean(each: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return each.mean()
    # What does not count may be infinite, or no number at all.
    total = each.where(mask != 0, each.new_zeros(())).mul(mask).sum()
    count = mask.sum()
    return total / count.where(count != 0, count.new_ones(()))
