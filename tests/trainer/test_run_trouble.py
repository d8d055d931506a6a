"""Disks that fill up, directories that disappear, forks, loops without a pause: the training never notices."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kan_shared.lock import DirectoryLock
from kan_shared.series import NUMPY_FIELDS
from kan_trainer import Run


def log_until(run: Run, condition: Any, until: Any, start: int = 1) -> int:
    """A training that logs a step every few milliseconds until `condition`; its last step."""
    steps = iter(range(start, 10**9))
    last = start

    def log_and_look() -> object:
        nonlocal last
        last = next(steps)
        run.log(last, {"train/loss": float(last)})
        return condition()

    until(log_and_look)
    return last


def test_on_a_full_disk_the_training_goes_on(mount: Any, recorded_in: Any, until: Any, capsys: Any) -> None:
    disk = mount("size=256k")
    recorded = recorded_in(disk / "run")
    with Run(disk / "run") as run:
        last = log_until(run, lambda: recorded.values("train/loss"), until)
        (disk / "ballast").write_bytes(b"x" * os.statvfs(disk).f_bavail * 4096)
        full_at = recorded.state.heartbeat_seconds
        for step in range(last + 1, last + 1001):
            run.log(step, {"train/loss": float(step)})
        run.sample(step, input="x" * 8000, target="", generated="")
        last = log_until(run, lambda: capsys.readouterr().err, until, step + 1)
        assert recorded.state.heartbeat_seconds <= full_at + 1.0  # the old state stands, whole

        mount("size=8m")
        last = log_until(run, lambda: recorded.state.step > step, until, last + 1)
        state = recorded.state
        assert state.status == "running"
        assert state.lost.records > 0
        assert "No space left on device" in state.lost.reason or "disk is full" in state.lost.reason

    state, values = recorded.state, recorded.values("train/loss")
    assert state.status == "complete"
    assert values[-1] == last
    assert values == sorted(set(values))
    # Every step is in the file, or counted; the hardware's figures and the sample were lost with them.
    assert last - len(values) <= state.lost.records <= last - len(values) + 30


def test_a_loss_is_said_once(mount: Any, until: Any, capsys: Any) -> None:
    disk = mount("size=64k")
    with Run(disk) as run:
        (disk / "ballast").write_bytes(b"x" * os.statvfs(disk).f_bavail * 4096)
        for step in range(1, 1001):
            run.log(step, {f"metric{step % 5}": 1.0})
            time.sleep(0.001)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"kan-monitor: {disk}: not everything was recorded (")
    assert lines[0].endswith("); training goes on.")


def test_a_state_that_could_not_be_written_for_a_while_is_no_loss(
    directory: Path, recorded: Any, until: Any, capsys: Any
) -> None:
    """The next one says all that it would have said."""
    with Run(directory) as run:
        run.log(1, {"train/loss": 1.0})
        until(lambda: recorded.values("train/loss"))
        recorded.experiment.state.rename(directory / "kept")
        recorded.experiment.state.mkdir()
        log_until(run, lambda: capsys.readouterr().err, until, 2)
        recorded.experiment.state.rmdir()
        (directory / "kept").rename(recorded.experiment.state)
    assert recorded.state.status == "complete"
    assert recorded.state.lost is None


#: A training whose files may not grow beyond 2 kB: 64 records of a series, but a whole state.
LIMITED = """
import resource, sys, time
from kan_trainer import Run
with Run(sys.argv[1]) as run:
    time.sleep(0.2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
    for step in range(1, 201):
        run.log(step, {"train/loss": float(step)})
        time.sleep(0.001)
print("trained", flush=True)
"""


def test_a_quota_leaves_what_fits_and_counts_the_rest(directory: Path, recorded: Any, spawn: Any) -> None:
    output, complaint = spawn(LIMITED, directory).communicate(timeout=60)
    assert output == "trained\n"
    assert complaint.count("training goes on") == 1
    assert recorded.values("train/loss") == list(range(1, 65))
    assert recorded.experiment.series("train/loss").stat().st_size == 2048
    state = recorded.state
    assert (state.status, state.step) == ("complete", 200)
    assert state.lost.records >= 200 - 64


def test_a_directory_that_is_deleted_and_made_again_is_gone_on_with(
    directory: Path, recorded: Any, until: Any, capsys: Any
) -> None:
    with Run(directory) as run:
        last = log_until(run, lambda: recorded.values("train/loss"), until)
        shutil.rmtree(directory)
        last = log_until(run, lambda: run._recorder._tally.lost, until, last + 1)
        assert not directory.exists()  # whoever deleted it wanted that
        assert "training goes on" in capsys.readouterr().err
        directory.mkdir()
        last = log_until(run, lambda: recorded.experiment.state.exists(), until, last + 1)
        last = log_until(run, lambda: recorded.values("train/loss"), until, last + 1)
        run.event("checkpoint")
    state, values = recorded.state, recorded.values("train/loss")
    assert state.status == "complete"
    assert state.lost.records > 0
    assert "No such file or directory" in state.lost.reason
    assert values == list(range(int(values[0]), last + 1))
    assert recorded.events[0].kind == "checkpoint"


def test_a_history_that_is_deleted_begins_anew(directory: Path, recorded: Any, until: Any) -> None:
    """Though the directory is the same, the open files are not in it any more."""
    with Run(directory) as run:
        last = log_until(run, lambda: recorded.values("train/loss"), until)
        shutil.rmtree(recorded.experiment.history)
        recorded.experiment.events.unlink(missing_ok=True)
        last = log_until(run, lambda: recorded.values("train/loss"), until, last + 1)
    values = recorded.values("train/loss")
    assert values == list(range(int(values[0]), last + 1))


def test_a_directory_that_is_moved_is_not_followed(directory: Path, recorded: Any, until: Any, capsys: Any) -> None:
    """Where it went is nobody's run any more; where it was, a new one may be made."""
    moved = directory.with_name("moved")
    with Run(directory) as run:
        last = log_until(run, lambda: recorded.values("train/loss"), until)
        directory.rename(moved)
        last = log_until(run, lambda: run._recorder._tally.lost > 20, until, last + 1)
        size = (moved / "history" / "train%2Floss.series").stat().st_size
        log_until(run, lambda: run._recorder._tally.lost > 70, until, last + 1)
        assert (moved / "history" / "train%2Floss.series").stat().st_size == size
    assert "No such file or directory" in capsys.readouterr().err
    assert not directory.exists()


#: A training that forks a worker, as data loaders are: it logs, and ends in the way that is named.
FORKING = """
import os, sys, time
from kan_trainer import Run
with Run(sys.argv[1]) as run:
    run.log(1, {"train/loss": 1.0})
    worker = os.fork()
    if not worker:
        for step in range(100, 200):
            run.log(step, {"train/loss": -1.0, "worker/loss": -1.0})
        run.sample(100, input="", target="", generated="")
        run.event("worker")
        with run.paused():
            time.sleep(0.2)
        {end}
    os.waitpid(worker, 0)
    run.log(2, {"train/loss": 0.5})
    time.sleep(0.3)
    run.log(3, {"train/loss": 0.25})
print("trained", flush=True)
"""


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)", "run.finish('error', 'by the worker'); os._exit(0)"])
def test_a_forked_worker_writes_nothing(end: str, directory: Path, recorded: Any, spawn: Any) -> None:
    output, _ = spawn(FORKING.replace("{end}", end), directory).communicate(timeout=60)
    assert output == "trained\n"
    assert recorded.names == ["train/loss"]
    assert recorded.values("train/loss") == [1.0, 0.5, 0.25]
    assert [event.kind for event in recorded.events] == ["complete"]
    state = recorded.state
    assert (state.status, state.step, state.samples, state.lost) == ("complete", 3, 0, None)


ORPHANING = """
import os, sys, time
from kan_trainer import Run
with Run(sys.argv[1]) as run:
    worker = os.fork()
    if not worker:
        time.sleep(60)
        os._exit(0)
    print(worker, flush=True)
    time.sleep(60)
"""


def test_a_worker_that_outlives_its_trainer_does_not_keep_the_directory(directory: Path, spawn: Any) -> None:
    child = spawn(ORPHANING, directory)
    worker = int(child.stdout.readline())
    child.kill()
    child.wait()
    os.kill(worker, 0)
    DirectoryLock(directory / "lock", "me").release()
    os.kill(worker, signal.SIGKILL)


def test_a_loop_without_a_pause_keeps_nothing_from_being_written(directory: Path, recorded: Any) -> None:
    seen: set[int | None] = set()
    began, steps, oldest = time.monotonic(), 0, 0.0
    with Run(directory) as run:
        while steps < 300_000 or len(seen) < 4:
            steps += 1
            run.log(steps, {"train/loss": 0.5})
            if steps % 10_000 == 0:
                state = recorded.state
                seen.add(state.step)
                oldest = max(oldest, time.time() - state.heartbeat_seconds)
                assert time.monotonic() - began < 30, f"the state stood still: {seen}"
    assert oldest < 10.0
    written = np.fromfile(recorded.experiment.series("train/loss"), NUMPY_FIELDS)
    assert np.array_equal(written["step"], np.arange(1, steps + 1))
    assert recorded.state.metrics["train/loss"].count == steps
    assert recorded.state.lost is None


def test_what_a_hanging_disk_cannot_take_is_dropped_and_counted(
    directory: Path, recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kan_trainer.run.MAX_PENDING", 100)
    disk_hangs, hanging = threading.Event(), threading.Event()
    with Run(directory) as run:

        def hang() -> None:
            hanging.set()
            disk_hangs.wait(30)

        run._recorder.pending.append(hang)
        assert hanging.wait(30)
        for step in range(1, 1001):
            run.log(step, {"train/loss": 1.0})
        disk_hangs.set()
    values = recorded.values("train/loss")
    assert 95 <= len(values) <= 100  # telemetry may wait among them
    assert recorded.state.lost.records == 1000 - len(values)
    assert recorded.state.lost.reason == "the disk is too slow"


def test_the_limit_is_far_beyond_what_a_healthy_disk_leaves() -> None:
    from kan_trainer.recording.recorder import MAX_PENDING

    assert MAX_PENDING == 1_000_000


def test_a_memory_limit_of_open_files_is_survived(directory: Path, recorded: Any, capsys: Any) -> None:
    """Series beyond the limit are lost and counted, the others go on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Run(directory) as run:
        run.log(0, {"train/loss": 0.0})
        time.sleep(0.2)
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 10, hard))
        try:
            run.log(1, {f"metric{n}": 1.0 for n in range(50)})
            run.log(1, {"train/loss": 1.0})
            time.sleep(0.3)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert recorded.values("train/loss") == [0.0, 1.0]
    assert recorded.state.status == "complete"
    assert recorded.state.lost.records > 0
    assert "Too many open files" in recorded.state.lost.reason
