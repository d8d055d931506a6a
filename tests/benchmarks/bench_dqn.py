"""2048 by Double DQN, `kan-train dqn2048` as it is by default: how fast it plays while it learns, and if it learns.

Moves: 1024 boards side by side, legal moves at random, new tiles and new games among them; the best of some rounds, in
processor time. Episodes: whole games that ended, over the whole run with its training, its recording, its checkpoints
and its evaluation, by the wall clock, which whatever else the machine does makes slower, and by processor time. Scores:
means of whole games without exploring; p by the one-sided Mann-Whitney test.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import numpy as np
from harness import Row, Target

from kan_trainer import Run

BOARDS: Final = 1024
ROUNDS: Final = 5
MOVES: Final = 300


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    try:
        import torch
    except ImportError:
        return [Row(name="2048", note="not installed: torch")]
    torch.set_num_threads(1)
    moves = Row(name="moves on 1024 boards", measured=_moves(), unit="M/s", target=_at_least(1))
    return [moves, *_training(place)]


def _moves() -> float:
    """Millions of moves a second."""
    from kan_trainer.dqn2048.games import Games
    from kan_trainer.dqn2048.policy import any_moves

    random = np.random.default_rng(0)
    games, rounds = Games(BOARDS, random), []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(MOVES):
            games.play(any_moves(games.moves.legal, random))
        rounds.append(time.process_time() - began)
    return BOARDS * MOVES / min(rounds) / 1e6


def _training(place: Path) -> list[Row]:
    import torch

    from kan_trainer.config import Dqn2048Config
    from kan_trainer.dqn2048.learner import new_network
    from kan_trainer.dqn2048.loop import Dqn2048
    from kan_trainer.training.checkpoint import Checkpoints

    config = Dqn2048Config()
    torch.manual_seed(config.training.seed)
    loop, checkpoints = Dqn2048(new_network(config.network), config, torch.device("cpu")), Checkpoints(place / "dqn/c")
    wall, processor = time.perf_counter(), time.process_time()
    with Run(place / "dqn", total_steps=loop.total_steps) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    episodes = loop.episodes.count
    how = f"{episodes} episodes, {loop.total_steps} steps, {wall:.0f} s, {processor:.0f} s of processor time"
    return [
        Row(name="episodes with training", measured=episodes / wall, unit="/s", target=_at_least(100), note=how),
        Row(name="  by processor time", measured=episodes / processor, unit="/s", note="stretch: 200"),
        *(_score(loop.values, against) for against in ("random", "untrained")),
    ]


def _score(values: dict[str, float], against: str) -> Row:
    """The final score, and how much higher it is than that of playing `against`."""
    score, other = values["evaluation/score"], values[f"evaluation/{against}_score"]
    p = values[f"evaluation/{against}_p"]
    return Row(
        name=f"score against {against}",
        measured=score,
        ratio=score / other,
        target=Target(bound=2, of="ratio", at_least=True),
        note=f"± {values['evaluation/score_error']:.0f} against {other:.0f}, p = {p:.2g}",
    )


def _at_least(bound: float) -> Target:
    return Target(bound=bound, at_least=True)
