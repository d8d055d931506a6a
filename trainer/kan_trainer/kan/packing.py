"""A network as the bytes of a file: safetensors, whose metadata says of what network the tensors are.

    {"kan_monitor": {"version": 1, "sha256": "…", "description": {"network": {…}, "splines": [{…}, …]}}}

`network` is what it was built with, and `splines` what each layer has by now: grids differ after an update. The
checksum is of the version, of the description as it is written, and of all tensors: what was changed is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import msgspec
import safetensors.torch
import torch
from msgspec import Struct
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.kan.config import KANConfig, SplineConfig
from kan_trainer.kan.network import KAN

FORMAT_VERSION: Final = 1
#: In the file's metadata, beside what others may write there.
KEY: Final = "kan_monitor"
#: What the format calls the types that a network may be of, and their bytes.
DTYPES: Final = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}

Tensors = Mapping[str, Tensor]


class Description(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a network is, but its weights: what it was built with, and each layer's splines."""

    network: KANConfig
    splines: tuple[SplineConfig, ...]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The tensors that such a network may have, by their names."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number, (units, spline) in enumerate(zip(pairwise(self.network.layers), self.splines, strict=True)):
            shapes[f"layers.{number}.weight"] = (units[0], spline.rows, units[1])
            shapes[f"layers.{number}.bias"] = units[1:]
        return shapes

    def misfit(self, given: Mapping[str, tuple[int, ...]]) -> str | None:
        """What is wrong with tensors of these shapes, in a few words; biases may be missing."""
        if len(self.splines) != len(self.network.layers) - 1:
            return f"it has splines for {len(self.splines)} layers of {len(self.network.layers) - 1}"
        shapes = self.shapes()
        for name, shape in given.items():
            if name not in shapes:
                return f"it has no {name[:40]!r}"
            if shapes[name] != shape:
                return f"{name} has the shape {shape} and should have {shapes[name]}"
        missing = [name for name in shapes if name.endswith("weight") and name not in given]
        return f"{missing[0]} is missing" if missing else None


class Envelope(Struct, frozen=True, kw_only=True):
    """What stands in the metadata; the description is read when the version is known to be one of ours."""

    version: int
    sha256: str = ""
    description: msgspec.Raw = msgspec.Raw()

    def is_of(self, tensors: Tensors) -> bool:
        """Whether the checksum is that of `tensors` and of what is said of them."""
        return self.sha256 == _checksum(self.version, self.description, tensors)


def describe(network: KAN) -> Description:
    """What `network` is; its splines as they are now.

    Raises:
        UsageError: It has other parts than layers of KANs.
    """
    splines = tuple(layer.config.spline for layer in network.kan_layers)
    description = Description(network=network.config, splines=splines)
    given = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    if misfit := description.misfit(given):
        raise UsageError(f"only a KAN of plain KANLayers can be saved: {misfit}.")
    return description


def build(description: Description, tensors: Tensors) -> KAN:
    """The network, its weights being `tensors` themselves; no random number is drawn for it."""
    with torch.device("meta"):
        network = KAN.from_config(description.network)
    for number, (layer, spline) in enumerate(zip(network.kan_layers, description.splines, strict=True)):
        layer.config = KANConfig(layers=layer.config.layers, **msgspec.structs.asdict(spline))
        bias = tensors.get(f"layers.{number}.bias")
        layer.weight = nn.Parameter(tensors[f"layers.{number}.weight"])
        layer.bias = None if bias is None else nn.Parameter(bias)
    return network


def pack(description: Description, tensors: Tensors) -> bytes:
    """The bytes of a file; the same for the same network."""
    layout = torch.contiguous_format
    tensors = {name: tensor.detach().cpu().clone(memory_format=layout) for name, tensor in tensors.items()}
    written = msgspec.Raw(msgspec.json.encode(description))
    envelope = Envelope(version=FORMAT_VERSION, sha256=_checksum(FORMAT_VERSION, written, tensors), description=written)
    return safetensors.torch.save(tensors, {KEY: msgspec.json.encode(envelope).decode()})


def _checksum(version: int, description: msgspec.Raw, tensors: Tensors) -> str:
    found = hashlib.sha256(b"%d" % version + bytes(description))
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.view(torch.uint8).numpy().data)
    return found.hexdigest()
