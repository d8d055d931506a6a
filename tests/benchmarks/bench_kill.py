"""What kill -9 of a training process loses: a child that logs five values a step is killed at random moments.

After each step the child also tells this process its number and time over a pipe, which a kill cannot take back. Age:
from the newest record of `train/loss` on the disk to the kill. Lost: the steps that the pipe has and the disk has
not. Torn: files with a record, line or state that is cut off or does not check. 2,000 steps a second; then, for the
record, a loop that does nothing but log, which no training does.
"""

from __future__ import annotations

import json
import os
import random
import select
import struct
import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from harness import Row, Target, spread
from terminal import program

from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.series import RECORD_BYTES, unpack
from kan_shared.store import read_state

TRIALS: Final = 16
TRIALS_AT_FULL_SPEED: Final = 4
PACE: Final = 2000.0
#: When the kill comes, after the first step.
EARLIEST_SECONDS: Final = 0.2
LATEST_SECONDS: Final = 0.9
_TOLD: Final = struct.Struct("<qd")
_unique = count()


class Loss(NamedTuple):
    """What one kill cost."""

    age_seconds: float
    steps: int
    torn_files: int


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    chance = random.Random(0)
    paced = [_kill(place, PACE, chance) for _ in range(TRIALS)]
    full = [_kill(place, 0.0, chance) for _ in range(TRIALS_AT_FULL_SPEED)]
    return [*_rows(paced, f"{PACE:,.0f} steps/s", Target(bound=100)), *_rows(full, "nothing but logging", None)]


def _rows(losses: list[Loss], pace: str, target: Target | None) -> list[Row]:
    ages = [loss.age_seconds for loss in losses]
    steps = [loss.steps for loss in losses]
    worst, note = max(ages) * 1e3, f"median {median(ages) * 1e3:.0f} ms of {len(ages)} trials"
    torn = sum(loss.torn_files for loss in losses)
    return [
        Row(name=f"{pace}: newest record's age, worst", measured=worst, unit="ms", target=target, note=note),
        Row(name="  lost steps, worst", measured=max(steps), unit="steps", note=spread(steps)),
        Row(name="  torn files", measured=torn, unit="files", target=Target(bound=0)),
    ]


def _kill(place: Path, pace: float, chance: random.Random) -> Loss:
    experiment = Experiment(place / f"kill-{next(_unique)}")
    child = subprocess.Popen(program("logging_loop", experiment.directory, str(pace)), stdout=subprocess.PIPE)
    assert child.stdout is not None
    told = os.read(child.stdout.fileno(), 65536)
    told += _read_for(child.stdout.fileno(), chance.uniform(EARLIEST_SECONDS, LATEST_SECONDS))
    killed = time.time()
    child.kill()
    told += child.stdout.read()
    child.wait()
    last_step, _ = _TOLD.unpack(told[-_TOLD.size :])
    newest = next(unpack(experiment.series("train/loss").read_bytes()[-RECORD_BYTES:]))
    return Loss(killed - newest.seconds, max(0, last_step - newest.step), sum(map(bool, _torn(experiment))))


def _read_for(fd: int, seconds: float) -> bytes:
    end, data = time.perf_counter() + seconds, b""
    while (left := end - time.perf_counter()) > 0:
        if select.select([fd], [], [], left)[0]:
            data += os.read(fd, 65536)
    return data


def _torn(experiment: Experiment) -> Iterator[bool]:
    """For each file that the run wrote, whether anything in it is incomplete."""
    for series in experiment.history.iterdir():
        data = series.read_bytes()
        yield len(data) != RECORD_BYTES * sum(1 for _ in unpack(data))
    for journal in (experiment.events, experiment.samples):
        yield journal.exists() and not all(map(_is_entry, journal.read_bytes().splitlines(keepends=True)))
    try:
        read_state(experiment.state)
    except KanError:
        yield True


def _is_entry(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except ValueError:
        return False
