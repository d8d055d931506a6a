"""Named functions to learn, of variables from -1 to 1."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of `inputs` variables: `evaluate` takes `(points, inputs)` and gives `(points,)`."""

    inputs: int
    formula: str
    evaluate: Callable[[Tensor], Tensor]


#: `exponential` is the example that the paper on KANs opens with (arXiv:2404.19756, section 2.3); `runge` is what
#: polynomials of high degree fail on.
FUNCTIONS: Final = {
    "sinusoid": Function(inputs=1, formula="sin(2πx)", evaluate=lambda x: torch.sin(2 * math.pi * x[:, 0])),
    "runge": Function(inputs=1, formula="1 / (1 + 25x²)", evaluate=lambda x: 1 / (1 + 25 * x[:, 0] ** 2)),
    "product": Function(inputs=2, formula="x₁x₂", evaluate=lambda x: x[:, 0] * x[:, 1]),
    "exponential": Function(
        inputs=2,
        formula="exp(sin(πx₁) + x₂²)",
        evaluate=lambda x: torch.exp(torch.sin(math.pi * x[:, 0]) + x[:, 1] ** 2),
    ),
}


def random_points(function: Function, count: int, seed: int) -> Tensor:
    """`count` points spread evenly at random over the domain of `function`: `(count, inputs)`, float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, function.inputs, generator=generator, dtype=torch.float64) * 2 - 1
