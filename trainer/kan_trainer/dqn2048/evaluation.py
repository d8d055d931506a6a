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


class Comparison:
    """Whole games without exploring, against those by chance and by the `untrained` network, all from the same boards.

    Args:
        untrained: What learning began with.
        games: How many each plays.
        seed: Of the boards.

    Attributes:
        chance: The mean score of moves that are any legal ones.
    """

    def __init__(self, untrained: KAN, games: int, seed: int) -> None:
        chance = np.random.default_rng((_EVALUATION, seed, 1))
        self._games, self._seed = games, seed
        self._others = {
            "untrained": self._scores(greedy(untrained)).scores,
            "random": self._scores(lambda _, legal: any_moves(legal, chance)).scores,
        }
        self.chance = float(self._others["random"].mean())

    def of(self, network: KAN) -> dict[str, float]:
        """The mean score of `network`, its standard error and the largest tile; the mean scores of the others, and how
        likely scores would be that much higher without reason (one-sided Mann-Whitney); by series name."""
        scores, largest = self._scores(greedy(network))
        found = {
            "score": float(scores.mean()),
            "score_error": float(scores.std(ddof=1) / math.sqrt(self._games)),
            "max_tile": float(largest),
        }
        for name, others in self._others.items():
            found |= {f"{name}_score": float(others.mean()), f"{name}_p": p_of_higher(scores, others)}
        return {f"evaluation/{name}": value for name, value in found.items()}

    def _scores(self, policy: Policy) -> Result:
        return play(policy, self._games, self._seed)


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
