"""Trainings by a call, in the words of the command line: what `kan_trainer.train` is."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from kan_shared.errors import UsageError
from kan_shared.experiment import Experiment
from kan_trainer.command.plan import plan
from kan_trainer.command.settings import settings_of
from kan_trainer.config import (
    ClassifyConfig,
    Dqn2048Config,
    FinetuneConfig,
    PretrainConfig,
    RegressConfig,
    TrainConfig,
    task_name,
)
from kan_trainer.recording.guard import StopOn, kinds

_DEFAULTS: Final[dict[str, TrainConfig]] = {
    task_name(config): config
    for config in (RegressConfig(), ClassifyConfig(), Dqn2048Config(), FinetuneConfig(), PretrainConfig())
}


class Trained(Struct, frozen=True):
    """A training that came to its end.

    Attributes:
        directory: Its experiment directory.
        exit_code: What the command would have ended with; 0 where it is complete.
        metrics: The last, the first and the best value of each series, as in metrics.json.
    """

    directory: Path
    exit_code: int
    metrics: dict[str, Any]


def train(
    task: str,
    *,
    output: str | Path = "auto",
    config: str | Path | None = None,
    resume: bool = False,
    tags: Sequence[str] | None = None,
    allow_control: bool = False,
    stop_on: StopOn | Sequence[StopOn] = (),
    **settings: Any,
) -> Trained:
    """Trains as `kan-train TASK` does, in this process.

    Args:
        task: regress, classify, dqn2048, finetune or pretrain.
        output: The experiment directory; auto makes one under `experiments/`.
        config: Settings from a YAML file, or the name of a recipe that is shipped.
        resume: Go on with the run in `output`.
        tags: Words to find it by.
        allow_control: Let a monitor pause, resume, save and stop it.
        stop_on: End it when a loss is not finite, or runs away.
        **settings: The command's options, with `_` for `-`: they go over those of the file.

    Raises:
        KanError: It could not begin.
    """
    if task not in _DEFAULTS:
        raise UsageError(f"there is no task {task}: there are {', '.join(_DEFAULTS)}.")
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise UsageError("kan_trainer.train is for one process: several are for kan-train under torchrun.")
    default = _DEFAULTS[task]
    told = argparse.Namespace(
        default=default,
        settings=_nested(default, settings),
        output=str(output),
        config=None if config is None else str(config),
        resume=resume,
        tag=tags,
        allow_control=allow_control,
        stop_on=kinds(stop_on),
    )
    from kan_trainer.session import train as train_plan

    begun: list[Path] = []
    code = train_plan(plan(told), on_begin=begun.append, out=None)
    directory = begun[0]
    return Trained(directory, code, _metrics(directory))


def _nested(default: TrainConfig, given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    sections = {setting.name: setting.section for setting in settings_of(default)}
    nested: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        if name not in sections:
            raise UsageError(f"kan-train {task_name(default)} has no setting {name}.")
        nested.setdefault(sections[name], {})[name] = value
    return nested


def _metrics(directory: Path) -> dict[str, Any]:
    content = Experiment(directory).metrics.read_bytes()
    metrics: dict[str, Any] = msgspec.json.decode(content)["metrics"]
    return metrics
