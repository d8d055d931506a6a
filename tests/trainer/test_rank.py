"""Several processes that train together: the first records the run, the others say how they are."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kan_shared.errors import UsageError
from kan_shared.ranks import Rank, encode_rank, rank_file, read_ranks
from kan_shared.state import Gpu, Telemetry
from kan_shared.store import replace_file, write_state
from kan_trainer import Run
from kan_trainer.recording.place import Place, place_of_process


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)


def launched(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({}, Place()),
        ({"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}, Place(3, 8, 1)),
        ({"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}, Place(0, 1, 0)),
        ({"RANK": "8", "WORLD_SIZE": "8"}, Place()),
        ({"RANK": "3"}, Place()),
        ({"RANK": "-1", "WORLD_SIZE": "x"}, Place()),
        ({"RANK": "٣", "WORLD_SIZE": "9" * 30}, Place()),
    ],
)
def test_the_launcher_says_which_process_this_is(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], place: Place
) -> None:
    launched(monkeypatch, **environment)
    assert place_of_process() == place


def test_what_is_told_comes_before_what_the_launcher_says(monkeypatch: pytest.MonkeyPatch) -> None:
    launched(monkeypatch, RANK="3", WORLD_SIZE="8", LOCAL_RANK="3")
    assert place_of_process(0, 1)[:2] == (0, 1)
    assert place_of_process(0)[:2] == (0, 8)
    assert place_of_process(9)[:2] == (9, 10)


@pytest.mark.parametrize(("rank", "world_size"), [(-1, 4), (4, 4), (2, -1), (2**20, None)])
def test_a_rank_that_cannot_be_is_refused(directory: Path, rank: int, world_size: int | None) -> None:
    with pytest.raises(UsageError, match="ranks count from 0"):
        Run(directory, rank=rank, world_size=world_size)
    assert not directory.exists()


def test_every_rank_may_log_and_only_the_first_records(
    directory: Path, recorded: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched(monkeypatch, RANK="1", WORLD_SIZE="2", LOCAL_RANK="1")
    with Run(directory, rank=0, total_steps=10) as first, Run(directory, total_steps=10) as second:
        for step in (1, 2, 3):
            first.log(step, {"train/loss": 1.0})
            second.log(step - 1, {"train/loss": 99.0})
        second.event("checkpoint")
        second.sample(1, input="", target="", generated="")
        until(lambda: [rank.state.step for rank in read_ranks(recorded.experiment.ranks)] == [2])
        until(lambda: recorded.state.step == 3)
        (rank,) = read_ranks(recorded.experiment.ranks)
        assert (rank.rank, rank.world_size, rank.local_rank) == (1, 2, 1)
        assert (rank.state.status, rank.state.metrics) == ("running", {})
        assert (first.resumed, second.resumed) == (False, False)
    assert recorded.state.world_size == 2
    assert recorded.values("train/loss") == [1.0, 1.0, 1.0]
    assert [event.kind for event in recorded.events] == ["complete"]
    assert recorded.samples == []
    assert read_ranks(recorded.experiment.ranks)[0].state.status == "complete"


def test_a_rank_says_how_it_ended(directory: Path) -> None:
    with pytest.raises(ZeroDivisionError), Run(directory, rank=2, world_size=3):
        raise ZeroDivisionError("of this rank")
    (rank,) = read_ranks(directory / "ranks")
    assert (rank.state.status, rank.state.message) == ("error", "ZeroDivisionError: of this rank")


def test_ranks_may_come_before_the_first_one(directory: Path, recorded: Any) -> None:
    with Run(directory, rank=1, world_size=2), Run(directory, rank=0, world_size=2) as first:
        first.log(1, {"train/loss": 1.0})
    assert recorded.state.status == "complete"


def test_a_rank_that_is_told_to_stop_says_so(directory: Path, spawn: Any) -> None:
    code = (
        "import sys, time; from kan_trainer import Run\n"
        "with Run(sys.argv[1], rank=1, world_size=2):\n    print('on', flush=True); time.sleep(60)"
    )
    child = spawn(code, directory)
    assert child.stdout.readline() == "on\n"
    child.send_signal(signal.SIGTERM)
    child.wait(30)
    assert read_ranks(directory / "ranks")[0].state.status == "stopped"


def test_a_resumed_run_forgets_its_former_ranks_and_keeps_what_they_used(
    directory: Path, recorded: Any, until: Any
) -> None:
    with Run(directory, rank=0, world_size=2):
        pass
    used = Telemetry(seconds=1, gpus=(Gpu(index=0, energy_joules=500),), earlier_energy_joules=7, energy_seconds=60)
    before = msgspec.structs.replace(recorded.state, telemetry=used)
    write_state(recorded.experiment.state, before)
    elsewhere = msgspec.structs.replace(before, producer=msgspec.structs.replace(before.producer, host="other"))
    recorded.experiment.ranks.mkdir()
    replace_file(rank_file(recorded.experiment.ranks, 1), encode_rank(Rank(rank=1, world_size=2, state=elsewhere)))

    with Run(directory, resume=True):
        assert read_ranks(recorded.experiment.ranks) == ()
        at_once = recorded.state.telemetry
        assert (at_once.gpus, at_once.earlier_energy_joules) == ((), 1007), "it may be killed before it has looked"
        until(lambda: recorded.state.telemetry.seconds > used.seconds)
    state = recorded.state
    assert state.world_size == 1
    assert state.telemetry.earlier_energy_joules == 1007
    assert state.telemetry.energy_seconds >= 60
