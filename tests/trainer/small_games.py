"""Boards of 2048, and a training of sixty steps on it, which may crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kan_trainer.command.settings import changed
from kan_trainer.config import Dqn2048Config
from kan_trainer.dqn2048.learner import new_network
from kan_trainer.dqn2048.loop import Dqn2048

from .small_training import CPU, train_in


def boards_of(*grids: list[int]) -> NDArray[np.uint64]:
    """The boards of so many times sixteen exponents."""
    return np.array([sum(tile << 4 * place for place, tile in enumerate(grid)) for grid in grids], np.uint64)


def small_games(*, play: dict[str, Any] | None = None, **training: Any) -> Dqn2048Config:
    """Sixty steps of 16 games, in which the replay is filled more than once."""
    config = changed(
        Dqn2048Config(),
        {
            "play": {"boards": 16, "replay_size": 300, "target_share": 0.1, "evaluation_games": 4, **(play or {})},
            "network": {"hidden": [8]},
            "training": {"steps": 60, "batch_size": 32, "checkpoint_every": 10, **training},
        },
    )
    assert isinstance(config, Dqn2048Config)
    return config


def games_of(config: Dqn2048Config) -> Dqn2048:
    torch.manual_seed(config.training.seed)
    return Dqn2048(new_network(config.network), config, CPU)


def play_games(config: Dqn2048Config, directory: Path, crash_at: int = -1) -> Dqn2048:
    """Trains in `directory`, or goes on there."""
    loop = games_of(config)
    train_in(directory, loop, crash_at)
    return loop
