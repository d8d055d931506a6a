"""A model that answers for a while, and is given back as it was: its modules' modes, and how its weights lie in memory.

On CPUs with AVX512-bf16, bitsandbytes lays 4-bit weights out anew at their first forward in eval mode, and rounds their
scales to bfloat16 on the way. That is faster, and final: a training would go on with other weights, and whatever takes
them for what they were (a merge, DoRA's norms) computes nonsense. Modules that believe they train are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


@contextmanager
def inference(model: nn.Module, *, frozen_layout: bool = True) -> Iterator[None]:
    """No gradients and no dropout in `model` meanwhile.

    Args:
        model: Any; its modes are as before afterwards.
        frozen_layout: Leave 4-bit weights as they lie; without, bitsandbytes may lay them out for speed.
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    for module, _ in modes:
        if frozen_layout and is_four_bit(module):
            module.training = True
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def is_four_bit(module: nn.Module) -> bool:
    """Whether the module itself, not one inside it, holds 4-bit weights; where they are sharded, only it knows."""
    return getattr(module, "quant_state", None) is not None or hasattr(module._parameters.get("weight"), "quant_state")


def underlying(model: Any) -> Any:
    """The model of transformers in `model`, adapters inside it and all, without peft's wrapper around it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model
