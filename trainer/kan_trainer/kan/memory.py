"""Whether there is room for a network, asked before it is built: who takes too much is killed, and not told why."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch

from kan_shared.errors import UsageError
from kan_trainer.kan.config import KANConfig

#: So much is there; to look would cost more than it is worth.
_UNASKED_BYTES: Final = 2**26


def require_memory(config: KANConfig) -> None:
    """Does nothing where this machine has room for the weights of such a network, or where they go to another device.

    Raises:
        UsageError: It has not; says how much they take, and how much there is.
    """
    needed = config.parameters * torch.get_default_dtype().itemsize
    if needed > _UNASKED_BYTES and torch.get_default_device().type == "cpu" and needed > (free := available_bytes()):
        raise UsageError(f"a network of {config.parameters} parameters takes {_gibibytes(needed)} of memory, and "
                         f"{_gibibytes(free)} are free: make it smaller, or make room.")  # fmt: skip


def available_bytes() -> int:
    """What can be taken without swapping, of the machine and of what its control groups leave to this process."""
    import psutil

    from kan_trainer.telemetry.control_group import ControlGroups

    free: int = psutil.virtual_memory().available
    group = ControlGroups(Path("/")).memory()
    return free if group is None else max(0, min(free, group[1] - group[0]))


def _gibibytes(number: int) -> str:
    return f"{number / 2**30:.2f} GiB"
