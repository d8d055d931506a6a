"""Double DQN: what a move is worth, learned from moves that were made.

Source: H. van Hasselt, A. Guez, D. Silver, Deep Reinforcement Learning with Double Q-learning, arXiv:1509.06461.
"""

from __future__ import annotations

import copy
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kan_trainer.config import Dqn2048Config
from kan_trainer.config.networks import NetworkConfig
from kan_trainer.dqn2048.board import MOVES, Boards, all_moves
from kan_trainer.dqn2048.features import FEATURES, features
from kan_trainer.dqn2048.replay import Transitions
from kan_trainer.kan.network import KAN
from kan_trainer.kan.step import Stepped, TrainStep

#: `(count, 4)`: what each move is worth.
Values = NDArray[np.float32]
#: A move that makes a tile of 2048 is worth 1, and none more.
_DOUBLINGS_WORTH_ONE: Final = 11


def rewards(gains: NDArray[np.int32]) -> NDArray[np.float32]:
    """Scores of single moves as rewards from 0 to 1: in doublings, so that one large tile does not outweigh all."""
    return np.minimum(np.log2(1 + gains.astype(np.float32)) / _DOUBLINGS_WORTH_ONE, 1)


def best_moves(values: Values, legal: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The legal move that is worth most; the first of `MOVES` where none is legal."""
    chosen: NDArray[np.intp] = np.where(legal, values, -np.inf).argmax(1)
    return chosen


def bellman_targets(
    reward: NDArray[np.float32], discount: float, online: Values, target: Values, legal: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """What the moves were worth, by what came of them: reward + discount · Q_target(s', argmax Q_online(s')).

    Args:
        reward: Of the moves, `(count,)`.
        discount: What a reward is worth a move later.
        online, target: What the network, and the target network, give for the boards that followed.
        legal: The moves of those boards; where there are none the game was over, and nothing follows the reward.
    """
    chosen = target[np.arange(len(target)), best_moves(online, legal)]
    return np.where(legal.any(1), reward + discount * chosen, reward).astype(np.float32)


def new_network(config: NetworkConfig) -> KAN:
    """A network from the features of a board to the values of its moves, drawn from torch's random numbers.

    Raises:
        UsageError: It would be too large.
    """
    return KAN.from_config(config.between(FEATURES, len(MOVES)))


class Learner:
    """Learns what each move is worth.

    Attributes:
        network: What learns; boards' features in, four values out.
        target: It, some steps behind: targets that move with every step of their own would run away.
        step: What trains it.
    """

    def __init__(self, network: KAN, config: Dqn2048Config, device: torch.device) -> None:
        training = config.training
        self.network = network
        self.target = copy.deepcopy(network)
        self.step = TrainStep(
            network,
            loss="huber",
            learning_rate=training.learning_rate,
            weight_decay=training.weight_decay,
            clip=training.clip,
        )
        self._discount = config.play.discount
        self._device = device

    def values(self, boards: Boards) -> Values:
        """What each move of `boards` is worth, legal or not."""
        return values_of(boards, self.network)[0]

    def inputs(self, boards: Boards) -> Tensor:
        """What the network is given of `boards`, on its device."""
        return torch.from_numpy(features(boards, self.network.config.grid_range)).to(self._device)

    def targets(self, batch: Transitions) -> NDArray[np.float32]:
        """What the moves of `batch` were worth, by what came of them."""
        legal = all_moves(batch.following).legal
        online, target = values_of(batch.following, self.network, self.target)
        return bellman_targets(rewards(batch.gains), self._discount, online, target, legal)

    def learn(self, batch: Transitions) -> Stepped:
        """One step towards the targets of `batch`; of each board the move that was made counts."""
        rows = np.arange(len(batch.boards))
        targets, mask = np.zeros((2, len(rows), len(MOVES)), np.float32)
        targets[rows, batch.moves] = self.targets(batch)
        mask[rows, batch.moves] = 1
        given = (torch.from_numpy(array).to(self._device) for array in (targets, mask))
        return self.step(self.inputs(batch.boards), *given)

    @torch.no_grad()
    def catch_up(self, share: float) -> None:
        """Takes the target network by `share` of the way to where the network is now."""
        for behind, ahead in zip(self.target.parameters(), self.network.parameters(), strict=True):
            behind.lerp_(ahead, share)


@torch.no_grad()
def values_of(boards: Boards, *networks: KAN) -> list[Values]:
    """What each of `networks`, which are alike, holds each move of `boards` to be worth."""
    inputs = torch.from_numpy(features(boards, networks[0].config.grid_range))
    inputs = inputs.to(next(networks[0].parameters()).device)
    return [network(inputs).cpu().numpy() for network in networks]
