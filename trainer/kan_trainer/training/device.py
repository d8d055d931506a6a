"""Where to train."""

from __future__ import annotations

import torch

from kan_shared.errors import UsageError
from kan_trainer.config import Device


def pick_device(name: Device) -> torch.device:
    """The device called `name`; auto is CUDA where there is one, and the CPU otherwise.

    Raises:
        UsageError: CUDA is asked for, and there is none.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("there is no CUDA device that this PyTorch can use: leave --device to auto, or say cpu.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
