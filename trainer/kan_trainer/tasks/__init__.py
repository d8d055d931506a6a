"""What can be learned: each task is a module here, whose `Task` is all that the loop knows of it."""

from __future__ import annotations

from kan_shared.errors import UsageError
from kan_trainer.config import RegressConfig, TaskConfig
from kan_trainer.tasks.classify import classification
from kan_trainer.tasks.regress import regression
from kan_trainer.tasks.task import Task


def build_task(config: TaskConfig) -> Task:
    """The task that `config` describes, its data read.

    Raises:
        UsageError: Its data cannot be used.
    """
    if config.data.exclude_columns and config.data.csv is None:
        raise UsageError("--exclude-columns leaves columns of a CSV file out, and none is learned: say --csv FILE.")
    return regression(config) if isinstance(config, RegressConfig) else classification(config)
