"""From step to step, whatever is trained: requests and signals are heeded between two steps, checkpoints written."""

from __future__ import annotations

import logging
from functools import partial
from typing import Protocol

from kan_shared.errors import EXIT_RUN_FAILED, KanError
from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Checkpoint, Checkpoints
from kan_trainer.training.interrupt import Interrupt

_log = logging.getLogger("kan_trainer")


class Unsaved(KanError):
    """The run came to its end, and what it learned could not be written."""

    exit_code = EXIT_RUN_FAILED


class Training(Protocol):
    """What is trained step by step.

    Attributes:
        step: Steps done.
        total_steps: Steps of the whole run.
        unsaved_best: The best weights so far, until they are written with the next checkpoint.
        checkpoint_with_best: Whether they are worth a checkpoint of their own: where steps take long.
    """

    step: int
    total_steps: int
    unsaved_best: Checkpoint | None
    checkpoint_with_best: bool

    def advance(self, run: Run) -> None:
        """Does one step and records it."""

    def checkpoint(self) -> Checkpoint:
        """All that the steps to come depend on."""


def train_on(training: Training, run: Run, checkpoints: Checkpoints, *, checkpoint_every: int) -> None:
    """Trains to the last step, or until a signal comes or a stop is asked for: that ends with a checkpoint, and then by
    its exception.

    Raises:
        Diverged: `run` was told to stop on what a loss does; the best from before is kept.
        Unsaved: The last checkpoint cannot be written; the one before it is whole.
    """
    save = partial(_write, training, run, checkpoints)
    try:
        with Interrupt() as interrupt:
            while training.step < training.total_steps:
                training.advance(run)
                run.obey(save=save, until=lambda: interrupt.requested)
                stopping = interrupt.requested is not None  # asked once: what comes later ends the next step
                last = training.step == training.total_steps
                due = training.step % checkpoint_every == 0 or last
                if due or stopping or (training.checkpoint_with_best and training.unsaved_best):
                    _save(training, run, checkpoints)
                if stopping and not last:
                    interrupt.deliver()
    except Diverged:
        _save_best(training, checkpoints)
        raise


def _save(training: Training, run: Run, checkpoints: Checkpoints) -> None:
    """Writes a checkpoint, unless the weights are no good; a disk that has no room shall not end the training.

    Raises:
        Unsaved: It was the last one.
    """
    if doubts := run.doubts():
        _log.warning("no checkpoint at step %d: %s", training.step, doubts)
        run.obey()  # which ends the training, where that is what it is told
        return
    try:
        _write(training, run, checkpoints)
    except OSError as error:
        _log.error("no checkpoint at step %d: %s", training.step, error)
        run.event("error", step=training.step, detail=f"no checkpoint: {error}")
        if training.step == training.total_steps:
            raise Unsaved(
                f"the checkpoint of the last step, {training.step}, cannot be written ({error.strerror or error}): "
                "make room, and go on with --resume."
            ) from error


def _write(training: Training, run: Run, checkpoints: Checkpoints) -> None:
    run.flush()
    _save_best(training, checkpoints)
    path = checkpoints.save(training.checkpoint())
    run.event("checkpoint", step=training.step, detail=path.name)


def _save_best(training: Training, checkpoints: Checkpoints) -> None:
    if training.unsaved_best is not None:
        checkpoints.save_best(training.unsaved_best)
        training.unsaved_best = None
