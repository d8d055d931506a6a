"""One training loop for every task: AdamW on mini-batches, watched, validated, saved, and resumed bit by bit.

Nothing in a step waits for a device: loss and gradient norm are handed over as the tensors that they are.
"""

from __future__ import annotations

import logging
import math
from functools import partial

import torch
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.config import TrainingConfig
from kan_trainer.kan.network import KAN
from kan_trainer.kan.watch import NetworkWatch
from kan_trainer.recording.capture import Value
from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run
from kan_trainer.tasks.task import Task
from kan_trainer.training.checkpoint import Best, Checkpoint, Checkpoints, Position
from kan_trainer.training.interrupt import Interrupt
from kan_trainer.training.schedule import Batches, Cosine
from kan_trainer.training.training_state import checksum, copied, restore, training_state
from kan_trainer.training.validation import show_some, validate

_log = logging.getLogger("kan_trainer")


class Loop:
    """Trains `network` on `task`.

    Attributes:
        task: What is learned.
        network: What learns it.
        total_steps: Steps of the whole run.
        step: Steps done.
        values: What the last validation measured.
        best: What the best one did; `None` before the first whose loss is finite.
    """

    def __init__(self, task: Task, network: KAN, config: TrainingConfig, device: torch.device) -> None:
        self.task = task
        self.network = network
        self._config = config
        self._device = device
        self._training = task.training.to(device)
        self._validation = task.validation.to(device)
        self._data = checksum(task)
        self._parameters = list(network.parameters())
        self._optimizer = torch.optim.AdamW(
            self._parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self._batches = Batches(len(task.training), config.batch_size, config.seed)
        self._validate_every = config.validate_every or self._batches.per_epoch
        self.total_steps = config.epochs * self._batches.per_epoch
        self._rates = Cosine(
            peak=config.learning_rate,
            total_steps=self.total_steps,
            warmup_steps=round(config.warmup * self.total_steps),
            final=config.final_rate,
        )
        self.step = 0
        self.values: dict[str, float] = {}
        self.best: Best | None = None
        self._unsaved_best: Checkpoint | None = None

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
        restore(checkpoint.training, self._optimizer, self._device)
        self.step, self.best = checkpoint.position.step, checkpoint.position.best

    def train(self, run: Run, checkpoints: Checkpoints) -> None:
        """Trains to the last step, or until a signal comes or a stop is asked for: that ends with a checkpoint, and
        then by its exception.

        Raises:
            Diverged: The validation loss is not finite, and the config says to stop then; or `run` was told to stop on
                what a loss does.
        """
        if self.step == self.total_steps:  # killed after its last checkpoint
            self._validate(run)
        try:
            self._train_on(run, checkpoints)
        except Diverged:
            self._save_best(checkpoints)  # it is from before
            raise

    def _train_on(self, run: Run, checkpoints: Checkpoints) -> None:
        save = partial(self._write, run, checkpoints)
        watch = NetworkWatch(self.network, self._validation.inputs, run.show_network)
        with Interrupt() as interrupt:
            while self.step < self.total_steps:
                self._train_step(run)
                watch.look(self.step)
                if self._is_due(self._validate_every):
                    self._validate(run)
                run.obey(save=save, until=lambda: interrupt.requested)
                stopping = interrupt.requested is not None  # asked once: what comes later ends the next step
                if self._is_due(self._config.checkpoint_every) or stopping:
                    self._save(run, checkpoints)
                if stopping and self.step < self.total_steps:
                    interrupt.deliver()
        watch.show(self.step)

    def _is_due(self, every: int) -> bool:
        return self.step % every == 0 or self.step == self.total_steps

    def _train_step(self, run: Run) -> None:
        step = self.step + 1
        rows = self._batches.rows(step).to(self._device)
        loss = self.task.loss(self.network(self._training.inputs[rows]), self._training.targets[rows])
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = self._clip()
        rate = self._rates.rate(step)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self.step = step
        values: dict[str, Value] = {"train/loss": loss.detach(), "learning_rate": rate, "gradient_norm": norm}
        run.log(step, values, epoch=self._batches.epoch(step), samples=len(rows))

    def _clip(self) -> Tensor:
        """Shortens the gradient to the norm that is allowed; its norm before that."""
        norm = nn.utils.get_total_norm([p.grad for p in self._parameters if p.grad is not None])
        if self._config.clip > 0:
            nn.utils.clip_grads_with_norm_(self._parameters, self._config.clip, norm)
        return norm

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
            self._unsaved_best = Checkpoint(position=self._position(), model=copied(self.network), training={})

    def _save(self, run: Run, checkpoints: Checkpoints) -> None:
        """Writes a checkpoint, unless the weights are no good; a disk that has no room shall not end the training."""
        if doubts := run.doubts():
            _log.warning("no checkpoint at step %d: %s", self.step, doubts)
            run.obey()  # which ends the training, where that is what it is told
            return
        try:
            self._write(run, checkpoints)
        except OSError as error:
            _log.error("no checkpoint at step %d: %s", self.step, error)
            run.event("error", step=self.step, detail=f"no checkpoint: {error}")

    def _write(self, run: Run, checkpoints: Checkpoints) -> None:
        self._save_best(checkpoints)
        state = training_state(self._optimizer, self._device)
        path = checkpoints.save(Checkpoint(position=self._position(), model=copied(self.network), training=state))
        run.event("checkpoint", step=self.step, detail=path.name)

    def _save_best(self, checkpoints: Checkpoints) -> None:
        if self._unsaved_best is not None:
            checkpoints.save_best(self._unsaved_best)
            self._unsaved_best = None

    def _position(self) -> Position:
        return Position(
            step=self.step,
            epoch=self._batches.epoch(self.step),
            step_in_epoch=(self.step - 1) % self._batches.per_epoch + 1,
            data=self._data,
            best=self.best,
        )
