"""A whole training step in one call: forward, loss, backward, clipping and AdamW.

By the compiled kernel it is one call of C and allocates nothing; otherwise it is PyTorch's, with the same results up to
rounding.
"""

from __future__ import annotations

import ctypes
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan import losses
from kan_trainer.kan.functional import Backend
from kan_trainer.kan.kernels.native.library import Library, Memory, Outcome, Rule
from kan_trainer.kan.network import KAN

Loss = Literal["mse", "huber", "cross_entropy"]
_LOSSES = {"mse": 0, "huber": 1, "cross_entropy": 2}


class Stepped(NamedTuple):
    """What a step found.

    Attributes:
        loss: Before the step.
        gradient_norm: Over all weights, before it was clipped.
    """

    loss: float
    gradient_norm: float
