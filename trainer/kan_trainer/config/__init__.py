"""What a training is told: typed, with defaults for each task, and an error that names whatever cannot be used."""

from __future__ import annotations

from kan_trainer.config.finetune import FinetuneConfig
from kan_trainer.config.networks import ClassifyConfig, Dqn2048Config, RegressConfig

#: A training on examples.
TaskConfig = RegressConfig | ClassifyConfig
TrainConfig = TaskConfig | Dqn2048Config | FinetuneConfig

__all__ = [
    "ClassifyConfig",
    "Dqn2048Config",
    "FinetuneConfig",
    "RegressConfig",
    "TaskConfig",
    "TrainConfig",
    "task_name",
]


def task_name(config: TrainConfig) -> str:
    """`regress`, `classify`, `dqn2048` or `finetune`: what the command line and the files call the task of `config`."""
    return str(config.__struct_config__.tag)
