"""What two locks differ in, in plain sentences, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from kan_trainer.reproducibility.lock import Lock

#: `inputs`: another training; `bits`: the same one, whose sums may be rounded otherwise; `nothing`: worth knowing.
Consequence = Literal["inputs", "bits", "nothing"]

_INPUTS: Final = {
    "seed": "seed",
    "checksum.model": "the model's files",
    "checksum.dataset": "the data",
    "experiment.config_hash": "config.yaml",
}
_HARMLESS: Final = {
    "experiment.git_commit": "git commit",
    "experiment.git_dirty": "changes that are not committed",
    "hardware.platform": "operating system",
}
_BITS: Final = {
    "python_version": "Python",
    "torch_version": "PyTorch",
    "cuda_version": "CUDA",
    "cudnn_version": "cuDNN",
    "hardware.cpu": "processor",
    "hardware.cpu_flags": "processor's instructions",
    "hardware.cpu_capability": "instructions that PyTorch uses",
    "hardware.threads": "CPU threads",
    "hardware.device": "device",
    "hardware.gpu": "GPU",
    "hardware.driver": "GPU driver",
    "checksum.code": "the code of kan-train",
}
#: Sections all of whose entries decide, and what their entries are called.
_ALL_BITS: Final = {"dependencies": "", "environment": "environment variable ", "deterministic": ""}


class Difference(Struct, frozen=True):
    """`text` says it in words; `consequence` what it can do."""

    text: str
    consequence: Consequence


def differences(there: Lock, here: Lock) -> list[Difference]:
    """What `here` differs from `there` in, the gravest first. What is known of one side only is left out where the
    other could not know it yet: the switches of a training that has not begun, and what came out."""
    left, right = _flat(there), _flat(here)
    if there.deterministic is None or here.deterministic is None:
        left, right = (
            {key: value for key, value in side.items() if not key.startswith("deterministic")} for side in (left, right)
        )
    found = [
        difference
        for key in sorted(left.keys() | right.keys())
        if left.get(key) != right.get(key)
        for difference in _of(key, left.get(key), right.get(key))
    ]
    order: list[Consequence] = ["inputs", "bits", "nothing"]
    return sorted(found, key=lambda difference: order.index(difference.consequence))


def _of(key: str, there: Any, here: Any) -> Iterator[Difference]:
    section, _, name = key.partition(".")
    if key in _INPUTS:
        yield Difference(f"{_INPUTS[key]} {_versus(there, here)}", "inputs")
    elif key in _HARMLESS:
        yield Difference(f"{_HARMLESS[key]} {_versus(there, here)}", "nothing")
    elif key in _BITS:
        yield Difference(f"{_BITS[key]} {_versus(there, here)}", "bits")
    elif section in _ALL_BITS:
        yield Difference(f"{_ALL_BITS[section]}{name} {_versus(there, here)}", "bits")


def _versus(there: Any, here: Any) -> str:
    """`2.13.0 there, 2.12.0 here`; of lists what the one has beyond the other; of checksums that they differ."""
    if any(isinstance(value, str) and value.startswith("sha256:") for value in (there, here)):
        return "changed" if there and here else f"unknown {'here' if there else 'there'}"
    if isinstance(there, list | tuple) and isinstance(here, list | tuple):
        only = [(sorted(set(there) - set(here)), "there"), (sorted(set(here) - set(there)), "here")]
        return ", ".join(f"{' '.join(names)} only {where}" for names, where in only if names)
    return f"{_said(there)} there, {_said(here)} here"


def _said(value: Any) -> str:
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _flat(lock: Lock) -> dict[str, Any]:
    """The values of `lock` by their paths in the file."""
    flat: dict[str, Any] = {}
    for key, value in msgspec.to_builtins(lock).items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": entry for name, entry in value.items()}
        else:
            flat[key] = value
    return flat
