"""One training, from its plan to its summary: the part of `kan-train` that loads torch."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Final, TextIO

import msgspec

from kan_shared.commands import command_line
from kan_shared.errors import EXIT_COMPLETE, EXIT_INTERRUPTED, EXIT_RUN_FAILED, KanError
from kan_shared.experiment import Experiment
from kan_trainer.building import AnyLoop, build, processes_of
from kan_trainer.command.plan import Plan, new_directory
from kan_trainer.command.speech import say
from kan_trainer.config import FinetuneConfig, LanguageConfig, PretrainConfig, TrainConfig, task_name
from kan_trainer.finetune.joining import joined, losses_named
from kan_trainer.finetune.loop import FineTuning
from kan_trainer.finetune.ranks import Elsewhere, Ranks
from kan_trainer.inputs import inputs_of
from kan_trainer.recording.orders import Diverged
from kan_trainer.recording.signals import Stopped
from kan_trainer.reproducibility.keeping import lock_kept
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Checkpoints
from kan_trainer.training.logbook import logging_to
from kan_trainer.training.loop import Loop
from kan_trainer.training.processes import Processes, leave_signals_to_the_first

_log = logging.getLogger("kan_trainer")
#: Weights of a model that nobody trains on a CPU for pleasure.
_LARGE: Final = 100_000_000


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
    with _ranks(plan.config) as ranks:
        return _follow(plan, ranks) if ranks.rank else _lead(plan, ranks, on_begin, out)


def _ranks(config: TrainConfig) -> AbstractContextManager[Ranks]:
    if not isinstance(config, LanguageConfig):
        return nullcontext(Ranks())
    return joined(config.training.device, config.training.sharding)


def _warn_of_the_cpu(loop: AnyLoop, config: TrainConfig) -> None:
    """Where a GPU was hoped for, and the model is of a size that needs one."""
    hoped = isinstance(loop, FineTuning) and loop.size >= _LARGE and config.training.device == "auto"
    if hoped and loop.device.type == "cpu":
        say(sys.stderr, "kan-train: there is no CUDA device: this will take very long on the CPU.\n")


def _lead(plan: Plan, ranks: Ranks, on_begin: Callable[[Path], None], out: TextIO | None) -> int:
    with losses_named(ranks):
        loop = _built(plan, ranks)
    _warn_of_the_cpu(loop, plan.config)
    directory = plan.output or new_directory(task_name(plan.config))
    began = time.monotonic()
    try:
        _record(loop, plan, directory, ranks, on_begin, out)
    except Diverged as error:
        say(sys.stderr, f"kan-train: {error}; {_how_to_do_better(plan, directory)}\n")
        return EXIT_RUN_FAILED
    except (KeyboardInterrupt, Stopped) as stop:
        say(sys.stderr, _how_to_go_on(loop, plan, directory))
        return EXIT_INTERRUPTED if isinstance(stop, KeyboardInterrupt) else int(stop.code or 0)
    say(out, _summary(loop, directory, time.monotonic() - began))
    return EXIT_COMPLETE


def _follow(plan: Plan, ranks: Ranks) -> int:
    """What a process does that torchrun started, and that is not the first."""
    leave_signals_to_the_first()
    with losses_named(ranks):
        loop = _built(plan, ranks)
        assert isinstance(loop, FineTuning)
        directory = ranks.told(None)
        with Run(directory, total_steps=loop.total_steps, rank=ranks.rank, world_size=ranks.count) as run:
            loop.take_part(run)
    return EXIT_COMPLETE


def _built(plan: Plan, ranks: Ranks) -> AnyLoop:
    """The loop, if every process has one, and all begin at the same place.

    Raises:
        KanError: It could not be trained, or not gone on with, in this process or in another.
    """
    try:
        loop = build(plan, ranks)
    except Elsewhere:
        raise
    except KanError as error:
        with suppress(Elsewhere):  # whoever fails, too, says so itself
            ranks.agree(failure=str(error))
        raise
    if isinstance(loop, FineTuning):
        ranks.agree(beginning=loop.beginning)
    return loop


def _record(
    loop: AnyLoop, plan: Plan, directory: Path, ranks: Ranks, on_begin: Callable[[Path], None], out: TextIO | None
) -> None:
    experiment, config = Experiment(directory), plan.config
    settings, inputs = msgspec.to_builtins(config), inputs_of(config)
    with (
        Run(
            directory,
            total_steps=loop.total_steps,
            total_epochs=_epochs(config),
            config=settings,
            goals=loop.task.goals,
            task=f"{task_name(config)} {loop.task.title}",
            model=loop.model_name,
            resume=plan.resume,
            tags=plan.tags,
            learning_rate_plan=loop.planned_rate,
            allow_control=plan.allow_control,
            stop_on=plan.stop_on,
            rank=0,
            world_size=max(processes_of(config), ranks.count),
        ) as run,
        logging_to(experiment.log),
        _together(loop, plan, directory),
        losses_named(ranks),
    ):
        ranks.told(directory)
        checkpoints = Checkpoints(experiment.checkpoints, _kept(config))
        checkpoints.prepare(loop.step)
        _log.info("%s, %d parameters, from step %d", loop.model_name, loop.parameters, loop.step)
        on_begin(directory)
        begins = f", on from step {loop.step}" if loop.step else ""
        what = f"{loop.model_name} learns {loop.task.title} in {directory}{begins}"
        say(out, f"{what}; watch it with: {_watch(directory)}\n")
        if isinstance(loop, Loop):
            loop.share(0, processes_of(config))
        with lock_kept(experiment, settings, inputs, str(loop.device), resumed=run.resumed):
            loop.train(run, checkpoints)


def _epochs(config: TrainConfig) -> int | None:
    """A pretraining is one pass over the rows of the whole run; games have none."""
    return 1 if isinstance(config, PretrainConfig) else getattr(config.training, "epochs", None)


def _kept(config: TrainConfig) -> int:
    """Checkpoints beside the best one."""
    return config.training.max_checkpoints - 1 if isinstance(config, FinetuneConfig) else 2


def _together(loop: AnyLoop, plan: Plan, directory: Path) -> AbstractContextManager[object]:
    """Inside the block the processes of `plan` run, if there are more than this one."""
    if not isinstance(loop, Loop) or (count := processes_of(plan.config)) == 1:
        return nullcontext()
    return Processes(count, partial(_take_part, plan, directory), loop.device)


def _take_part(plan: Plan, directory: Path, rank: int) -> None:
    """What every process but the first does."""
    loop, count = build(plan, Ranks(), rank), processes_of(plan.config)
    assert isinstance(loop, Loop)
    with Run(directory, total_steps=loop.total_steps, rank=rank, world_size=count) as run:
        loop.share(rank, count)
        loop.take_part(run)


def _summary(loop: AnyLoop, directory: Path, seconds: float) -> str:
    lines = [f"{loop.task.title}: {loop.task.verdict(loop.values)} after {loop.step} steps, in {seconds:.1f} s"]
    if loop.best is not None:
        best = loop.task.verdict(loop.best.values)
        lines.append(f"best at step {loop.best.step}: {best}, kept in {directory / 'checkpoints' / 'best'}")
    lines.append(f"see all of it with: {_watch(directory)}")
    return "\n".join(lines) + "\n"


def _how_to_go_on(loop: AnyLoop, plan: Plan, directory: Path) -> str:
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
