"""An adapter from a file on a base model: the model as it was trained, or a sentence that says why it cannot be."""

from __future__ import annotations

import warnings
from typing import Any

import safetensors
import torch

from kan_shared.errors import UsageError
from kan_trainer.finetune.libraries import library, quietly
from kan_trainer.finetune.model import dtype_of, load_base
from kan_trainer.finetune.trained import Trained


def load_trained(trained: Trained, device: torch.device) -> Any:
    """The model as it was trained: its base held by the same method, and the adapter beside it.

    Raises:
        UsageError: The base cannot be loaded, or is not the adapter's.
    """
    held = trained.model
    return attach(load_base(held.model, held.method, dtype_of(held, device), device, held.attention), trained)


def attach(base: Any, trained: Trained) -> Any:
    """peft's model of `base` and the adapter of `trained`.

    Raises:
        UsageError: They do not belong together, or the adapter cannot be read.
    """
    peft = library("peft")
    foreign = f"the adapter in {trained.adapter} does not fit the base {trained.model.model}"
    try:
        with quietly():
            warnings.filterwarnings(
                "ignore", "Found missing adapter keys", UserWarning
            )  # `_require_whole` refuses them
            model = peft.PeftModel.from_pretrained(base, str(trained.adapter))
    except RuntimeError as error:  # of torch, with a line for each matrix
        shapes = [" ".join(line.split()) for line in str(error).splitlines() if "size mismatch" in line]
        raise UsageError(f"{foreign}: {(shapes or [str(error)])[0][:300]}") from error
    except (ValueError, TypeError, KeyError, OSError, safetensors.SafetensorError) as error:
        raise UsageError(f"{foreign}: {' '.join(str(error).split())[:300]}") from error
    _require_whole(model, trained, foreign)
    return model


def _require_whole(model: Any, trained: Trained, foreign: str) -> None:
    """Every matrix of the file has its place, and every place its matrix: peft only warns, or says nothing."""
    with safetensors.safe_open(trained.weights, framework="pt") as file:
        stored = set(file.keys())
    wanted = set(library("peft").get_peft_model_state_dict(model, save_embedding_layers=False))
    if stray := sorted(stored ^ wanted):
        where = "has no place in the base" if stray[0] in stored else "is missing in the file"
        raise UsageError(f"{foreign}: {stray[0]} {where}, and so for {len(stray)} of its {len(stored)} matrices.")
