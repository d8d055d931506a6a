"""Runs to be watched: a small one that is live, and one of ten million steps."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray
from terminal import program

from kan_shared.experiment import Experiment
from kan_shared.series import NUMPY_FIELDS, RECORD_BYTES

LONG_STEPS: Final = 10_000_000
LONG_VALIDATIONS: Final = 10_000
_CHUNK: Final = 1 << 18
_BODY_BYTES: Final = RECORD_BYTES - 4


@contextlib.contextmanager
def live_run(directory: Path, *, steps: int = 1000, pace: float = 2.0, after: int = 0) -> Iterator[Path]:
    """A process that has logged `steps` steps after step `after`, and goes on with `pace` steps a second."""
    command = program("live_run", directory, str(steps), str(pace), str(after))
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


def _make_series(experiment: Experiment) -> None:
    experiment.history.mkdir(parents=True)
    for name, records in (("train/loss", LONG_STEPS), ("validation/loss", LONG_VALIDATIONS)):
        with open(experiment.series(name), "wb") as file:
            _write_records(file, records, LONG_STEPS // records)


def _write_records(file: IO[bytes], records: int, stride: int) -> None:
    """A loss that falls like a power of the step, with noise and a spike of one step in every million."""
    random = np.random.default_rng(0)
    began = time.time() - LONG_STEPS / 100
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
