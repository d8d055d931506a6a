"""Networks on the disk: `save` and `load`. Nothing that is read is ever run: there is no pickle anywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from io import FileIO
from math import prod
from pathlib import Path
from typing import Final

import msgspec
import safetensors.torch
from msgspec import Struct
from safetensors import SafetensorError

from kan_shared.errors import UsageError
from kan_shared.reading import open_regular
from kan_shared.store import replace_file
from kan_shared.text import safe_line
from kan_trainer.kan.config import KANConfig
from kan_trainer.kan.network import KAN
from kan_trainer.kan.packing import DTYPES, FORMAT_VERSION, KEY, Description, Envelope, build, describe, pack

#: What a folder's network is called, a checkpoint's for one.
MODEL: Final = "model.safetensors"
#: Before the tensors stands the length of their description, and it.
_LENGTH_BYTES: Final = 8
_MAX_HEADER_BYTES: Final = 2**26
#: Letters of what is wrong, which may be the file's own.
_MAX_REASON: Final = 200
#: How they begin; as a length, it would be more than the largest.
_PICKLES: Final = (b"\x80", b"PK")


class _Entry(Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


class _Damaged(ValueError):
    """What is wrong with the bytes of a file, in a few words."""


def save(network: KAN, path: str | os.PathLike[str]) -> None:
    """Writes `network` as `path`: all of it or nothing, and what was there stays until it is written.

    Raises:
        UsageError: It cannot be written, or the network has parts that are no layers of KANs.
    """
    content = pack(describe(network), network.state_dict())
    try:
        replace_file(Path(path), content, durable=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): choose another place.") from error


def load(path: str | os.PathLike[str], *, config: KANConfig | None = None) -> KAN:
    """The network in the file `path`, or in the folder of that name that has a `model.safetensors`, as checkpoints do.

    It is on the CPU, of the type it was saved with, and equal to the last bit.

    Args:
        path: What `save` wrote, or `kan-train` as a checkpoint.
        config: What the network was built with, for a file that does not say: one of an older checkpoint.

    Raises:
        UsageError: It cannot be read, is damaged, was written by a later version, or is something else.
    """
    path = Path(path)
    path = path / MODEL if path.is_dir() else path
    try:
        with open_regular(path) as file:
            return _read(file, path, config)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}): name what `save` wrote, or a folder "
                         f"with a {MODEL}, as a run's checkpoints/best is.") from error  # fmt: skip
    except (_Damaged, SafetensorError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        why = safe_line(str(error), _MAX_REASON)
        raise UsageError(f"{path} is damaged, or no network at all ({why}): take another copy of it.") from error


def _read(file: FileIO, path: Path, config: KANConfig | None) -> KAN:
    length = file.read(_LENGTH_BYTES)
    header_bytes = int.from_bytes(length, "little")
    if not 0 < header_bytes <= _MAX_HEADER_BYTES:
        if length.startswith(_PICKLES):
            raise UsageError(f"{path} is a pickle, and those are not read, since they may run anything: load it with "
                             "what wrote it, and save its network by kan_trainer.kan.save.")  # fmt: skip
        raise _Damaged("it does not begin as safetensors do")
    header = msgspec.json.decode(file.read(header_bytes), type=dict[str, msgspec.Raw])
    metadata = msgspec.json.decode(header.pop("__metadata__", b"{}"), type=dict[str, str])
    entries = {name: msgspec.json.decode(entry, type=_Entry) for name, entry in header.items()}
    envelope = _envelope(metadata, path)
    description = _description(envelope, config, path)
    _require_fit(description, entries, os.fstat(file.fileno()).st_size - header_bytes - _LENGTH_BYTES)
    file.seek(0)
    tensors = {name: tensor.clone() for name, tensor in safetensors.torch.load(file.readall()).items()}
    if envelope is not None and not envelope.is_of(tensors):
        raise _Damaged("its checksum is another one")
    return build(description, tensors)


def _envelope(metadata: Mapping[str, str], path: Path) -> Envelope | None:
    if KEY not in metadata:
        return None
    envelope = msgspec.json.decode(metadata[KEY], type=Envelope)
    if envelope.version > FORMAT_VERSION:
        raise UsageError(f"{path} was written by a later version: pip install -U kan-monitor reads it.")
    if envelope.version < 1:
        raise _Damaged(f"there is no version {envelope.version}")
    return envelope


def _description(envelope: Envelope | None, config: KANConfig | None, path: Path) -> Description:
    if envelope is not None and config is not None:
        raise UsageError(f"{path} says itself of which network it is: leave config out.")
    if envelope is not None:
        try:
            return msgspec.json.decode(envelope.description, type=Description)
        except UsageError as error:
            raise _Damaged(str(error).removesuffix(".")) from error
    if config is None:
        raise UsageError(
            f"{path} does not say of which network it is: pass config=KANConfig(…), what it was built with."
        )
    return Description(network=config, splines=(config.spline,) * (len(config.layers) - 1))


def _require_fit(description: Description, entries: Mapping[str, _Entry], data_bytes: int) -> None:
    """Whether these are the network's tensors, and all of them there, before they are read.

    Raises:
        _Damaged: They are not.
    """
    if misfit := description.misfit({name: entry.shape for name, entry in entries.items()}):
        raise _Damaged(misfit)
    if strange := {entry.dtype for entry in entries.values()} - set(DTYPES):
        raise _Damaged(f"no network is made of {strange.pop()}")
    expected = sum(prod(entry.shape) * DTYPES[entry.dtype] for entry in entries.values())
    if data_bytes != expected:
        raise _Damaged(f"it has {data_bytes} bytes of weights, and should have {expected}")
