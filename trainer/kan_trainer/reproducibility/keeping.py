"""A lock kept beside a training: written when it begins, with the checksums of what was trained when it is complete."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_trainer.reproducibility.comparison import differences
from kan_trainer.reproducibility.hashes import weights_sha256
from kan_trainer.reproducibility.lock import MAX_ENTRIES, MAX_TEXT, Lock, Resumed, read_lock, write_lock
from kan_trainer.reproducibility.taking import Inputs, lock_of, utc_now

_log = logging.getLogger("kan_trainer")


@contextlib.contextmanager
def lock_kept(
    experiment: Experiment, config: Mapping[str, Any], inputs: Inputs, device: str, *, resumed: bool
) -> Iterator[None]:
    """The lock of the training that the block is. A lock that cannot be written is no reason for it to end.

    Args:
        experiment: Where it is recorded.
        config: Its settings, nested as in config.yaml.
        inputs: What it begins with.
        device: Where it trains.
        resumed: Whether it goes on with what an earlier process began, whose lock stays: what is different by now is
            added to it, and said in the log.
    """
    lock = lock_of(experiment.directory, config, inputs, device)
    if resumed:
        lock = _gone_on_with(experiment.reproducibility, lock)
    _write(experiment.reproducibility, lock)
    yield
    try:
        checksum = msgspec.structs.replace(lock.checksum, adapters=weights_sha256(experiment.directory))
    except OSError as error:
        _log.warning("the checksums of what was trained are unknown: %s", error)
        return
    tracked = msgspec.structs.replace(lock.experiment, finished=utc_now())
    _write(experiment.reproducibility, msgspec.structs.replace(lock, checksum=checksum, experiment=tracked))


def _gone_on_with(path: Path, now: Lock) -> Lock:
    """The lock at `path` with what differs from it `now`; where there is none that can be read, that of now."""
    try:
        begun = read_lock(path)
    except KanError as error:
        _log.warning("what the run began with is unknown: %s", error)
        return now
    found = [difference.text for difference in differences(begun, now) if difference.consequence != "nothing"]
    for text in found:
        _log.warning("not as when the run began: %s", text)
    added = Resumed(timestamp=now.experiment.timestamp, differences=tuple(text[:MAX_TEXT] for text in found))
    resumed = (*begun.experiment.resumed, added)[-MAX_ENTRIES:]
    return msgspec.structs.replace(begun, experiment=msgspec.structs.replace(begun.experiment, resumed=resumed))


def _write(path: Path, lock: Lock) -> None:
    try:
        write_lock(path, lock)
    except OSError as error:
        _log.warning("%s cannot be written: %s", path, error)
