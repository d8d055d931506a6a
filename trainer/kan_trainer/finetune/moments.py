"""What AdamW remembers of every weight, by the weight's name: what a resumed run needs beside the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from kan_trainer.finetune.sharding import like
from kan_trainer.training.checkpoint import Tensors

_KINDS: Final = ("step", "exp_avg", "exp_avg_sq")


def moments_of(optimizer: torch.optim.Optimizer, learning: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The moments and the counter of every weight."""
    return {
        f"optimizer.{name}.{kind}": value
        for name, parameter in learning.items()
        for kind, value in optimizer.state[parameter].items()
    }


def put_moments_back(optimizer: torch.optim.Optimizer, learning: Mapping[str, Tensor], state: Tensors) -> None:
    """Puts back what `moments_of` gave.

    Raises:
        ValueError: Some are missing, or are of other weights.
    """
    for name, parameter in learning.items():
        names = {kind: f"optimizer.{name}.{kind}" for kind in _KINDS}
        if any(whole not in state for whole in names.values()):
            raise ValueError(f"the moments of {name} are missing")
        if any(state[names[kind]].shape != parameter.shape for kind in _KINDS[1:]):
            raise ValueError(f"the moments of {name} are of another shape")
        optimizer.state[parameter] = {kind: like(state[whole], parameter) for kind, whole in names.items()}
