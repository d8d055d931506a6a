"""Whatever befalls the files of a run: nothing is raised, and nothing of them is obeyed.

`make test` takes the first hundreds of cases, `make soak` ten thousand. A case comes back by its number:
`KAN_FUZZ=1234 pytest tests/system/test_fuzz.py`, and so do some: `KAN_FUZZ=1000:1200`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from kan_monitor.curve import Curve
from kan_shared.network import encode_network

from ..monitor.cases import CASES  # noqa: TID252
from ..monitor.making import NOW  # noqa: TID252
from ..monitor.networks import leaving  # noqa: TID252
from .following import Follower
from .fuzzing import PAYLOADS, befall
from .stage import SOAK
from .views import faults

BATCH = 100
RECORDS = 300
TEMPLATES = ("running", "resumed", "nan-loss", "eight-gpus", "hostile", "image-sample", "many-metrics", "lost-records")
#: What lies in a directory beside what the monitor's own tests put there.
MORE = {
    "config.yaml": b"seed: 7\nmodel:\n  layers: [2, 8, 1]\n  name: 'KAN'\ntags: [a, 'b c']\n",
    "training.log": b"step 1 loss 6.9\n\x1b[32mstep 2\x1b[0m loss 5.1\nTraceback (most recent call last):\n" * 40,
    "metrics.json": b'{"train/loss":2.146,"validation/loss":2.31,"r2":"NaN","step":4500}',
    "network.json": encode_network(leaving()),
    "lock": b'{"pid":4242,"host":"gpu-box"}',
    "ranks/1.json": b'{"schema_version":1,"rank":1,"seconds":1748785999.0,"gpus":[{"index":1,"name":"RTX 4090"}]}',
    "checkpoints/step-500/checkpoint.json": b'{"step":500}',
    "checkpoints/best/model.safetensors": bytes(range(256)),
}


def _numbers() -> range:
    first, _, last = os.environ.get("KAN_FUZZ", "0:10000" if SOAK else "0:600").partition(":")
    return range(int(first), int(last) if last else int(first) + 1)


@cache
def _template(case: str, place: Path) -> Path:
    """The directory of a case, written once; the ends of its series will do."""
    make, directory = CASES[case].run, place / "templates" / case
    assert make is not None
    run = make()
    replace(run, series={name: series[-RECORDS:] for name, series in run.series.items()}).write(directory)
    for name, data in MORE.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)
    return directory


def _one(number: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is wrong in a case: with a directory that is followed while it happens, and with one that is met so."""
    dice = Random(number)
    monkeypatch.setattr(sys.modules[Curve.__module__], "SHORT_RECORDS", dice.choice((64, 4096)))
    template = _template(dice.choice(TEMPLATES), place)
    name = dice.choice(PAYLOADS).replace("/", "").replace("\0", "")[:60] if dice.random() < 0.1 else "run"
    directory = place / str(number) / os.fsdecode(name.encode(errors="surrogatepass")).strip(".")
    shutil.copytree(template, directory)
    follower = Follower(directory, NOW)
    follower.build_pyramids()
    follower.look(NOW)
    happened = befall(directory, dice)
    try:
        found = [*faults(follower.look(NOW + 1), number)]
        fresh = Follower(directory, NOW + 1)
        fresh.build_pyramids()
        found += faults(fresh.look(NOW + 1), number + 1)
    except Exception as error:
        error.add_note(f"case {number}: {happened}")
        raise
    shutil.rmtree(place / str(number))
    return [f"case {number}, {happened}: {fault}" for fault in found]


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: the cases write hundreds of thousands of files."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        yield Path(place)


@pytest.mark.parametrize("batch", [_numbers()[at : at + BATCH] for at in range(0, len(_numbers()), BATCH)], ids=str)
def test_nothing_that_befalls_a_directory_breaks_or_rules_the_monitor(
    batch: range, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [fault for number in batch for fault in _one(number, memory, monkeypatch)]
    assert not found, "\n".join(fault[:1000] for fault in found[:20])
