"""The training on 2048: in each step every game goes on by a move, and the network learns from a batch of old ones."""

from __future__ import annotations

import copy
import logging
import math
import time
from functools import partial
from typing import Final

import numpy as np
import torch

from kan_trainer.config import Dqn2048Config
from kan_trainer.dqn2048.episodes import WINDOW, Episodes
from kan_trainer.dqn2048.evaluation import Comparison
from kan_trainer.dqn2048.game import GOALS, Game
from kan_trainer.dqn2048.games import Games
from kan_trainer.dqn2048.learner import Learner
from kan_trainer.dqn2048.policy import epsilon, some_at_random
from kan_trainer.dqn2048.replay import Replay, Transitions
from kan_trainer.dqn2048.show import show_first
from kan_trainer.dqn2048.snapshot import restore, snapshot
from kan_trainer.kan.network import KAN
from kan_trainer.kan.step import Stepped
from kan_trainer.kan.watch import NetworkWatch
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Best, Checkpoint, Checkpoints, Position
from kan_trainer.training.schedule import rates_of
from kan_trainer.training.steps import train_on
from kan_trainer.training.training_state import copied

_log = logging.getLogger("kan_trainer")
#: Steps from one look at how the games go to the next, and from one board that is shown to the next.
REPORT_EVERY: Final = 50
SHOW_EVERY: Final = 250


class Dqn2048:
    """Trains `network` to play.

    Attributes:
        task: What is learned, in words.
        network: What learns it.
        device: Where it learns.
        total_steps: Steps of the whole run.
        step: Steps done.
        values: What the evaluation in the end measured.
        best: When the mean score of the last games was highest.
        unsaved_best: The weights of then, until they are written.
        episodes: The games that ended.
    """

    checkpoint_with_best = False

    def __init__(self, network: KAN, config: Dqn2048Config, device: torch.device) -> None:
        play, training = config.play, config.training
        self.task = Game(title=f"2048 on {play.boards} boards", games=play.evaluation_games, goals=GOALS)
        self.network = network
        self.device = device
        self.total_steps = training.steps
        self.step = 0
        self.values: dict[str, float] = {}
        self.best: Best | None = None
        self.unsaved_best: Checkpoint | None = None
        self.episodes = Episodes()
        self._config = config
        self._comparison = Comparison(copy.deepcopy(network), play.evaluation_games, training.seed)
        self._learner = Learner(network, config, device)
        self._random = np.random.default_rng(training.seed)
        self._games = Games(play.boards, self._random)
        self._replay = Replay(play.replay_size)
        self._rates = rates_of(training, training.steps)
        self._state = partial(snapshot, self._learner, self._games, self._replay, self.episodes, self._random)
        self._reported: tuple[float, int] | None = None

    @property
    def model_name(self) -> str:
        """What learns, in a few words."""
        return f"KAN {list(self.network.config.layers)}"

    @property
    def parameters(self) -> int:
        """How many weights it has."""
        return self.network.config.parameters

    def planned_rate(self, step: int) -> float:
        """The learning rate of `step`, counted from 1."""
        return self._rates.rate(step)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Goes back to where `checkpoint` was written: what follows is bit by bit what followed then."""
        self.network.load_state_dict(checkpoint.model)
        restore(checkpoint.training, self._learner, self._games, self._replay, self.episodes, self._random)
        self.step, self.best = checkpoint.position.step, checkpoint.position.best

    def train(self, run: Run, checkpoints: Checkpoints) -> None:
        """Trains to the last step, and evaluates then; or until a signal comes or a stop is asked for: that ends with a
        checkpoint, and then by its exception.

        Raises:
            Diverged: `run` was told to stop on what a loss does.
        """
        if not self.step:
            # The first metric is what the run is judged by: a loss says little here, since better games have more to
            # be wrong about.
            run.log(0, {"score": self._comparison.chance})
        watch = NetworkWatch(self.network, lambda: self._learner.inputs(self._games.boards), run.show_network)
        self._look = watch.look
        train_on(self, run, checkpoints, checkpoint_every=self._config.training.checkpoint_every)
        watch.show(self.step)
        self.values = self._comparison.of(self.network)
        run.log(self.step, self.values)
        _log.info("step %d: %s", self.step, self.task.verdict(self.values))

    def advance(self, run: Run) -> None:
        """A move of every game, and a step of the network."""
        self.step += 1
        boards, legal = self._games.boards, self._games.moves.legal
        values = self._learner.values(boards)
        at_random = epsilon(self.step, self.total_steps, self._config.play)
        chosen = some_at_random(values, legal, at_random, self._random)
        played = self._games.play(chosen)
        made = Transitions(boards, chosen.astype(np.uint8), played.gains, played.boards)
        self._replay.add(made)
        self.episodes.add(played.scores, played.largest)
        found = self._learn(run)
        self._look(self.step)
        if self.step % REPORT_EVERY == 0:
            worth = np.where(legal, values, -np.inf).max(1).mean()
            self._report(run, {"q_value": float(worth), "epsilon": at_random})
            self._keep_best(found)
        if self.step % SHOW_EVERY == 0:
            show_first(run, self._learner, made, self.step)

    def _learn(self, run: Run) -> Stepped:
        rate = self._learner.step.learning_rate = self._rates.rate(self.step)
        found = self._learner.learn(self._replay.sample(self._config.training.batch_size, self._random))
        self._learner.catch_up(self._config.play.target_share)
        values = {"td/loss": found.loss, "learning_rate": rate, "gradient_norm": found.gradient_norm}
        run.log(self.step, values, samples=self._config.play.boards)
        return found

    def _report(self, run: Run, values: dict[str, float]) -> None:
        """How the games go. The first report of a process cannot tell how fast."""
        now, (then, before) = time.monotonic(), self._reported or (0.0, 0)
        values = {**self._figures(), **values, "episodes": float(self.episodes.count)}
        if self._reported:
            values["episodes_per_second"] = (self.episodes.count - before) / (now - then)
        self._reported = now, self.episodes.count
        run.log(self.step, values)

    def _figures(self) -> dict[str, float]:
        """Of enough games: the first ones that end are the short ones."""
        return self.episodes.figures() if self.episodes.count >= WINDOW else {}

    def _keep_best(self, found: Stepped) -> None:
        """Keeps the weights where the games have never gone better, unless they are no numbers any more."""
        figures, best = self._figures(), self.best
        sound = math.isfinite(found.gradient_norm)
        if sound and figures and (best is None or figures["score"] > best.values["score"]):
            self.best = Best(step=self.step, values=figures)
            self.unsaved_best = Checkpoint(position=self._position(), model=copied(self.network), training={})

    def checkpoint(self) -> Checkpoint:
        """All that the steps to come depend on."""
        return Checkpoint(position=self._position(), model=copied(self.network), training=self._state())

    def _position(self) -> Position:
        """There are no epochs, and no data that could be others."""
        return Position(step=self.step, epoch=1, step_in_epoch=self.step, data=0, best=self.best)
