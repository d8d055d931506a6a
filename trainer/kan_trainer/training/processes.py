"""Several processes of this machine that train one network: each takes its part of every batch.

The first one records, validates, saves and listens; the others only learn. They know each other by a file in a folder
of their own, and end with the first one, however it ends: then nobody is left to bring gradients together with.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import torch
from torch import distributed
from torch.distributed.rendezvous import rendezvous

from kan_shared.errors import EXIT_RUN_FAILED, KanError

#: A pause may be long.
_PATIENCE: Final = timedelta(days=365)
_BEGINNING: Final = timedelta(minutes=5)
_ENDING_SECONDS: Final = 10
_ENDED: Final = "ended"


class ProcessLost(KanError):
    """One of the processes that train together has ended before the others."""

    exit_code = EXIT_RUN_FAILED


class Processes:
    """Inside the block this process is the first of `count` that are a group of `torch.distributed`.

    Args:
        count: How many they are.
        work: What each of the others does, given its rank; where it goes wrong the first one hears of it by an error.
        device: Where they compute: on CUDA each on a device of its own.

    Raises:
        ProcessLost: One of them ended before the first did.
    """

    def __init__(self, count: int, work: Callable[[int], None], device: torch.device) -> None:
        self._count = count
        self._work = work
        self._backend = "nccl" if device.type == "cuda" else "gloo"
        self._others: list[BaseProcess] = []

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="kan-train-")
        folder = Path(self._folder.name)
        for rank in range(1, self._count):
            arguments = rank, self._count, self._backend, folder, self._work
            other = get_context("spawn").Process(target=_other, args=arguments, daemon=True)
            other.start()
            self._others.append(other)
        _join(0, self._count, self._backend, folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, RuntimeError):  # of the group perhaps, whose other processes may just be ending
            ended = wait([other.sentinel for other in self._others], _ENDING_SECONDS)
            for other in self._others:
                other.join(_ENDING_SECONDS if other.sentinel in ended else 0)
        lost = [rank for rank, other in enumerate(self._others, 1) if other.exitcode]
        Path(self._folder.name, _ENDED).touch()
        distributed.destroy_process_group()
        for other in self._others:
            other.join(_ENDING_SECONDS)
            other.kill()
        self._folder.cleanup()
        if lost and isinstance(error, RuntimeError):
            raise ProcessLost(
                f"process {lost[0]} of the {self._count} that train together has ended with code"
                f" {self._others[lost[0] - 1].exitcode}: look for its reason above, and go on with --resume."
            ) from error


def leave_signals_to_the_first() -> None:
    """Whoever ends the others before the first process has written its checkpoint would end that, too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _join(rank: int, count: int, backend: str, folder: Path) -> None:
    if sys.platform == "linux":
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # all are on this machine, whatever its network is like
    store, *_ = next(rendezvous((folder / "store").as_uri(), rank, count, timeout=_BEGINNING))
    distributed.init_process_group(backend, store=store, rank=rank, world_size=count, timeout=_PATIENCE)


def _other(rank: int, count: int, backend: str, folder: Path, work: Callable[[int], None]) -> None:
    leave_signals_to_the_first()
    _join(rank, count, backend, folder)
    try:
        work(rank)
    except RuntimeError:
        if _first_has_ended(folder):
            return
        raise
    distributed.destroy_process_group()


def _first_has_ended(folder: Path) -> bool:
    first = parent_process()
    return first is None or not first.is_alive() or (folder / _ENDED).exists()
