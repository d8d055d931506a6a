"""The ranks beside a run: what a reader makes of their files, whatever is in them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_shared.errors import UnreadableState
from kan_shared.liveness import this_process
from kan_shared.ranks import (
    MAX_RANKS,
    Rank,
    RanksReader,
    all_gpus,
    decode_rank,
    encode_rank,
    forget_ranks,
    rank_file,
    read_ranks,
    total_energy_joules,
)
from kan_shared.state import MAX_STATE_BYTES, Gpu, State, Telemetry
from kan_shared.store import replace_file

MakeState = Callable[..., State]


@pytest.fixture
def put(tmp_path: Path, make_state: MakeState) -> Callable[..., Rank]:
    """Writes the file of a rank as its process does."""

    def write(number: int, **changes: object) -> Rank:
        rank = Rank(rank=number, world_size=4, local_rank=number, state=make_state(**changes))
        replace_file(rank_file(tmp_path, number), encode_rank(rank))
        return rank

    return write


def test_every_rank_is_read_in_their_order(tmp_path: Path, put: Callable[..., Rank]) -> None:
    third, first = put(3), put(1)
    assert read_ranks(tmp_path) == (first, third)


def test_a_run_without_ranks_has_none(tmp_path: Path) -> None:
    assert read_ranks(tmp_path / "ranks") == ()


def test_a_reader_follows_what_is_replaced_and_what_is_gone(tmp_path: Path, put: Callable[..., Rank]) -> None:
    put(1), put(2)
    reader = RanksReader(tmp_path)
    reader.poll()
    later = put(1, step=77)
    rank_file(tmp_path, 2).unlink()
    reader.poll()
    assert reader.ranks == (later,)


def test_what_has_not_moved_is_not_read_again(
    tmp_path: Path, put: Callable[..., Rank], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(1)
    reader = RanksReader(tmp_path)
    reader.poll()
    monkeypatch.setattr("kan_shared.ranks.decode_rank", lambda _: pytest.fail("it was read again"))
    reader.poll()
    assert [rank.rank for rank in reader.ranks] == [1]


def test_a_file_that_turns_bad_leaves_what_was_known(tmp_path: Path, put: Callable[..., Rank]) -> None:
    good = put(1)
    reader = RanksReader(tmp_path)
    reader.poll()
    rank_file(tmp_path, 1).write_bytes(b'{"rank": 1, "sta')
    for _ in range(2):
        reader.poll()
        assert reader.ranks == (good,)
    again = put(1, step=3)
    reader.poll()
    assert reader.ranks == (again,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"{}",
        b"\xff\xfe",
        b"x" * (MAX_STATE_BYTES + 100),
        b'{"schema_version": 99, "rank": 1}',
    ],
    ids=["empty", "null", "deep", "no rank", "no text", "huge", "newer"],
)
def test_a_file_of_anything_is_no_rank(tmp_path: Path, put: Callable[..., Rank], data: bytes) -> None:
    good = put(0)
    rank_file(tmp_path, 1).write_bytes(data)
    assert read_ranks(tmp_path) == (good,)


def test_what_is_no_file_of_a_rank_is_passed_over(tmp_path: Path, put: Callable[..., Rank]) -> None:
    good = put(7)
    os.mkfifo(rank_file(tmp_path, 1))
    rank_file(tmp_path, 2).mkdir()
    rank_file(tmp_path, 3).symlink_to("nowhere")
    rank_file(tmp_path, 4).write_bytes(rank_file(tmp_path, 7).read_bytes())
    for name in (".7.json.1.0.tmp", "-1.json", "1e3.json", "٣.json", "9" * 30 + ".json", "x.json"):
        (tmp_path / name).write_bytes(encode_rank(good))
    assert read_ranks(tmp_path) == (good,)


def test_no_more_ranks_are_read_than_a_screen_can_be_made_of(tmp_path: Path, put: Callable[..., Rank]) -> None:
    data = json.loads(encode_rank(put(0)))
    for number in range(MAX_RANKS + 20):
        rank_file(tmp_path, number).write_text(json.dumps({**data, "rank": number}))
    assert len(read_ranks(tmp_path)) == MAX_RANKS


def test_what_former_ranks_said_is_forgotten(tmp_path: Path, put: Callable[..., Rank]) -> None:
    put(1), put(2)
    (tmp_path / "notes.txt").write_text("somebody's own")
    forget_ranks(tmp_path)
    forget_ranks(tmp_path / "not there")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_any_byte_may_be_changed(at: int, byte: int) -> None:
    state = State(
        run_id="r", name="n", status="running", producer=this_process(), revision=0,
        started_seconds=0, heartbeat_seconds=0, elapsed_seconds=0,
    )  # fmt: skip
    data = bytearray(encode_rank(Rank(rank=1, world_size=2, state=state)))
    data[at % len(data)] = byte
    try:
        rank = decode_rank(bytes(data))
    except UnreadableState:
        return
    assert decode_rank(encode_rank(rank)) == rank


# --------------------------------------------------------------------------------------
# The hardware of all of them


def seen(
    make_state: MakeState, host: str, seconds: float, *joules: float | None, earlier: float | None = None
) -> State:
    gpus = tuple(Gpu(index=index, energy_joules=energy) for index, energy in enumerate(joules))
    producer = {"pid": 1, "host": host}
    telemetry = Telemetry(seconds=seconds, gpus=gpus, earlier_energy_joules=earlier)
    return make_state(telemetry=telemetry, producer=type(this_process())(**producer))


def test_a_gpu_that_two_ranks_see_is_one_as_it_was_seen_last(make_state: MakeState) -> None:
    states = [seen(make_state, "a", 2.0, 20, 21), seen(make_state, "a", 3.0, 30), seen(make_state, "b", 1.0, 10)]
    gpus = all_gpus(states)
    assert {place: gpu.energy_joules for place, gpu in gpus.items()} == {("a", 0): 30, ("a", 1): 21, ("b", 0): 10}


def test_the_energy_of_a_run_is_that_of_every_gpu_once_and_of_its_former_segments(make_state: MakeState) -> None:
    first = seen(make_state, "a", 2.0, 20, None, earlier=1000)
    others = [seen(make_state, "a", 2.0, 5), seen(make_state, "b", 2.0, 5)]
    assert total_energy_joules(first, others) == 1010
    assert total_energy_joules(seen(make_state, "a", 2.0, None), []) is None
    assert total_energy_joules(seen(make_state, "a", 2.0, None, earlier=3.0), []) == 3.0
    assert total_energy_joules(make_state(telemetry=None), []) is None
