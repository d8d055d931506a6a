"""An adapter merged into its base: one model of plain weights, that any library loads.

An adapter that was trained over 4-bit weights has learned to mend what 4 bits lost. Merged into the base as it was, it
mends what is not broken; merged by peft into 4 bits, it is rounded away. The base to merge it into is what the 4-bit
weights stand for: dequantised.
"""

from __future__ import annotations

import warnings
from typing import Any, Final, Literal

import torch

from kan_shared.errors import UsageError
from kan_trainer.finetune.attaching import attach
from kan_trainer.finetune.libraries import library, quietly
from kan_trainer.finetune.model import dtype_of, load_base
from kan_trainer.finetune.trained import Trained

BaseKind = Literal["dequantised", "plain"]
DTYPES: Final = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}


def default_base(trained: Trained) -> BaseKind:
    """The base that the adapter was trained over."""
    return "dequantised" if trained.model.method == "qlora" else "plain"


def merge(trained: Trained, base: BaseKind, *, dtype: torch.dtype, device: torch.device) -> Any:
    """The adapter of `trained` merged into its base, as a model of transformers with weights in `dtype`.

    One layer at a time is held in float32, in which it is summed; rounded once. The base is held once.

    Raises:
        UsageError: The base cannot be loaded, is not the adapter's, or was not held in 4 bits.
    """
    model = attach(_base(trained, base, dtype, device), trained)
    for layer in _layers(model):
        _merge_layer(layer, dtype, trained)
    with quietly():
        warnings.filterwarnings("ignore", "All adapters are already merged", UserWarning)  # one by one, above
        merged = model.merge_and_unload()
    for parameter in merged.parameters():  # not `to`, which would round the angles of the positions, too
        parameter.data = parameter.data.to(dtype)
    merged.config.dtype = dtype
    return merged.eval()


def base_dtype(model: str) -> torch.dtype:
    """What the weights of the base are stored in, by its config; float32 where that does not say.

    Raises:
        UsageError: There is no such model.
    """
    try:
        config = library("transformers").AutoConfig.from_pretrained(model, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"the base {model} cannot be found: name its folder with --model FOLDER.") from error
    return config.dtype or torch.float32


def _base(trained: Trained, base: BaseKind, dtype: torch.dtype, device: torch.device) -> Any:
    held = trained.model
    if base == "plain":
        return load_base(held.model, "lora", dtype, device)
    if held.method != "qlora":
        raise UsageError(f"{trained.adapter} was trained with {held.method}, over no 4-bit weights: use --base plain.")
    # Fresh from loading, its weights lie as bitsandbytes dequantises them: see `inference`.
    return load_base(held.model, "qlora", dtype_of(held, device), device).dequantize()


def _layers(model: Any) -> list[Any]:
    layer_class = library("peft.tuners.lora").LoraLayer
    return [module for module in model.modules() if isinstance(module, layer_class)]


def _merge_layer(layer: Any, dtype: torch.dtype, trained: Trained) -> None:
    weight = layer.get_base_layer().weight
    weight.data = weight.data.float()
    try:
        layer.merge(safe_merge=True)
    except ValueError as error:
        raise UsageError(f"the adapter in {trained.adapter} holds values that are not finite.") from error
    weight = layer.get_base_layer().weight
    weight.data = weight.data.to(dtype)
