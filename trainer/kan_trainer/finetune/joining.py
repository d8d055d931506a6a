"""How the processes that torchrun started find each other, and what is said when one is lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from torch import distributed

from kan_shared.errors import UsageError
from kan_trainer.config.finetune import Sharding
from kan_trainer.config.section import Device
from kan_trainer.finetune.ranks import Ranks, Sharded, Together
from kan_trainer.training.device import pick_device
from kan_trainer.training.processes import ProcessLost

#: Until the last of them has loaded its model.
_BEGINNING: Final = timedelta(minutes=30)


@contextmanager
def losses_named(ranks: Ranks) -> Iterator[None]:
    """Inside the block an error of the group is said as what it means.

    Raises:
        ProcessLost: Another process has ended before this one.
    """
    try:
        yield
    except RuntimeError as error:
        of_group = isinstance(error, distributed.DistError) or "gloo" in str(error)
        if ranks.count == 1 or not of_group:
            raise
        raise ProcessLost(
            f"one of the {ranks.count} processes that train together has ended or cannot be reached: torchrun and"
            " training.log tell which and why; go on with --resume."
        ) from error


@contextmanager
def joined(device: Device, sharding: Sharding = "ddp") -> Iterator[Ranks]:
    """Inside the block this process is one of those that torchrun started, or alone.

    Args:
        device: Where to compute; on CUDA each process of a machine has a device of its own.
        sharding: Whether each holds the whole model; one that is alone does.

    Raises:
        UsageError: There are no such devices, or the other processes do not come.
    """
    environment = os.environ
    if int(environment.get("WORLD_SIZE", "1")) == 1:
        yield Ranks(pick_device(device))
        return
    place = pick_device(device, int(environment.get("LOCAL_RANK", "0")), int(environment.get("LOCAL_WORLD_SIZE", "1")))
    if sys.platform == "linux" and environment.get("MASTER_ADDR") in ("localhost", "127.0.0.1"):
        environment.setdefault("GLOO_SOCKET_IFNAME", "lo")  # whatever this machine's network is like
    try:
        backend = "cpu:gloo,cuda:nccl" if place.type == "cuda" else "gloo"
        distributed.init_process_group(backend, timeout=_BEGINNING)
    except (RuntimeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(f"the processes that torchrun started do not find each other ({reason}).") from error
    try:
        yield Sharded(place) if sharding == "fsdp" else Together(place)
    finally:
        distributed.destroy_process_group()
