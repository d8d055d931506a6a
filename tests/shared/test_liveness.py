"""Whether a run that says it is running really is."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kan_shared.liveness import HEARTBEAT_LIMIT_SECONDS, Liveness, is_alive, is_local, judge, observe, this_process
from kan_shared.state import Producer, State, decode_state

MakeState = Callable[..., State]
NOW = 10_000.0
#: A run in good health: a heartbeat and a step a moment ago, one step a second, never more than two seconds apart.
HEALTHY = {
    "heartbeat_seconds": NOW - 0.5,
    "started_seconds": NOW - 5000,
    "last_step_seconds": NOW - 1,
    "longest_gap_seconds": 2.0,
}
NO_STEP_YET = {"last_step_seconds": None, "longest_gap_seconds": None}


# --------------------------------------------------------------------------------------
# The table


@pytest.mark.parametrize(
    ("changes", "local", "alive", "word"),
    [
        pytest.param({}, True, True, "running", id="healthy"),
        pytest.param({}, False, False, "running", id="healthy on another host"),
        # A cadence of its own: four times its longest wait, never less than 15 s.
        pytest.param({"last_step_seconds": NOW - 14}, True, True, "running", id="a short pause"),
        pytest.param({"last_step_seconds": NOW - 16}, True, True, "slow", id="longer than it ever waited"),
        pytest.param(
            {"last_step_seconds": NOW - 119, "longest_gap_seconds": 30.0}, True, True, "running", id="slow by nature"
        ),
        pytest.param(
            {"last_step_seconds": NOW - 121, "longest_gap_seconds": 30.0}, True, True, "slow", id="slow even for it"
        ),
        pytest.param({"last_step_seconds": NOW - 299}, True, True, "slow", id="not yet given up"),
        pytest.param({"last_step_seconds": NOW - 301}, True, True, "stalled", id="no step for ages"),
        pytest.param(
            {"last_step_seconds": NOW - 599, "longest_gap_seconds": 30.0}, True, True, "slow", id="ages are relative"
        ),
        pytest.param({"last_step_seconds": NOW - 301}, False, False, "stalled", id="no step for ages, another host"),
        # Before the first step models load and compile.
        pytest.param({**NO_STEP_YET, "started_seconds": NOW - 119}, True, True, "running", id="loading"),
        pytest.param({**NO_STEP_YET, "started_seconds": NOW - 121}, True, True, "slow", id="loading long"),
        pytest.param({**NO_STEP_YET, "started_seconds": NOW - 1801}, True, True, "stalled", id="never stepped"),
        pytest.param(
            {**NO_STEP_YET, "started_seconds": NOW - 9000, "segment_started_seconds": NOW - 60},
            True,
            True,
            "running",
            id="resumed after hours",
        ),
        pytest.param(
            {"longest_gap_seconds": None, "started_seconds": NOW - 60}, True, True, "running", id="after one step"
        ),
        # The heartbeat.
        pytest.param({"heartbeat_seconds": NOW - 14}, True, True, "running", id="a late heartbeat"),
        pytest.param({"heartbeat_seconds": NOW - 16}, True, True, "stalled", id="stopped or deadlocked"),
        pytest.param({"heartbeat_seconds": NOW - 16}, False, False, "unreachable", id="another host, old heartbeat"),
        pytest.param({"heartbeat_seconds": NOW + 3600}, False, False, "running", id="its clock is ahead of ours"),
        # The process.
        pytest.param({}, True, False, "crashed", id="gone a moment ago"),
        pytest.param({"heartbeat_seconds": NOW - 9999}, True, False, "crashed", id="gone long ago"),
        # What the producer said itself.
        pytest.param({"status": "paused"}, True, True, "paused", id="paused"),
        pytest.param({"status": "paused", "last_step_seconds": NOW - 4000}, True, True, "paused", id="paused long"),
        pytest.param({"status": "paused"}, True, False, "crashed", id="paused and gone"),
        pytest.param(
            {"status": "paused", "heartbeat_seconds": NOW - 16}, True, True, "stalled", id="paused, then hung"
        ),
        pytest.param(
            {"status": "paused", "heartbeat_seconds": NOW - 16}, False, False, "unreachable", id="paused far away"
        ),
        *(
            pytest.param({"status": word, "heartbeat_seconds": NOW - 10**4}, local, False, word, id=f"{word} {local}")
            for word in ("complete", "stopped", "error")
            for local in (True, False)
        ),
    ],
)
def test_the_word_for_a_run(
    make_state: MakeState, changes: dict[str, Any], local: bool, alive: bool, word: Liveness
) -> None:
    assert judge(make_state(**{**HEALTHY, **changes}), NOW, local=local, alive=alive) == word


# --------------------------------------------------------------------------------------
# Real processes

PRODUCER = """
import sys, msgspec
from kan_shared.liveness import this_process
print(msgspec.json.encode(this_process()).decode(), flush=True)
sys.stdin.read()
"""


def start_producer(spawn: Any, code: str = PRODUCER) -> tuple[Any, Producer]:
    child = spawn(code)
    return child, msgspec.json.decode(child.stdout.readline(), type=Producer)


def just_written(make_state: MakeState, producer: Producer) -> State:
    now = time.time()
    times = {"heartbeat_seconds": now, "started_seconds": now, "last_step_seconds": now}
    return make_state(producer=producer, longest_gap_seconds=1.0, **times)


def test_this_process_knows_itself() -> None:
    here = this_process()
    assert is_local(here)
    assert is_alive(here)
    assert here.pid == os.getpid()


def test_a_producer_that_is_killed_is_crashed_at_the_next_look(make_state: MakeState, spawn: Any) -> None:
    child, producer = start_producer(spawn)
    state = just_written(make_state, producer)
    assert observe(state, time.time()) == "running"
    child.kill()
    child.wait()
    assert observe(state, time.time()) == "crashed"


def test_a_zombie_is_crashed(make_state: MakeState, spawn: Any) -> None:
    """A launcher that never waits keeps the dead process's number in the table."""
    child, producer = start_producer(spawn)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    os.kill(child.pid, 0)
    assert observe(just_written(make_state, producer), time.time()) == "crashed"
    unsure = msgspec.structs.replace(producer, process_start=None)
    assert not is_alive(unsure), "though nobody noted when it started"


def test_another_process_that_got_the_number_is_not_taken_for_it(make_state: MakeState, spawn: Any) -> None:
    _, producer = start_producer(spawn)
    dead = msgspec.structs.replace(producer, process_start="17")
    assert is_alive(producer)
    assert observe(just_written(make_state, dead), time.time()) == "crashed"


def test_a_number_from_before_a_boot_or_from_another_container_means_nothing_here(
    make_state: MakeState, spawn: Any
) -> None:
    _, producer = start_producer(spawn)
    for elsewhere in ({"boot_id": "another"}, {"host": "gpu-box"}, {"pid_namespace": "pid:[1]"}):
        state = just_written(make_state, msgspec.structs.replace(producer, pid=2**31 - 1, **elsewhere))
        assert observe(state, time.time()) == "running"
        assert observe(state, time.time() + HEARTBEAT_LIMIT_SECONDS + 1) == "unreachable"


def test_a_stopped_producer_is_stalled_once_its_heartbeat_is_old(make_state: MakeState, spawn: Any) -> None:
    child, producer = start_producer(spawn)
    state = just_written(make_state, producer)
    os.kill(child.pid, signal.SIGSTOP)
    assert observe(state, time.time()) == "running"
    assert observe(state, time.time() + HEARTBEAT_LIMIT_SECONDS + 1) == "stalled"
    os.kill(child.pid, signal.SIGCONT)


@pytest.mark.parametrize("name", [b"my ) R 1 2 (kan", b"entra\xc3\xaenemen\xc3", b") Z 0"])
@pytest.mark.skipif(not os.path.exists("/proc/self/comm"), reason="processes have no names here")
def test_a_producer_of_any_name(make_state: MakeState, spawn: Any, name: bytes) -> None:
    """The kernel keeps 15 bytes, and shows them unescaped in the middle of the line that says when it started."""
    child, producer = start_producer(spawn, f"open('/proc/self/comm', 'wb').write({name!r}){PRODUCER}")
    assert producer.process_start is not None
    assert observe(just_written(make_state, producer), time.time()) == "running"
    child.kill()
    child.wait()
    assert observe(just_written(make_state, producer), time.time()) == "crashed"


def test_the_largest_number_that_a_state_can_carry(make_state: MakeState) -> None:
    producer = msgspec.structs.replace(this_process(), pid=2**31 - 1)
    assert observe(just_written(make_state, producer), time.time()) == "crashed"


def test_a_process_of_somebody_else_is_alive() -> None:
    """A signal to it is not permitted, which is an answer too."""
    assert is_alive(Producer(pid=1, host="here"))


def test_the_golden_state_is_judged_by_what_it_says() -> None:
    golden = Path(__file__).parents[2] / "snapshots" / "state" / "state-v1.json"
    assert observe(decode_state(golden.read_bytes()), time.time()) == "error"
