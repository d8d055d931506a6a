"""Where to train."""

from __future__ import annotations

import torch

from kan_shared.errors import UsageError
from kan_trainer.config.section import Device


def pick_device(name: Device, rank: int = 0, processes: int = 1) -> torch.device:
    """The device called `name`; auto is CUDA where there is one, and the CPU otherwise.

    Of `processes` that train together each has one of its own.

    Raises:
        UsageError: CUDA is asked for, and there is none, or there are fewer than processes.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("there is no CUDA device that this PyTorch can use: leave --device to auto, or say cpu.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cpu" or processes == 1:
        return torch.device(name)
    if torch.cuda.device_count() < processes:
        raise UsageError(f"{processes} processes need as many CUDA devices, and there are {torch.cuda.device_count()}: "
                         "say --processes with their number, or --device cpu.")  # fmt: skip
    return torch.device("cuda", rank)
