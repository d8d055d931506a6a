"""The versions of what computes: asked of the installation, so that nothing is imported for it."""

from __future__ import annotations

from importlib import metadata
from typing import Final

from kan_shared import __version__

_ALL: Final = ("torch", "numpy", "safetensors", "triton")
#: What computes in some trainings only; what they learn from may come with it.
_OF_TASK: Final = {
    "classify": ("scikit-learn",),
    "finetune": ("transformers", "peft", "bitsandbytes", "tokenizers", "datasets"),
}


def versions_of(task: str) -> dict[str, str]:
    """The versions of the packages that decide what a training of `task` computes, where they are installed."""
    found = {"kan-monitor": __version__}
    for package in (*_ALL, *_OF_TASK.get(task, ())):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
