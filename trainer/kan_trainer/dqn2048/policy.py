"""Which moves are made while learning: at first any, later the one that is held to be worth most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kan_trainer.config.networks import PlayConfig
from kan_trainer.dqn2048.learner import Values, best_moves


def epsilon(step: int, total_steps: int, play: PlayConfig) -> float:
    """How many moves of `step`, counted from 1, are any: a straight line from all of them to a rest that stays."""
    done = (step - 1) / max(1.0, play.exploration * total_steps)
    return max(play.final_epsilon, 1 - (1 - play.final_epsilon) * done)


def any_moves(legal: NDArray[np.bool_], random: np.random.Generator) -> NDArray[np.intp]:
    """A legal move of each board, each as likely as any other."""
    chosen: NDArray[np.intp] = np.where(legal, random.random(legal.shape), -1).argmax(1)
    return chosen


def some_at_random(
    values: Values, legal: NDArray[np.bool_], epsilon: float, random: np.random.Generator
) -> NDArray[np.intp]:
    """The legal moves that are worth most, but for a share of `epsilon` any legal ones."""
    at_random = random.random(len(legal)) < epsilon
    chosen = best_moves(values, legal)
    if at_random.any():
        chosen[at_random] = any_moves(legal[at_random], random)
    return chosen
