"""NEFTune: uniform noise on the embeddings while a model learns.

As in other trainers the length is that of the sequence, padding and packed rows included.

Source: N. Jain et al., NEFTune: Noisy Embeddings Improve Instruction Finetuning, arXiv:2310.05914, algorithm 1.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn


def add_noise(embedding: nn.Module, alpha: float) -> None:
    """Puts `embedding`'s outputs in training, `(rows, length, units)`, off by up to alpha / √(length · units)."""

    def noisy(module: nn.Module, _: tuple[Any, ...], embedded: Tensor) -> Tensor:
        if not module.training:
            return embedded
        bound = alpha / math.sqrt(embedded.shape[1] * embedded.shape[2])
        return embedded + torch.empty_like(embedded).uniform_(-bound, bound)

    embedding.register_forward_hook(noisy)
