"""One training, from its plan to its summary: the part of `kan-train` that loads torch."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TextIO

import msgspec
import torch

from kan_shared.commands import command_line
from kan_shared.errors import EXIT_COMPLETE, EXIT_INTERRUPTED, EXIT_RUN_FAILED
from kan_shared.experiment import Experiment
from kan_trainer.command.plan import Plan, new_directory
from kan_trainer.command.speech import say
from kan_trainer.config import Dqn2048Config, TaskConfig, TrainConfig, TrainingConfig, task_name
from kan_trainer.dqn2048.learner import new_network
from kan_trainer.dqn2048.loop import Dqn2048
from kan_trainer.inputs import inputs_of
from kan_trainer.kan.network import KAN
from kan_trainer.recording.orders import Diverged
from kan_trainer.recording.signals import Stopped
from kan_trainer.reproducibility.keeping import lock_kept
from kan_trainer.run import Run
from kan_trainer.tasks import build_task
from kan_trainer.tasks.task import Task
from kan_trainer.training.checkpoint import Checkpoints
from kan_trainer.training.device import pick_device
from kan_trainer.training.logbook import logging_to
from kan_trainer.training.loop import Loop
from kan_trainer.training.processes import Processes

_log = logging.getLogger("kan_trainer")


def train(plan: Plan, *, on_begin: Callable[[Path], None], out: TextIO | None) -> int:
    """Does what `plan` asks for.

    Args:
        plan: What to train.
        on_begin: Called with the run's directory when the run is there, before its first step.
        out: Where to tell a person about it.

    Returns:
        The exit code of the command.

    Raises:
        KanError: It could not begin.
    """
    loop = _prepared(plan)
    directory = plan.output or new_directory(task_name(plan.config))
    began = time.monotonic()
    try:
        _record(loop, plan, directory, on_begin, out)
    except Diverged as error:
        say(sys.stderr, f"kan-train: {error}; {_how_to_do_better(plan, directory)}\n")
        return EXIT_RUN_FAILED
    except (KeyboardInterrupt, Stopped) as stop:
        say(sys.stderr, _how_to_go_on(loop, plan, directory))
        return EXIT_INTERRUPTED if isinstance(stop, KeyboardInterrupt) else int(stop.code or 0)
    say(out, _summary(loop, directory, time.monotonic() - began))
    return EXIT_COMPLETE


def build_network(config: TaskConfig, task: Task) -> KAN:
    """A new network between the inputs and the outputs of `task`, drawn from torch's random numbers.

    Raises:
        UsageError: It would be too large.
    """
    return KAN.from_config(config.network.between(task.training.inputs.shape[1], task.outputs))


def _prepared(plan: Plan, rank: int = 0) -> Loop | Dqn2048:
    """The loop, its data read, at the step where it is to begin. Nothing has been written yet."""
    training = plan.config.training
    device = pick_device(training.device, rank, _processes(plan))
    # Sums depend on how many threads share them, and a resumed run's shall be the same; it also keeps two trainings
    # on one machine from waiting for each other at every operation.
    torch.set_num_threads(training.threads)
    torch.manual_seed(training.seed)
    loop = _loop(plan.config, device)
    if plan.resume and plan.output is not None and not rank:
        checkpoint = Checkpoints(Experiment(plan.output).checkpoints).latest()
        if checkpoint is not None:
            loop.resume(checkpoint)
    return loop


def _loop(config: TrainConfig, device: torch.device) -> Loop | Dqn2048:
    if isinstance(config, Dqn2048Config):
        return Dqn2048(new_network(config.network).to(device), config, device)
    task = build_task(config)
    return Loop(task, build_network(config, task).to(device), config.training, device)


def _record(
    loop: Loop | Dqn2048, plan: Plan, directory: Path, on_begin: Callable[[Path], None], out: TextIO | None
) -> None:
    experiment, config = Experiment(directory), plan.config
    settings, inputs = msgspec.to_builtins(config), inputs_of(config)
    model = f"KAN {list(loop.network.config.layers)}"
    with (
        Run(
            directory,
            total_steps=loop.total_steps,
            total_epochs=None if isinstance(config, Dqn2048Config) else config.training.epochs,
            config=settings,
            goals=loop.task.goals,
            task=f"{task_name(config)} {loop.task.title}",
            model=model,
            resume=plan.resume,
            tags=plan.tags,
            learning_rate_plan=loop.planned_rate,
            allow_control=plan.allow_control,
            stop_on=plan.stop_on,
            rank=0,
            world_size=_processes(plan),
        ) as run,
        logging_to(experiment.log),
        _together(loop, plan, directory),
    ):
        checkpoints = Checkpoints(experiment.checkpoints)
        checkpoints.prepare(loop.step)
        _log.info("%s, %d parameters, from step %d", model, loop.network.config.parameters, loop.step)
        on_begin(directory)
        say(out, f"{model} learns {loop.task.title} in {directory}; watch it with: {_watch(directory)}\n")
        if isinstance(loop, Loop):
            loop.share(0, _processes(plan))
        with lock_kept(experiment, settings, inputs, str(loop.device), resumed=run.resumed):
            loop.train(run, checkpoints)


def _processes(plan: Plan) -> int:
    training = plan.config.training
    return training.processes if isinstance(training, TrainingConfig) else 1


def _together(loop: Loop | Dqn2048, plan: Plan, directory: Path) -> AbstractContextManager[object]:
    """Inside the block the processes of `plan` run, if there are more than this one."""
    if not isinstance(loop, Loop) or (count := _processes(plan)) == 1:
        return nullcontext()
    return Processes(count, partial(_take_part, plan, directory), loop.device)


def _take_part(plan: Plan, directory: Path, rank: int) -> None:
    """What every process but the first does."""
    loop, count = _prepared(plan, rank), _processes(plan)
    assert isinstance(loop, Loop)
    with Run(directory, total_steps=loop.total_steps, rank=rank, world_size=count) as run:
        loop.share(rank, count)
        loop.take_part(run)


def _summary(loop: Loop | Dqn2048, directory: Path, seconds: float) -> str:
    lines = [f"{loop.task.title}: {loop.task.verdict(loop.values)} after {loop.step} steps, in {seconds:.1f} s"]
    if loop.best is not None:
        best = loop.task.verdict(loop.best.values)
        lines.append(f"best at step {loop.best.step}: {best}, kept in {directory / 'checkpoints' / 'best'}")
    lines.append(f"see all of it with: {_watch(directory)}")
    return "\n".join(lines) + "\n"


def _how_to_go_on(loop: Loop | Dqn2048, plan: Plan, directory: Path) -> str:
    again = _again(plan, ["--resume"], ["--output", str(directory)])
    return f"kan-train: stopped at step {loop.step} of {loop.total_steps}; it goes on with: {again}\n"


def _how_to_do_better(plan: Plan, directory: Path) -> str:
    """A new run: a resumed one keeps the settings that led to this."""
    rate = f"{plan.config.training.learning_rate / 10:g}"
    tags = [option for tag in plan.tags or () for option in ("--tag", tag)]
    again = _again(plan, ["--config", str(Experiment(directory).config), "--learning-rate", rate, *tags])
    return f"begin anew with a lower learning rate: {again}"


def _again(plan: Plan, first: Sequence[str], last: Sequence[str] = ()) -> str:
    """The line for the task of `plan`, with those of its options that no config holds between the others."""
    control = ["--allow-control"] if plan.allow_control else []
    guard = ["--stop-on", ",".join(plan.stop_on)] if plan.stop_on else []
    return command_line("kan-train", task_name(plan.config), *first, *control, *guard, *last)


def _watch(directory: Path) -> str:
    return command_line("kan-monitor", str(directory))
