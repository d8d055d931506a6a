"""All that the steps to come depend on, beside the network and the settings, as tensors: what a checkpoint holds.

PyTorch's random numbers are not among it: only new weights are drawn from them.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kan_trainer.dqn2048.episodes import Episodes
from kan_trainer.dqn2048.games import Games
from kan_trainer.dqn2048.learner import Learner
from kan_trainer.dqn2048.replay import Replay
from kan_trainer.training.checkpoint import Tensors
from kan_trainer.training.training_state import copied


def snapshot(
    learner: Learner, games: Games, replay: Replay, episodes: Episodes, random: np.random.Generator
) -> Tensors:
    """Them as they are now."""
    arrays = {
        "games.boards": games.boards,
        "games.scores": games.scores,
        "replay.added": np.array(replay.added),
        **{f"replay.{name}": rows[: len(replay)] for name, rows in replay.content._asdict().items()},
        "episodes.count": np.array(episodes.count),
        "episodes.scores": episodes.scores,
        "episodes.largest": episodes.largest,
        "random": np.array(list(json.dumps(random.bit_generator.state).encode()), np.uint8),
    }
    trained = learner.step.state_dict()
    return {
        **{name: _tensor(array) for name, array in arrays.items()},
        **{f"target.{name}": tensor for name, tensor in copied(learner.target).items()},
        "step.mean": trained["mean"].cpu().clone(),
        "step.square": trained["square"].cpu().clone(),
        "step.number": torch.tensor(trained["number"]),
    }


def restore(
    state: Tensors, learner: Learner, games: Games, replay: Replay, episodes: Episodes, random: np.random.Generator
) -> None:
    """Puts back what `snapshot` gave."""
    arrays = {name: tensor.numpy() for name, tensor in state.items() if not name.startswith(("target.", "step."))}
    random.bit_generator.state = json.loads(arrays["random"].tobytes())
    games.stand(arrays["games.boards"].view(np.uint64))
    games.scores[:] = arrays["games.scores"]
    replay.added = int(arrays["replay.added"])
    for name, memory in replay.content._asdict().items():
        memory[: len(replay)] = arrays[f"replay.{name}"].view(memory.dtype)
    episodes.count = int(arrays["episodes.count"])
    episodes.scores, episodes.largest = arrays["episodes.scores"], arrays["episodes.largest"]
    learner.target.load_state_dict(_part(state, "target."))
    learner.step.load_state_dict(_part(state, "step."))


def _tensor(array: NDArray[Any]) -> Tensor:
    """A copy; PyTorch can do little with unsigned numbers of 64 bits, so they go as signed ones."""
    return torch.from_numpy(array.view(np.int64) if array.dtype == np.uint64 else array).clone()


def _part(state: Tensors, prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}
