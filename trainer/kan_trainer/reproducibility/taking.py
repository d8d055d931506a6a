"""The lock of a training as it stands here and now."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from kan_trainer.reproducibility.hashes import code_sha256, settings_sha256
from kan_trainer.reproducibility.lock import MAX_TEXT, Checksum, Deterministic, Lock, Tracked
from kan_trainer.reproducibility.machine import environment, hardware
from kan_trainer.reproducibility.repository import git_commit
from kan_trainer.reproducibility.versions import versions_of


class Inputs(Struct, frozen=True, kw_only=True):
    """SHA-256 of the model that a training begins from and of the data it learns from; `None` where there is none."""

    model: str | None = None
    dataset: str | None = None


def lock_of(directory: Path, config: Mapping[str, Any], inputs: Inputs, device: str, *, begun: bool = True) -> Lock:
    """The lock of a training in `directory`.

    Args:
        directory: Its experiment directory.
        config: Its settings, nested as in config.yaml.
        inputs: What it begins with.
        device: Where it trains.
        begun: Whether PyTorch has been set up for it.
    """
    import torch

    training = config["training"]
    cudnn: int | None = torch.backends.cudnn.version() if torch.version.cuda else None  # type: ignore[no-untyped-call]
    commit, dirty = git_commit()
    return Lock(
        seed=training["seed"],
        deterministic=_switches() if begun else None,
        python_version=platform.python_version(),
        torch_version=str(torch.__version__),
        cuda_version=torch.version.cuda,
        cudnn_version=None if cudnn is None else str(cudnn),
        dependencies=versions_of(config["task"]),
        hardware=hardware(device, training["threads"]),
        environment=environment(),
        checksum=Checksum(code=_code(), model=inputs.model, dataset=inputs.dataset),
        experiment=Tracked(
            id=directory.absolute().name.encode(errors="replace").decode()[:MAX_TEXT],
            timestamp=utc_now(),
            git_commit=commit,
            git_dirty=dirty,
            config_hash=settings_sha256(config),
        ),
    )


def utc_now() -> str:
    """The time in UTC: `2025-01-24T12:00:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _switches() -> Deterministic:
    import torch

    return Deterministic(
        deterministic_algorithms=torch.are_deterministic_algorithms_enabled(),
        cudnn_benchmark=torch.backends.cudnn.benchmark,
        cudnn_deterministic=torch.backends.cudnn.deterministic,
        float32_matmul_precision=torch.get_float32_matmul_precision(),
    )


def _code() -> str | None:
    """Of the trainer's own code; from an archive it cannot be read."""
    try:
        return code_sha256()
    except OSError:
        return None
