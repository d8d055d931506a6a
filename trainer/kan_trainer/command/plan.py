"""What a command line asks for, settled before torch is loaded: which settings, which directory, new or resumed."""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from kan_shared.errors import NoSuchRun, UsageError
from kan_shared.experiment import DEFAULT_ROOT, Experiment
from kan_shared.store import read_state
from kan_trainer.command.settings import changed, read_yaml, settings_of
from kan_trainer.config import Dqn2048Config, FinetuneConfig, PretrainConfig, TrainConfig
from kan_trainer.config.networks import DIGITS, ClassifyData
from kan_trainer.recording.guard import StopOn
from kan_trainer.recording.opening import refuse_taken

_RECIPES: Final = Path(__file__).parents[1] / "recipes"
#: Settings nested as in a file, and the file they come from; none for the command line.
Changes = tuple[Mapping[str, Any], str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A training to do.

    Attributes:
        config: Its settings.
        output: Its directory; `None` for a new one, which `new_directory` makes.
        resume: Whether it goes on with the run that is there.
        tags: Words to find it by; `None` leaves it those that it has.
        allow_control: Whether a monitor may pause, resume, save and stop it.
        stop_on: What it ends on by itself.
    """

    config: TrainConfig
    output: Path | None
    resume: bool
    tags: Sequence[str] | None
    allow_control: bool
    stop_on: Collection[StopOn]


def plan(arguments: argparse.Namespace) -> Plan:
    """What `arguments` ask for.

    Raises:
        UsageError: They cannot be used, or contradict the run to resume.
        NoSuchRun: There is no run to resume.
        DirectoryTaken: The directory holds something, and is not to be resumed.
        OSError: It cannot be looked into.
    """
    output = None if arguments.output == "auto" else Path(arguments.output)
    if arguments.resume:
        config = _resumed_config(arguments.default, output, _changes(arguments))
    else:
        if output is not None:
            refuse_taken(Experiment(output), "--resume")
        config = layered(arguments)
    return Plan(
        config=config,
        output=output,
        resume=arguments.resume,
        tags=arguments.tag,
        allow_control=arguments.allow_control,
        stop_on=arguments.stop_on,
    )


def layered(arguments: argparse.Namespace) -> TrainConfig:
    """The settings that `arguments` ask for, for a run that begins.

    Raises:
        UsageError: They cannot be used.
    """
    return _layered(arguments.default, _changes(arguments))


def is_complete(plan: Plan) -> bool:
    """Whether the run that `plan` would go on with has come to its end.

    Raises:
        NoSuchRun, UnreadableState, NewerSchema: Its state cannot be read.
    """
    return plan.output is not None and read_state(Experiment(plan.output).state).status == "complete"


def new_directory(task: str, now: float | None = None) -> Path:
    """Makes a directory for a new run under `experiments/`, named after `task` and the time.

    Raises:
        UsageError: It cannot be made.
    """
    stem = f"{task}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}"
    candidates = (DEFAULT_ROOT / f"{stem}{suffix}" for suffix in _suffixes())
    return next(directory for directory in candidates if _made(directory))


def _suffixes() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in itertools.count(2))


def _made(directory: Path) -> bool:
    """Whether `directory` was made just now; two trainings that begin in the same second never share one."""
    try:
        directory.mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise UsageError(f"{directory} cannot be made ({error.strerror}): choose one with --output.") from error
    return True


def recipe(name: str) -> Path:
    """The YAML file `name`; where there is none, the recipe of that name, which is shipped."""
    shipped = _RECIPES / f"{name}.yaml"
    return shipped if shipped.is_file() and not Path(name).exists() else Path(name)


def _changes(arguments: argparse.Namespace) -> list[Changes]:
    changes: list[Changes] = [(arguments.settings, "")]
    if arguments.config is not None:
        path = recipe(arguments.config)
        changes.insert(0, (read_yaml(path), str(path)))
    return changes


def _resumed_config(default: TrainConfig, output: Path | None, changes: Iterable[Changes]) -> TrainConfig:
    """The settings of the run in `output`, which `changes` may repeat, but not change: but for how many processes hold
    the model, which is as free as their number.
    """
    if output is None:
        raise UsageError("--resume goes on with the run in --output DIR: say which.")
    path = Experiment(output).config
    if not path.exists():
        raise NoSuchRun(f"{output} holds no run of kan-train that could be resumed.")
    content = read_yaml(path)
    if "task" not in content:
        raise UsageError(f"{path} was not written by kan-train: only its own runs can be resumed.")
    saved = changed(default, content, str(path))
    config = _layered(saved, changes)
    for was, wanted in zip(settings_of(saved), settings_of(config), strict=True):
        if was.value != wanted.value and was.name != "sharding":
            raise UsageError(
                f"{was.flag} {wanted.text} contradicts the run in {output}, which has {was.text}:"
                " a resumed run keeps its settings."
            )
    return config


def _layered(config: TrainConfig, changes: Iterable[Changes]) -> TrainConfig:
    for settings, source in changes:
        config = changed(config, settings, source)
    return _settled(config)


def _settled(config: TrainConfig) -> TrainConfig:
    """A run is resumed from any directory, and with as many threads as it began with."""
    if isinstance(config, FinetuneConfig):
        return _settled_finetuning(config)
    if isinstance(config, PretrainConfig):
        return _settled_pretraining(config)
    if isinstance(config, Dqn2048Config):
        return config
    data = config.data
    if data.csv is not None:
        data = msgspec.structs.replace(data, csv=os.path.abspath(data.csv))
    if isinstance(data, ClassifyData) and data.dataset not in (None, DIGITS):
        data = msgspec.structs.replace(data, dataset=os.path.abspath(data.dataset))
    return msgspec.structs.replace(config, data=data)


def _settled_finetuning(config: FinetuneConfig) -> FinetuneConfig:
    replace = msgspec.structs.replace
    return replace(
        config,
        model=replace(config.model, model=_absolute_if_there(config.model.model)),
        data=replace(config.data, dataset=_absolute_if_there(config.data.dataset)),
        training=replace(config.training, threads=config.training.threads or _threads()),
    )


def _settled_pretraining(config: PretrainConfig) -> PretrainConfig:
    replace = msgspec.structs.replace
    return replace(
        config,
        text=replace(config.text, text=_absolute_if_there(config.text.text)),
        training=replace(config.training, threads=config.training.threads or _threads()),
    )


def _threads() -> int:
    """One for each core; the processes that torchrun starts on a machine share them."""
    return max(1, len(os.sched_getaffinity(0)) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def _absolute_if_there(name: str) -> str:
    """Whatever is no file or folder is a name on the hub, or of something that is shipped."""
    return os.path.abspath(name) if os.path.exists(name) else name
