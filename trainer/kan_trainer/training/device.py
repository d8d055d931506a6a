"""Where to train."""

from __future__ import annotations

import os

import torch

from kan_shared.errors import UsageError
from kan_trainer.config.section import Device


def make_deterministic(device: torch.device) -> None:
    """Has CUDA add up in an order that is the same each time, which the CPU does anyway; what cannot do so warns.

    Before the first computation on `device`.
    """
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else its GEMMs may differ from run to run
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False


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
