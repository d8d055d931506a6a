"""What a training is told: typed, with defaults for each task, and an error that names whatever cannot be used."""

from __future__ import annotations

from kan_trainer.config.finetune import FinetuneConfig
from kan_trainer.config.networks import ClassifyConfig, Dqn2048Config, RegressConfig
from kan_trainer.config.pretrain import PretrainConfig

#: A training on examples.
TaskConfig = RegressConfig | ClassifyConfig
#: A training of a language model.
LanguageConfig = FinetuneConfig | PretrainConfig
TrainConfig = TaskConfig | Dqn2048Config | LanguageConfig

__all__ = [
    "ClassifyConfig",
    "Dqn2048Config",
    "FinetuneConfig",
    "LanguageConfig",
    "PretrainConfig",
    "RegressConfig",
    "TaskConfig",
    "TrainConfig",
    "task_name",
]


def task_name(config: TrainConfig) -> str:
    """`regress`, `finetune` and so on: what the command line and the files call the task of `config`."""
    return str(config.__struct_config__.tag)
