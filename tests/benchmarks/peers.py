"""The ways to record a step's values that `bench_log` compares: each opens in a directory, logs, closes.

All of them log in this process; what W&B does in a process of its own is not counted against it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

#: Floats, or tensors of one element.
Values = Mapping[str, Any]


class Logger(NamedTuple):
    """Records the values of a step; `close` ends it."""

    log: Callable[[int, Values], None]
    close: Callable[[], object]


class Peer(NamedTuple):
    """One way; `open` raises ImportError where its package is not installed."""

    name: str
    open: Callable[[Path], Logger]
    #: Steps of a block at full speed: some tenths of a second.
    steps: int


def _package(name: str) -> Any:
    """A package that need not be there, imported when it is needed; most of them have no types."""
    return import_module(name)


def _nothing(directory: Path) -> Logger:
    def log(step: int, values: Values) -> None: ...

    return Logger(log, lambda: None)


def _run(directory: Path) -> Logger:
    from kan_trainer import Run

    run = Run(directory)
    return Logger(run.log, run.finish)


def _json_lines(directory: Path) -> Logger:
    file = open(directory.with_suffix(".jsonl"), "w", encoding="utf-8")  # noqa: SIM115  # `close` closes it

    def log(step: int, values: Values) -> None:
        file.write(json.dumps({"step": step, **values}) + "\n")
        file.flush()

    return Logger(log, file.close)


def _tensorboard(directory: Path) -> Logger:
    return _summaries(_package("torch.utils.tensorboard").SummaryWriter(str(directory)))


def _tensorboardx(directory: Path) -> Logger:
    return _summaries(_package("tensorboardX").SummaryWriter(str(directory)))


def _summaries(writer: Any) -> Logger:
    def log(step: int, values: Values) -> None:
        for name, value in values.items():
            writer.add_scalar(name, value, step)

    return Logger(log, writer.close)


def _wandb(directory: Path) -> Logger:
    wandb = _package("wandb")
    directory.mkdir()
    settings = wandb.Settings(console="off", silent=True)
    run = wandb.init(project="bench", mode="offline", dir=str(directory), settings=settings)
    return Logger(lambda step, values: run.log(dict(values), step=step), run.finish)


def _trackio(directory: Path) -> Logger:
    os.environ |= {"TRACKIO_DIR": str(directory.parent / "trackio"), "HF_HUB_OFFLINE": "1"}
    trackio = _package("trackio")
    with contextlib.redirect_stdout(io.StringIO()):
        trackio.init(project="bench", name=directory.name, embed=False)

    def close() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            trackio.finish()

    return Logger(lambda step, values: trackio.log(dict(values), step=step), close)


NOTHING: Final = Peer("no-op", _nothing, 50_000)
RUN: Final = Peer("Run.log", _run, 50_000)
TENSORBOARD: Final = Peer("torch.utils.tensorboard", _tensorboard, 2_000)
OTHERS: Final = (
    TENSORBOARD,
    Peer("tensorboardX", _tensorboardx, 2_000),
    Peer("wandb, offline", _wandb, 2_000),
    Peer("trackio", _trackio, 5_000),
    Peer("a line of JSON, flushed", _json_lines, 20_000),
)
