"""How well a network plays, against one that has learned nothing and against chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kan_trainer.dqn2048.board import Boards
from kan_trainer.dqn2048.games import Games
from kan_trainer.dqn2048.learner import best_moves, values_of
from kan_trainer.dqn2048.policy import any_moves
from kan_trainer.kan.network import KAN

#: Boards, and which moves are legal on them → a move each.
Policy = Callable[[Boards, NDArray[np.bool_]], NDArray[np.intp]]
#: Parts the random numbers of these games from those of the games that were learned from.
_EVALUATION: Final = 2048


class Result(NamedTuple):
    """Whole games by one policy.

    Attributes:
        scores: `(count,)`.
        largest: The largest tile of all.
    """

    scores: NDArray[np.int64]
    largest: int


def evaluate(network: KAN, untrained: KAN, games: int, seed: int) -> dict[str, float]:
    """Plays `games` games each, without exploring, by what `network` has learned, by what it began with, and by chance;
    all three from the same boards.

    Returns:
        Mean scores, the standard error of the first, the largest tile, and how likely chance alone would have made
        the scores that much higher (one-sided Mann-Whitney), by series name.
    """
    chance = np.random.default_rng((_EVALUATION, seed, 1))
    learned, start, random = (
        play(policy, games, seed)
        for policy in (greedy(network), greedy(untrained), lambda _, legal: any_moves(legal, chance))
    )
    return {
        "evaluation/score": float(learned.scores.mean()),
        "evaluation/score_error": float(learned.scores.std(ddof=1) / math.sqrt(games)),
        "evaluation/max_tile": float(learned.largest),
        "evaluation/untrained_score": float(start.scores.mean()),
        "evaluation/untrained_p": p_of_higher(learned.scores, start.scores),
        "evaluation/random_score": float(random.scores.mean()),
        "evaluation/random_p": p_of_higher(learned.scores, random.scores),
    }


def greedy(network: KAN) -> Policy:
    """Always the legal move that `network` holds to be worth most."""
    return lambda boards, legal: best_moves(values_of(boards, network)[0], legal)


def play(policy: Policy, count: int, seed: int) -> Result:
    """`count` games to their ends, side by side: the first that ends in each place counts, so long games count too."""
    games = Games(count, np.random.default_rng((_EVALUATION, seed)))
    scores, largest, going = np.zeros(count, np.int64), 0, np.ones(count, np.bool_)
    while going.any():
        played = games.play(policy(games.boards, games.moves.legal))
        ended = going[played.over]
        scores[played.over[ended]] = played.scores[ended]
        largest = max(largest, *played.largest[ended].tolist(), 0)
        going[played.over] = False
    return Result(scores, 2**largest)


def p_of_higher(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """How likely two samples of one distribution would let `first` look that much higher than `second`, or more.

    The one-sided Mann-Whitney test by its normal approximation, with ties and the correction for continuity.
    Source: H. B. Mann, D. R. Whitney, On a Test of Whether one of Two Random Variables is Stochastically Larger than
    the Other, 1947.
    """
    everything = np.concatenate((first, second))
    _, place, ties = np.unique(everything, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    count, n, m = len(everything), len(first), len(second)
    higher = ranks[:n].sum() - n * (n + 1) / 2
    variance = n * m / 12 * (count + 1 - (ties**3 - ties).sum() / (count * (count - 1)))
    if not variance:
        return 1.0
    return math.erfc((higher - n * m / 2 - 0.5) / math.sqrt(2 * variance)) / 2
