"""One training loop for every task: AdamW on mini-batches, watched, validated, saved, and resumed bit by bit.

Nothing in a step waits for a device: loss and gradient norm are handed over as the tensors that they are.
"""

from __future__ import annotations

import logging
import math
from typing import Final

import torch
from torch.distributed import group

from kan_shared.errors import UsageError
from kan_trainer.config.steps import TrainingConfig
from kan_trainer.kan.grid import update_grid
from kan_trainer.kan.network import KAN
from kan_trainer.kan.packing import describe
from kan_trainer.kan.step import TrainStep
from kan_trainer.kan.watch import NetworkWatch
from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run
from kan_trainer.tasks.task import Task
from kan_trainer.training.checkpoint import Best, Checkpoint, Checkpoints, Position, Tensors
from kan_trainer.training.schedule import Batches, rates_of
from kan_trainer.training.steps import train_on
from kan_trainer.training.training_state import checksum, copied, restore, training_state
from kan_trainer.training.validation import show_some, validate

_log = logging.getLogger("kan_trainer")
#: Examples that grids are updated by, and the share of the steps after which they stay: what is learned settles then.
_GRID_ROWS: Final = 1000
_GRID_SHARE: Final = 0.5


class Loop:
    """Trains `network` on `task`.

    Attributes:
        task: What is learned.
        network: What learns it.
        device: Where it learns.
        total_steps: Steps of the whole run.
        step: Steps done.
        values: What the last validation measured.
        best: What the best one did; `None` before the first whose loss is finite.
        unsaved_best: Its weights, until they are written with the next checkpoint.
    """

    checkpoint_with_best = False

    def __init__(self, task: Task, network: KAN, config: TrainingConfig, device: torch.device) -> None:
        self.task = task
        self.network = network
        self._config = config
        self.device = device
        self._training = task.training.to(device)
        self._validation = task.validation.to(device)
        self._data = checksum(task)
        self._learn = TrainStep(network, loss=task.loss_name, weight_decay=config.weight_decay, clip=config.clip)
        self._batches = Batches(len(task.training), config.batch_size, config.seed)
        self._validate_every = config.validate_every or self._batches.per_epoch
        self.total_steps = config.epochs * self._batches.per_epoch
        self._rates = rates_of(config, self.total_steps)
        self._part = slice(None)
        self.step = 0
        self.values: dict[str, float] = {}
        self.best: Best | None = None
        self.unsaved_best: Checkpoint | None = None

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
        """Goes back to where `checkpoint` was written: what follows is bit by bit what followed then.

        Raises:
            UsageError: The examples are other ones now.
        """
        if checkpoint.position.data != self._data:
            raise UsageError(f"{self.task.title}: the data has changed since the run began, so it cannot go on.")
        self.network.load_state_dict(checkpoint.model)
        restore(checkpoint.training, self._learn, self.device)
        self.step, self.best = checkpoint.position.step, checkpoint.position.best

    def share(self, rank: int, processes: int) -> None:
        """Trains from now on as one of `processes`, which are the group of `torch.distributed` if it is not alone."""
        if processes > 1:
            assert group.WORLD is not None
            self._part = slice(rank, None, processes)
            self._learn.share(group.WORLD)
            self.step = self._learn.number

    def take_part(self, run: Run) -> None:
        """Learns along to the last step, for a first process that does all the rest."""
        while self.step < self.total_steps:
            self._train_step(run)

    def train(self, run: Run, checkpoints: Checkpoints) -> None:
        """Trains to the last step, or until a signal comes or a stop is asked for: that ends with a checkpoint, and
        then by its exception.

        Raises:
            Diverged: The validation loss is not finite, and the config says to stop then; or `run` was told to stop on
                what a loss does.
        """
        if self.step == self.total_steps:  # killed after its last checkpoint
            self._validate(run)
        watch = NetworkWatch(self.network, self._validation.inputs, run.show_network)
        self._look = watch.look
        train_on(self, run, checkpoints, checkpoint_every=self._config.checkpoint_every)
        watch.show(self.step)

    def advance(self, run: Run) -> None:
        """Does one step and what is due after it."""
        self._train_step(run)
        self._look(self.step)
        if self.step % self._validate_every == 0 or self.step == self.total_steps:
            self._validate(run)

    def checkpoint(self) -> Checkpoint:
        """All that the steps to come depend on."""
        return self._checkpoint(training_state(self._learn, self.device))

    def _train_step(self, run: Run) -> None:
        step = self.step + 1
        batch = self._batches.rows(step)
        rows = batch[self._part].to(self.device)
        self._learn.learning_rate = rate = self._rates.rate(step)
        found = self._learn(self._training.inputs[rows], self._training.targets[rows])
        self.step = step
        values = {"train/loss": found.loss, "learning_rate": rate, "gradient_norm": found.gradient_norm}
        run.log(step, values, epoch=self._batches.epoch(step), samples=len(batch))
        every = self._config.update_grid_every
        if every and step % every == 0 and step <= _GRID_SHARE * self.total_steps:
            self._update_grids(run)

    def _update_grids(self, run: Run) -> None:
        """The same in every process: all have the same examples."""
        changes = update_grid(self.network, self._training.inputs[:: max(1, len(self._training) // _GRID_ROWS)])
        moved = (
            f"layer {number} now {change.after.grid_range[0]:.3g} … {change.after.grid_range[1]:.3g}"
            for number, change in enumerate(changes, 1)
            if not change.kept
        )
        if detail := "; ".join(moved):
            run.event("grid", step=self.step, detail=detail)

    def _validate(self, run: Run) -> None:
        epoch = self._batches.epoch(self.step)
        self.values, outputs = validate(self.network, self.task, self._validation)
        run.log(self.step, self.values, epoch=epoch)
        show_some(run, self.task, outputs, self.step, (self.step - 1) // self._validate_every)
        loss = self.values["validation/loss"]
        verdict = self.task.verdict(self.values)
        _log.info("epoch %d, step %d: validation loss %.6g, %s", epoch, self.step, loss, verdict)
        if not math.isfinite(loss):
            if self._config.on_divergence == "stop":
                raise Diverged(f"the validation loss is {loss} at step {self.step}")
        elif self.best is None or loss < self.best.values["validation/loss"]:
            self.best = Best(step=self.step, values=self.values)
            # Written with the next checkpoint: a run that dies before finds it again.
            self.unsaved_best = self._checkpoint({})

    def _checkpoint(self, training: Tensors) -> Checkpoint:
        network = self.network
        return Checkpoint(
            position=self._position(), model=copied(network), training=training, description=describe(network)
        )

    def _position(self) -> Position:
        return Position(
            step=self.step,
            epoch=self._batches.epoch(self.step),
            step_in_epoch=(self.step - 1) % self._batches.per_epoch + 1,
            data=self._data,
            best=self.best,
        )
