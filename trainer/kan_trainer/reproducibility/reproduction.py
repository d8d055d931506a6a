"""A run that was recorded, read to be done again, and two runs compared. Neither is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final, get_args

from msgspec import Struct

from kan_shared.errors import UsageError
from kan_shared.experiment import Experiment
from kan_shared.state import State
from kan_shared.store import read_state
from kan_trainer.command.settings import changed
from kan_trainer.config import TrainConfig
from kan_trainer.reproducibility.hashes import settings_sha256, weights_sha256
from kan_trainer.reproducibility.lock import Lock, read_lock, read_yaml_file
from kan_trainer.reproducibility.values import Compared, compare, is_measured, read_values

#: Far more than a training logs.
_MAX_SERIES: Final = 2000


class Original(Struct, frozen=True, kw_only=True):
    """A run as it was recorded.

    Attributes:
        directory: Where it lies.
        config, config_hash: Its settings, and their checksum as they stand in its config.yaml now.
        lock: What it was done with.
    """

    directory: Path
    config: TrainConfig
    config_hash: str
    lock: Lock


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether two runs are `equal`, and in one sentence what that rests on."""

    equal: bool
    text: str


def read_original(directory: Path) -> Original:
    """The run in `directory`.

    Raises:
        KanError: It is none of kan-train's, has no lock, or something of it cannot be read.
    """
    experiment = Experiment(directory)
    read_state(experiment.state)
    content = read_yaml_file(experiment.config)
    kinds = {kind.__struct_config__.tag: kind for kind in get_args(TrainConfig)}
    kind = kinds.get(str(content.get("task"))) if isinstance(content, dict) else None
    if kind is None:
        raise UsageError(f"{experiment.config} was not written by kan-train: only its own runs can be done again.")
    config: TrainConfig = changed(kind(), content, str(experiment.config))
    if not experiment.reproducibility.exists():
        raise UsageError(f"{directory} has no {experiment.reproducibility.name}: an earlier version recorded it.")
    lock = read_lock(experiment.reproducibility)
    if not any(len(read_values(experiment.series(name))) for name in _series_of(experiment)):
        raise UsageError(f"{directory} has recorded no values yet: there is nothing to compare with.")
    return Original(directory=directory, config=config, config_hash=settings_sha256(content), lock=lock)


def changed_weights(original: Original) -> list[str]:
    """The files of weights that are not any more what the lock of `original` says; those that are gone are not there.

    Raises:
        OSError: One cannot be read.
    """
    found = weights_sha256(original.directory)
    return [name for name, known in original.lock.checksum.adapters.items() if found.get(name, known) != known]


def compare_runs(original: Original, directory: Path) -> Verdict:
    """Compares the run in `directory` to `original`: every value of every series that is no figure of the machine, and
    the checksums of the weights.

    Raises:
        KanError: Something of one of them cannot be read.
        OSError: Weights cannot be read.
    """
    there, here = Experiment(original.directory), Experiment(directory)
    old, new = read_state(there.state), read_state(here.state)
    whole = old.status == "complete"
    names = dict.fromkeys(_series_of(there) + (_series_of(here) if whole else []))
    gaps = old.lost is not None or new.lost is not None
    found = [
        compare(name, read_values(there.series(name)), read_values(here.series(name)), whole=whole, gaps=gaps)
        for name in names
    ]
    values = f"{sum(one.values for one in found):,} values of {sum(one.values > 0 for one in found)} series"
    if parted := [one for one in found if one.parting]:
        return Verdict(equal=False, text=_parted(min(parted, key=_precedence)))
    if not whole:
        return Verdict(equal=True, text=f"equal as far as it came: {values}; {_how_far(old)}")
    return _by_weights(original.lock, weights_sha256(directory), values)


def _by_weights(lock: Lock, found: dict[str, str], values: str) -> Verdict:
    """The verdict of runs all of whose values are equal."""
    known = lock.checksum.adapters
    if other := sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name)):
        if not known:
            return Verdict(equal=True, text=f"equal: {values}; of the weights the lock holds no SHA-256")
        return Verdict(equal=False, text=f"parted in the end: {values} are equal, but not {' and '.join(other)}")
    return Verdict(equal=True, text=f"equal: {values}, and the SHA-256 of {' and '.join(known) or 'no weights'}")


def _parted(one: Compared) -> str:
    parting = one.parting
    assert parting is not None
    text = f"parted at step {parting.step}: {parting.series} {_value(parting.there)} there, {_value(parting.here)} here"
    return f"{text} (at most {one.apart:.2g} apart in all)" if one.apart else text


def _value(value: float | None) -> str:
    return "has no value" if value is None else repr(value)


def _precedence(one: Compared) -> tuple[int, bool, str]:
    """The first parting; of several at one step that of a loss."""
    parting = one.parting
    assert parting is not None
    return parting.step, not parting.series.endswith("loss"), parting.series


def _how_far(state: State) -> str:
    step, total = (("?" if count is None else f"{count:,}") for count in (state.step, state.total_steps))
    return f"it ended at step {step} of {total} ({state.status}), before there were final weights"


def _series_of(experiment: Experiment) -> list[str]:
    names = [name for name in experiment.series_names() if not is_measured(name)]
    if len(names) > _MAX_SERIES:
        raise UsageError(f"{experiment.history} holds {len(names)} series: more than any training records.")
    return names
