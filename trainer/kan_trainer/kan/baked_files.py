"""Baked networks on the disk: safetensors, whose metadata says of what network the tables are.

{"kan_monitor_baked": {"format_version": 1, "dtype": "int8", "layers": [{…}, …], "error": {…}}}
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec
import safetensors.torch
import torch
from msgspec import Struct
from safetensors import SafetensorError
from torch import Tensor

from kan_shared.errors import UsageError
from kan_shared.reading import open_regular
from kan_shared.store import replace_file
from kan_shared.text import safe_line
from kan_trainer.kan.baked import BakedError, BakedKAN, BakedLayer
from kan_trainer.kan.config import KANConfig
from kan_trainer.kan.quantisation import ELEMENTS, Dtype, table_size

FORMAT_VERSION: Final = 1
KEY: Final = "kan_monitor_baked"
_MAX_REASON: Final = 200


class _Version(Struct, frozen=True):
    format_version: int


class Description(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a baked network is, but its numbers."""

    format_version: int
    dtype: Dtype
    layers: tuple[KANConfig, ...]
    error: BakedError | None = None


def save(network: BakedKAN, path: str | os.PathLike[str]) -> None:
    """See `BakedKAN.save`."""
    configs = tuple(layer.config for layer in network.baked_layers)
    described = Description(format_version=FORMAT_VERSION, dtype=network.dtype, layers=configs, error=network.error)
    tensors = {name: tensor.cpu().contiguous() for name, tensor in network.state_dict().items()}
    content = safetensors.torch.save(tensors, {KEY: msgspec.json.encode(described).decode()})
    try:
        replace_file(Path(path), content, durable=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): choose another place.") from error


def load(path: str | os.PathLike[str]) -> BakedKAN:
    """See `BakedKAN.load`."""
    try:
        with open_regular(Path(path)) as file:
            content = file.readall()
        tensors = safetensors.torch.load(content)
        return _built(_description(content, path), tensors)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}): name what `save` wrote.") from error
    except (SafetensorError, msgspec.MsgspecError, RecursionError, ValueError) as error:
        why = safe_line(str(error), _MAX_REASON)
        raise UsageError(f"{path} is damaged, or no baked network ({why}): take another copy, or bake anew.") from error


def _description(content: bytes, path: str | os.PathLike[str]) -> Description:
    length = int.from_bytes(content[:8], "little")
    header = msgspec.json.decode(content[8 : 8 + length], type=dict[str, msgspec.Raw])
    metadata = msgspec.json.decode(header.get("__metadata__", b"{}"), type=dict[str, str])
    if KEY not in metadata:
        raise ValueError("it does not say what was baked")
    version = msgspec.json.decode(metadata[KEY], type=_Version).format_version
    if version > FORMAT_VERSION:
        raise UsageError(f"{path} was written by a later version: pip install -U kan-monitor reads it.")
    try:
        return msgspec.json.decode(metadata[KEY], type=Description)
    except UsageError as error:
        raise ValueError(str(error).removesuffix(".")) from error


def _built(description: Description, tensors: dict[str, Tensor]) -> BakedKAN:
    """The network; the kernel reads its tables by what its description says, so they must be of that size."""
    layers, left = [], dict(tensors)
    for number, config in enumerate(description.layers):
        inputs, outputs = _units(config, description.layers[number + 1 :])
        shape = inputs, config.grid_size + config.spline_order + 1, outputs
        element = ELEMENTS[description.dtype]
        table = _taken(left, f"layers.{number}.table", element, (table_size(shape, element),))
        scaled = description.dtype != "bfloat16"
        scales = _taken(left, f"layers.{number}.scales", torch.float32, shape[:2]) if scaled else None
        name = f"layers.{number}.bias"
        bias = _taken(left, name, torch.float32, (outputs,)) if name in left else None
        layers.append(BakedLayer(config, table, scales, bias))
    if not layers or left:
        raise ValueError("its tensors are not those of its layers")
    return BakedKAN(layers, description.dtype, description.error)


def _units(config: KANConfig, following: tuple[KANConfig, ...]) -> tuple[int, int]:
    if len(config.layers) != 2 or (following and following[0].layers[0] != config.layers[1]):
        raise ValueError("its layers do not fit each other")
    return config.layers[0], config.layers[1]


def _taken(tensors: dict[str, Tensor], name: str, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    tensor = tensors.pop(name, None)
    if tensor is None or tensor.dtype != dtype or tensor.shape != shape:
        raise ValueError(f"{name} is missing, or not {dtype} of shape {shape}")
    return tensor.clone()  # of its own memory, which begins where that of every tensor does
