"""How a run begins: its directory claimed, its first state made, a run that is to be resumed taken up."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import msgspec

from kan_shared.errors import DirectoryTaken, KanError, UnreadableState, UsageError
from kan_shared.experiment import Experiment
from kan_shared.liveness import this_process
from kan_shared.lock import DirectoryLock
from kan_shared.state import State, decode_state, encode_state
from kan_shared.store import read_state, replace_file
from kan_trainer.recording.entries import clean_text, count


def claim(experiment: Experiment, resume: bool) -> DirectoryLock:
    """Makes the directory if need be, and locks it; one that is refused for what it holds is not touched.

    Raises:
        DirectoryTaken: Another producer is writing it, or it holds a run that is not to be resumed.
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
        DirectoryTaken: There is a run, and it is not to be resumed.
        UnreadableState, NewerSchema: There is a run, and its state cannot be read.
    """
    if not experiment.state.exists():
        return None
    if not resume:
        raise DirectoryTaken(
            f"{experiment.directory} holds a run already: choose another directory, or resume that run."
        )
    return read_state(experiment.state)


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
        state = msgspec.structs.replace(
            state,
            **changes,
            producer=this_process(),
            segment=segment,
            segment_started_seconds=now,
            heartbeat_seconds=now,
        )
        return decode_state(encode_state(state))
    except (UnreadableState, TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"the run cannot be described so: {error}") from error


def write_config(experiment: Experiment, config: Mapping[str, Any] | None) -> None:
    """Writes `config.yaml`; one that is there already, from before a resume, stays.

    Raises:
        OSError: It cannot be written.
    """
    if config is not None and not experiment.config.exists():
        import yaml

        text = yaml.safe_dump(_plain(config), sort_keys=False, allow_unicode=True)
        replace_file(experiment.config, text.encode(errors="replace"))


def unwritable(directory: Path, error: OSError) -> KanError:
    """The error for a directory that cannot be written."""
    return UsageError(f"{directory} cannot be written ({error.strerror or error}): choose another directory.")


def _described(key: str, value: Any) -> Any:
    """What a run was told about itself, in the state's own types: text, goals or a number of steps, numpy's too.

    Raises:
        TypeError, ValueError, OverflowError: It is none of these.
    """
    if isinstance(value, Mapping):
        return {clean_text(name, 200): goal for name, goal in value.items()}
    if isinstance(value, str):
        return clean_text(value, 2000)
    try:
        return count(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key}: {error}") from error


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
