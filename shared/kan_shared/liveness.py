"""Whether a run that says it is running really is: the producer's process, its heartbeat, and the run's own cadence.

    running      it steps as it is used to
    slow         no step for much longer than its longest wait so far
    stalled      it lives but writes nothing any more (stopped, swapped out, deadlocked), or has not stepped for ages
    crashed      its process is gone and never said goodbye
    unreachable  another host's run whose heartbeat is old: only that host could tell

A status that the producer itself set (paused, complete, stopped, error) is passed on, unless a paused run's process
is gone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

from kan_shared.state import Producer, State

Liveness = Literal["running", "slow", "stalled", "crashed", "unreachable", "paused", "complete", "stopped", "error"]

#: The producer writes every second; what is older than this has stopped.
HEARTBEAT_LIMIT_SECONDS: Final = 15.0
#: Before there is a cadence, a first step may take this long: models load and compile.
_FIRST_STEP_SECONDS: Final = 1800.0
_DEAD: Final = "dead"


def this_process() -> Producer:
    """The identity of the calling process, as a state carries it."""
    pid = os.getpid()
    return Producer(
        pid=pid,
        host=os.uname().nodename[:200],
        boot_id=_boot_id(),
        pid_namespace=_pid_namespace(),
        process_start=_process_start(pid),
    )


def is_local(producer: Producer) -> bool:
    """Whether `producer` counts its pids as we do: same host, same boot, same pid namespace."""
    here = (os.uname().nodename[:200], _boot_id(), _pid_namespace())
    return here == (producer.host, producer.boot_id, producer.pid_namespace)


def is_alive(producer: Producer) -> bool:
    """Whether the local process `producer` lives; a zombie does not, and neither does another that got its pid."""
    try:
        os.kill(producer.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    start = _process_start(producer.pid)
    if start == _DEAD:
        return False
    return start is None or producer.process_start is None or start == producer.process_start


def judge(state: State, now: float, *, local: bool, alive: bool) -> Liveness:
    """The liveness of `state` at unix time `now`, given whether its producer is local and, if so, alive."""
    if state.status in ("complete", "stopped", "error"):
        return state.status
    silence = now - state.heartbeat_seconds
    if local and not alive:
        return "crashed"
    if silence > HEARTBEAT_LIMIT_SECONDS:
        return "stalled" if local else "unreachable"
    if state.status == "paused":
        return "paused"
    return _by_cadence(state, now)


def observe(state: State, now: float) -> Liveness:
    """`judge` with a look at this machine's processes."""
    local = is_local(state.producer)
    return judge(state, now, local=local, alive=local and is_alive(state.producer))


def _by_cadence(state: State, now: float) -> Liveness:
    gap = state.longest_gap_seconds
    if state.last_step_seconds is None or gap is None:
        began = state.segment_started_seconds or state.started_seconds
        waited, slow, stalled = now - (state.last_step_seconds or began), 120.0, _FIRST_STEP_SECONDS
    else:
        waited, slow, stalled = now - state.last_step_seconds, max(15.0, 4 * gap), max(300.0, 20 * gap)
    if waited > stalled:
        return "stalled"
    return "slow" if waited > slow else "running"


def _boot_id() -> str | None:
    return _read("/proc/sys/kernel/random/boot_id")


def _pid_namespace() -> str | None:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return None


def _process_start(pid: int) -> str | None:
    """When `pid` started, in clock ticks since boot; `_DEAD` for a zombie, `None` where /proc does not say."""
    stat = _read(f"/proc/{pid}/stat")
    if stat is None:
        return None
    fields = stat.rpartition(")")[2].split()
    return _DEAD if fields[0] in "ZX" else fields[19]


def _read(path: str) -> str | None:
    try:
        # A process may have any bytes for a name, and the kernel cuts it in the middle of a character.
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return None
