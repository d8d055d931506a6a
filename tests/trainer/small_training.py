"""A training of four short epochs, which may crash, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader
from kan_trainer.building import build_network
from kan_trainer.command.settings import changed
from kan_trainer.config import RegressConfig, TrainConfig
from kan_trainer.dqn2048.loop import Dqn2048
from kan_trainer.finetune.loop import FineTuning
from kan_trainer.run import Run
from kan_trainer.tasks import build_task
from kan_trainer.training.checkpoint import Checkpoints
from kan_trainer.training.loop import Loop

CPU = torch.device("cpu")

torch.set_num_threads(1)


class Crash(BaseException):
    """Nothing in a training catches this: it ends as suddenly as by kill -9."""


class CrashingRun(Run):
    """A run whose process dies while step `at` is recorded."""

    at = 0

    def log(self, step: int, values: Mapping[str, Any], **more: Any) -> None:
        super().log(step, values, **more)
        if self.at and step == self.at:
            raise Crash


def small(**training: Any) -> TrainConfig:
    """Four epochs of 13 steps, the last of each shorter than the others."""
    settings = {"epochs": 4, "batch_size": 80, "checkpoint_every": 10, **training}
    return changed(RegressConfig(), {"data": {"function": "product"}, "training": settings})


def loop_of(config: TrainConfig) -> Loop:
    task = build_task(config)
    torch.manual_seed(config.training.seed)
    return Loop(task, build_network(config, task), config.training, CPU)


def train(config: TrainConfig, directory: Path, crash_at: int = 0) -> Loop:
    """Trains in `directory`, or goes on there."""
    loop = loop_of(config)
    train_in(directory, loop, crash_at)
    return loop


def train_in(directory: Path, loop: Loop | Dqn2048 | FineTuning, crash_at: int) -> None:
    """Trains `loop`, from the latest checkpoint in `directory` if there is one, until it crashes after `crash_at`."""
    checkpoints = Checkpoints(directory / "checkpoints")
    latest = checkpoints.latest()
    if latest is not None:
        loop.resume(latest)
    CrashingRun.at = crash_at
    with CrashingRun(directory, total_steps=loop.total_steps, resume=True) as run:
        checkpoints.prepare(loop.step)
        loop.train(run, checkpoints)


def final_weights(loop: Loop) -> list[Tensor]:
    return [parameter.detach() for parameter in loop.network.parameters()]


def events_of(directory: Path, kind: str) -> list[tuple[int | None, str]]:
    events = JournalReader(Experiment(directory).events, Event)
    events.poll()
    return [(event.step, event.detail) for event in events.entries if event.kind == kind]
