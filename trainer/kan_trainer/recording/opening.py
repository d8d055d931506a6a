"""How a run begins: its directory claimed, its first state made, a run that is to be resumed taken up."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from kan_shared.errors import DirectoryTaken, KanError, NewerSchema, NoSuchRun, UnreadableState, UsageError
from kan_shared.experiment import Experiment
from kan_shared.liveness import observe, this_process
from kan_shared.lock import DirectoryLock, taken_by
from kan_shared.ranks import read_ranks, total_energy_joules
from kan_shared.state import (
    MAX_METRICS,
    MAX_STATE_BYTES,
    MAX_TAGS,
    Goal,
    State,
    Telemetry,
    decode_state,
    encode_state,
)
from kan_shared.store import read_state, replace_file
from kan_trainer.recording.entries import clean_text, count
from kan_trainer.recording.rates import planned_rates

_MAX_NOTES: Final = 2000
_MAX_WORDS: Final = 200


def claim(experiment: Experiment, resume: bool) -> DirectoryLock:
    """Makes the directory if need be, and locks it; one that is refused for what it holds is not touched.

    Raises:
        DirectoryTaken: Another producer is writing it, or it holds a run, or the rest of one, that is not to be
            resumed.
        UnreadableState, NewerSchema: It holds a run whose state cannot be read.
        UsageError: It cannot be made or written.
    """
    producer = this_process()
    try:
        previous_state(experiment, resume)
        experiment.directory.mkdir(parents=True, exist_ok=True)
        return DirectoryLock(experiment.lock, f"process {producer.pid} on {producer.host}")
    except OSError as error:
        raise unwritable(experiment.directory, error) from error


def previous_state(experiment: Experiment, resume: bool) -> State | None:
    """The state of the run to go on with; `None` where a new one begins. Only looks.

    Raises:
        DirectoryTaken: There is a run, or the rest of one, and it is not to be resumed.
        UnreadableState, NewerSchema: There is a run, and its state cannot be read.
    """
    if not resume:
        refuse_taken(experiment, "resume=True")
    return read_state(experiment.state) if experiment.state.exists() else None


def refuse_taken(experiment: Experiment, resuming: str) -> None:
    """Only returns where a new run may begin; `resuming` is what goes on with the one that is there.

    Raises:
        DirectoryTaken: There is a run, or the rest of one.
        OSError: The directory cannot be looked into.
    """
    if experiment.state.exists():
        _refuse_live(experiment)
        raise DirectoryTaken(
            f"{experiment.directory} holds a run already: pass {resuming} to go on with it,"
            " or choose another directory."
        )
    parts = (experiment.config, experiment.checkpoints, experiment.metrics, experiment.history)
    for path in (*parts, experiment.events, experiment.samples, experiment.network):
        if path.exists():
            raise DirectoryTaken(f"{path} exists already, and shall not be overwritten: choose another directory.")


def _refuse_live(experiment: Experiment) -> None:
    with contextlib.suppress(NoSuchRun, UnreadableState, NewerSchema):
        state = read_state(experiment.state)
        if observe(state, time.time()) in ("running", "slow", "paused"):
            producer = state.producer
            raise taken_by(experiment.directory, f"process {producer.pid} on {producer.host}")


def first_state(experiment: Experiment, previous: State | None, told: Mapping[str, Any]) -> State:
    """The state that a run begins with: what it was told over what the run that it resumes had.

    Raises:
        UsageError: Something it was told is out of bounds.
    """
    now = time.time()
    state = previous or State(
        run_id=uuid.uuid4().hex,
        name=clean_text(experiment.directory.absolute().name, 200),
        status="running",
        producer=this_process(),
        revision=0,
        started_seconds=now,
        heartbeat_seconds=now,
        elapsed_seconds=0.0,
    )
    segment = state.segment + (previous is not None)
    try:
        changes = {key: _described(key, value) for key, value in told.items() if value is not None}
        if "learning_rate_plan" in changes:
            total_steps = changes.get("total_steps", state.total_steps)
            changes["learning_rate_plan"] = planned_rates(changes["learning_rate_plan"], total_steps)
        state = msgspec.structs.replace(
            state,
            **changes,
            telemetry=_energy_so_far(experiment, previous),
            producer=this_process(),
            segment=segment,
            segment_started_seconds=now,
            heartbeat_seconds=now,
            answers=(),
        )
        encoded = encode_state(state)
        state = decode_state(encoded)
    except (UnreadableState, TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"the run cannot be described so: {error}") from None
    if len(encoded) > MAX_STATE_BYTES:
        raise UsageError(
            f"the run's description takes {len(encoded)} bytes, of {MAX_STATE_BYTES} that a state may have:"
            " shorten its notes or goals."
        )
    return state


def write_config(experiment: Experiment, config: Mapping[str, Any] | None) -> bool:
    """Writes `config.yaml`; one that is there already, from before a resume, stays.

    Returns:
        Whether it was written.

    Raises:
        OSError: It cannot be written.
    """
    if config is None or experiment.config.exists():
        return False
    import yaml

    text = yaml.safe_dump(_plain(config), sort_keys=False, allow_unicode=True)
    replace_file(experiment.config, text.encode(errors="replace"))
    return True


def unwritable(directory: Path, error: OSError) -> KanError:
    """The error for a directory that cannot be written."""
    return UsageError(f"{directory} cannot be written ({error.strerror or error}): choose another directory.")


def _energy_so_far(experiment: Experiment, previous: State | None) -> Telemetry | None:
    """What the run's former segments and all their ranks used: the first thing that is known of the hardware."""
    if previous is None or previous.telemetry is None:
        return None
    joules = total_energy_joules(previous, [rank.state for rank in read_ranks(experiment.ranks)])
    before = previous.telemetry
    return Telemetry(seconds=before.seconds, earlier_energy_joules=joules, energy_seconds=before.energy_seconds)


def _described(key: str, value: Any) -> Any:
    """What a run was told about itself, in the state's own types: text, goals, tags or a number of steps, numpy's too.

    Raises:
        UsageError: A goal is none, or the tags are none.
        TypeError, ValueError, OverflowError: It is none of these.
    """
    if key == "goals":
        return _goals(value)
    if key == "tags":
        return _tags(value)
    if key in ("allows_control", "learning_rate_plan"):
        return value
    if isinstance(value, str):
        return clean_text(value, _MAX_NOTES if key == "notes" else _MAX_WORDS)
    try:
        return count(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key}: {error}") from error


def _goals(goals: Any) -> dict[str, Goal]:
    if not isinstance(goals, Mapping):
        raise UsageError('goals: give "minimize" or "maximize" by metric, as in {"accuracy": "maximize"}.')
    if len(goals) > MAX_METRICS:
        raise UsageError(f"goals: {len(goals)} of them are too many: a run has up to {MAX_METRICS}.")
    for name, goal in goals.items():
        if goal not in get_args(Goal):
            raise UsageError(f'goals: {goal!r} is no goal for {name!r}: it is "minimize" or "maximize".')
    return {clean_text(name, _MAX_WORDS): goal for name, goal in goals.items()}


def _tags(tags: Any) -> tuple[str, ...]:
    """Each of them once."""
    if isinstance(tags, str) or not all(isinstance(tag, str) for tag in tags):
        raise UsageError('tags: give a list of words, as in ["baseline", "no warm-up"].')
    cleaned = tuple(dict.fromkeys(clean_text(tag, _MAX_WORDS) for tag in tags))
    if len(cleaned) > MAX_TAGS:
        raise UsageError(f"tags: {len(cleaned)} of them are too many: a run has up to {MAX_TAGS}.")
    return cleaned


def _plain(value: Any) -> Any:
    """`value` in YAML's own types; what is none of them is written as its text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Integral):  # numpy's numbers, too
        return int(value)
    return float(value) if isinstance(value, Real) else str(value)
