"""Fine-tunings of several processes that come up in a moment: forks of one that has imported what takes seconds.

What torchrun would tell them, their environment does.
"""

from __future__ import annotations

import os
import random
import runpy
import signal
import socket
import sys
import time
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "kan_trainer.session",
        "torch.distributed.fsdp",
        "torch.utils.tensorboard",
        "transformers.models.qwen2.modeling_qwen2",
        "peft",
        "bitsandbytes",
    ]
)
#: No machine is as slow as a group that hangs.
PATIENCE_SECONDS = 60.0


class Ranks:
    """`count` processes that do `kan-train ARGV` together; what each writes goes to a file in `folder`.

    `last` are further options of the last one.
    """

    def __init__(self, count: int, folder: Path, *argv: str, last: tuple[str, ...] = ()) -> None:
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = free.getsockname()[1]
        number = random.randrange(2**32)
        argvs = [*[argv] * (count - 1), (*argv, *last)]
        self._said = [folder / f"said-{number}-{rank}" for rank in range(count)]
        self.processes: list[BaseProcess] = [
            _FORKS.Process(
                target=runpy.run_path,  # which every process finds, wherever pytest has this file from
                args=(__file__, {"TOLD": (rank, count, port, argvs[rank], self._said[rank])}, "a rank"),
            )
            for rank in range(count)
        ]
        for process in self.processes:
            process.start()

    def signal(self, number: signal.Signals) -> None:
        """To all of them, as torchrun does."""
        for process in self.processes:
            os.kill(process.pid or 0, number)

    def codes(self) -> list[int | None]:
        """How all ended; those that do not end are killed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in self.processes:
            process.join(max(0.0, deadline - time.monotonic()))
        found = [process.exitcode for process in self.processes]
        for process in self.processes:
            process.kill()
            process.join()
        return found

    @property
    def said(self) -> list[str]:
        """What each wrote to a terminal."""
        return [path.read_text() if path.exists() else "" for path in self._said]


def done(count: int, folder: Path, *argv: str) -> Ranks:
    """The same, at their end, which is a good one."""
    ranks = Ranks(count, folder, *argv)
    codes = ranks.codes()
    assert codes == [0] * count, ranks.said
    return ranks


def _rank(rank: int, count: int, port: int, argv: tuple[str, ...], said: Path) -> None:
    told: dict[str, Any] = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
    told |= {"MASTER_ADDR": "localhost", "MASTER_PORT": port, "HF_HUB_OFFLINE": 1, "OMP_NUM_THREADS": 1}
    os.environ.update({name: str(value) for name, value in told.items()})
    with open(said, "w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    from kan_trainer.cli import main

    sys.exit(main(list(argv)))


if __name__ == "a rank":
    _rank(*TOLD)  # type: ignore[name-defined]  # noqa: F821
