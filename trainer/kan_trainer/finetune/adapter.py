"""What a training moves, as the files that others read: peft's adapter, or a model of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from kan_trainer.finetune.libraries import library
from kan_trainer.finetune.model import learning_parameters
from kan_trainer.finetune.sharding import gathered, like
from kan_trainer.training.checkpoint import Tensors

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def is_adapted(model: PreTrainedModel) -> bool:
    """Whether adapters learn, and not the weights themselves."""
    return hasattr(model, "peft_config")


def weights_file(model: PreTrainedModel) -> str:
    """How the file of what was learned is called."""
    return "adapter_model.safetensors" if is_adapted(model) else "model.safetensors"


def learned(model: PreTrainedModel, *, keep: bool = True) -> Tensors:
    """Copies of what was learned, on the CPU, by the names that peft or transformers reads; see `gathered`."""
    return gathered(_by_name(model), keep=keep)


@torch.no_grad()
def put_back(model: PreTrainedModel, tensors: Tensors) -> None:
    """Puts what `learned` gave into `model`."""
    own = _by_name(model)
    if own.keys() != tensors.keys():
        raise ValueError("the checkpoint is of other adapters than these")
    for name, tensor in own.items():
        if tensor.shape != tensors[name].shape:
            raise ValueError(f"{name} has the shape {tuple(tensors[name].shape)}, not {tuple(tensor.shape)}")
        tensor.copy_(like(tensors[name], tensor))


def description(model: PreTrainedModel, base: str, tokenizer: PreTrainedTokenizerBase) -> dict[str, bytes]:
    """The files beside the weights that say what they are, with their keys in order: equal runs make equal files.

    An adapter needs its base in any case, which has the tokenizer; a model of its own has it, too.
    """
    if not is_adapted(model):
        return _files_of(model.config, model.generation_config, tokenizer)
    settings = cast(Any, model.peft_config["default"]).to_dict()
    settings = {name: sorted(value) if isinstance(value, set) else value for name, value in settings.items()}
    return {"adapter_config.json": _json({**settings, "base_model_name_or_path": base, "inference_mode": True})}


def _files_of(*parts: Any) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="kan-train-") as folder:
        for part in parts:
            part.save_pretrained(folder)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def _by_name(model: PreTrainedModel) -> dict[str, Tensor]:
    if not is_adapted(model):
        return dict(learning_parameters(model))
    state = library("peft").get_peft_model_state_dict(model, save_embedding_layers=False)
    return {name: state[name] for name in sorted(state)}


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, default=str) + "\n").encode()
