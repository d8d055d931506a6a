"""Runs to be watched: a small one that is live, one of ten million steps, one of twenty series, and folders of many."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray
from terminal import program

from kan_shared.experiment import Experiment
from kan_shared.liveness import this_process
from kan_shared.series import NUMPY_FIELDS, RECORD_BYTES, SeriesFile
from kan_shared.state import Metric, State
from kan_shared.store import write_state

LONG_STEPS: Final = 10_000_000
LONG_VALIDATIONS: Final = 10_000
GRID_STEPS: Final = 50_000
#: The loss first, as a run has it; the others are what people log beside it.
GRID_SERIES: Final = ("train/loss", "validation/loss", *(f"layer_{number:02}/norm" for number in range(18)))
_CHUNK: Final = 1 << 18
_BODY_BYTES: Final = RECORD_BYTES - 4


@contextlib.contextmanager
def live_run(
    directory: Path, *, steps: int = 1000, pace: float = 2.0, after: int = 0, then: str = ""
) -> Iterator[Path]:
    """A process that has logged `steps` steps after step `after`, and goes on with `pace` steps a second.

    With `then`, it does not: it is to "pause" or to "complete".
    """
    command = program("live_run", directory, str(steps), str(pace), str(after), then)
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError("the live run did not start")
        yield directory
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextlib.contextmanager
def live_long_run(place: Path) -> Iterator[Path]:
    """A live process in the directory of a run of ten million steps, whose series are made once; it stands still."""
    directory = place / "long"
    if not directory.exists():
        _make_series(Experiment(directory))
    with live_run(directory, steps=1, pace=0, after=LONG_STEPS):
        yield directory


def make_grid_run(directory: Path) -> None:
    """A complete run of twenty series of 50,000 steps, no two alike."""
    experiment = Experiment(directory)
    experiment.history.mkdir(parents=True)
    for seed, name in enumerate(GRID_SERIES):
        with open(experiment.series(name), "wb") as file:
            write_records(file, GRID_STEPS, 1, seed=seed)
    write_state(experiment.state, ended_state(experiment, GRID_SERIES))


def ended_state(experiment: Experiment, names: Sequence[str] = ()) -> State:
    """The state of a complete run that has these series."""
    now = time.time()
    metrics = {}
    for name in names:
        series = SeriesFile(experiment.series(name))
        series.refresh()
        [first], [last] = series.sampled(0, 1, 1), series.tail(1)
        metrics[name] = Metric(
            step=last.step, value=last.value, seconds=last.seconds, count=series.count, first=first.value
        )
    return State(
        run_id=experiment.directory.name,
        name=experiment.directory.name,
        task="regression",
        model="KAN 2-8-1",
        status="complete",
        producer=this_process(),
        revision=GRID_STEPS,
        started_seconds=now - 3600,
        heartbeat_seconds=now,
        ended_seconds=now,
        elapsed_seconds=3600.0,
        step=GRID_STEPS,
        total_steps=GRID_STEPS,
        metrics=metrics,
    )


def make_many_runs(root: Path, number: int) -> None:
    """A folder of so many runs that have ended, each with a state and the folders of a run."""
    for index in range(number):
        experiment = Experiment(root / f"run-{index:04}")
        experiment.history.mkdir(parents=True)
        experiment.config.write_text(f"seed: {index}\nlearning_rate: {1e-4 * (1 + index % 7):.1e}\n")
        write_state(experiment.state, ended_state(experiment))


def _make_series(experiment: Experiment) -> None:
    experiment.history.mkdir(parents=True)
    for name, records in (("train/loss", LONG_STEPS), ("validation/loss", LONG_VALIDATIONS)):
        with open(experiment.series(name), "wb") as file:
            write_records(file, records, LONG_STEPS // records)


def write_records(file: IO[bytes], records: int, stride: int, *, seed: int = 0) -> None:
    """A loss that falls like a power of the step, with noise and a spike of one step in every million."""
    random = np.random.default_rng(seed)
    began = time.time() - records * stride / 100
    for first in range(1, records + 1, _CHUNK):
        steps = np.arange(first, min(records + 1, first + _CHUNK), dtype=np.int64) * stride
        values = 3.0 * steps**-0.2 * np.exp(0.1 * random.standard_normal(len(steps)))
        values[steps % 1_000_000 == 500_000] *= 20
        chunk = np.zeros(len(steps), np.dtype(NUMPY_FIELDS))
        chunk["step"], chunk["seconds"], chunk["value"] = steps, began + steps / 100, values
        chunk["checksum"] = _crc32(chunk)
        file.write(chunk.tobytes())


def _crc32(records: NDArray[Any]) -> NDArray[np.uint32]:
    """The CRC-32 (the reflected polynomial 0xEDB88320) of all but the last four bytes of every record."""
    octets = records.view(np.uint8).reshape(len(records), RECORD_BYTES)
    table = _crc_table()
    checksums = np.full(len(records), 0xFFFFFFFF, np.uint32)
    for at in range(_BODY_BYTES):
        checksums = table[(checksums & 0xFF) ^ octets[:, at]] ^ (checksums >> 8)
    return ~checksums


def _crc_table() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0xEDB88320), table >> 1).astype(np.uint32)
    return table
