"""Small problems to the last digits: all data at once, by the curvature of the past steps."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from kan_trainer.checks import require
from kan_trainer.kan import losses
from kan_trainer.kan.network import KAN

Loss = Callable[[Tensor, Tensor], Tensor]


def fit_lbfgs(
    network: KAN, inputs: Tensor, targets: Tensor, *, loss: Loss = losses.mse, steps: int = 25, history: int = 100
) -> list[float]:
    """Trains `network` on all of the data at once, by LBFGS with a line search for the strong Wolfe conditions.

    For hundreds of weights and thousands of samples; beyond that, Adam on batches gets further in the same time. In
    float64 it goes on where float32 has run out of digits. It ends early where a step gains nothing, and leaves the
    weights of the least loss.

    Args:
        network: What learns: those of its weights that require gradients.
        inputs: `(samples, layers[0])`, of the network's type.
        targets: What `loss` compares its outputs to.
        loss: Of outputs and targets, `()`; what is added to it, such as `sparsity`, belongs in there.
        steps: How many at most, of up to 20 iterations each.
        history: Past iterations that the curvature is taken from.

    Returns:
        The loss at the beginning and after each step.

    Raises:
        UsageError: `steps` or `history` is less than 1, or the loss is not finite at the beginning.

    Source: J. Nocedal and S. Wright, Numerical Optimization, chapters 3 and 7.
    """
    require(steps >= 1, "steps", "at least 1", steps)
    require(history >= 1, "history", "at least 1", history)
    found = [_loss_of(network, inputs, targets, loss)]
    require(math.isfinite(found[0]), "the loss", "finite at the beginning", found[0])
    parameters = list(network.parameters())
    optimizer = torch.optim.LBFGS(
        parameters, history_size=history, tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe"
    )
    best = [parameter.detach().clone() for parameter in parameters]

    def evaluate() -> Tensor:
        optimizer.zero_grad()
        # PyTorch takes no curvature below 1e-10 for one: small losses are scaled to be none.
        value = loss(network(inputs), targets) / (found[0] or 1)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    for _ in range(steps):
        optimizer.step(evaluate)  # type: ignore[no-untyped-call]
        found.append(_loss_of(network, inputs, targets, loss))
        if not found[-1] < min(found[:-1]):
            break
        best = [parameter.detach().clone() for parameter in parameters]
    with torch.no_grad():
        for parameter, value in zip(parameters, best, strict=True):
            parameter.copy_(value)
    return found


def _loss_of(network: KAN, inputs: Tensor, targets: Tensor, loss: Loss) -> float:
    with torch.no_grad():
        return float(loss(network(inputs), targets))
