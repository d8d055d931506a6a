"""How runs end, and what the directory then says: by an exception, by a signal, by nothing at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kan_shared.liveness import observe
from kan_shared.state import Telemetry
from kan_trainer import Run

#: A training in a process of its own: `sys.argv[1]` is its directory; `BODY` is what its loop does at step 3.
TRAINING = """
import os, signal, sys, time
import psutil, pynvml  # Python 3.11 forgets that it dies of Ctrl-C when another thread imports them just then
from kan_trainer import Run

def body(run):
    {body}

with Run(sys.argv[1], total_steps=5) as run:
    for step in range(1, 6):
        run.log(step, {{"train/loss": 1 / step}})
        if step == 3:
            body(run)
print("after", flush=True)
"""
Ended = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def train(directory: Path) -> Ended:
    """Runs a training whose loop does `body` at its third step."""

    def start(body: str, code: str = TRAINING) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code.format(body=body), str(directory)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    return start


def test_the_end_of_the_block_is_complete(train: Ended, recorded: Any) -> None:
    done = train("pass")
    assert (done.returncode, done.stdout, done.stderr) == (0, "after\n", "")
    state = recorded.state
    assert (state.status, state.message, state.step) == ("complete", None, 5)
    assert state.ended_seconds == state.heartbeat_seconds >= state.started_seconds


def test_an_exception_is_an_error_and_passes_on(directory: Path, recorded: Any) -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero"), Run(directory) as run:
        run.log(1, {"train/loss": 1.0})
        1 / 0  # noqa: B018
    assert (recorded.state.status, recorded.state.message) == ("error", "ZeroDivisionError: division by zero")
    assert (recorded.events[-1].kind, recorded.events[-1].detail) == ("error", "ZeroDivisionError: division by zero")
    assert recorded.values("train/loss") == [1.0]


def test_an_exception_leaves_the_process_its_traceback_and_exit_code(train: Ended, recorded: Any) -> None:
    done = train("raise ValueError('the loss is NaN')")
    assert done.returncode == 1
    assert done.stderr.endswith("ValueError: the loss is NaN\n")
    assert recorded.state.status == "error"


def test_the_message_of_an_error_may_be_anything(directory: Path, recorded: Any) -> None:
    with pytest.raises(RuntimeError), Run(directory):
        raise RuntimeError("\x1b]52;c;aGk=\x07 lone \ud800 " + "x" * 100_000)
    message = recorded.state.message
    assert message.startswith("RuntimeError: \x1b]52;c;aGk=\x07 lone ? xxx")
    assert len(message) == 2000
    assert recorded.events[-1].detail == message


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("raise KeyboardInterrupt", -signal.SIGINT, "stopped by SIGINT"),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(60)", -signal.SIGINT, "stopped by SIGINT"),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)", 128 + signal.SIGTERM, "stopped by SIGTERM"),
        ("os.kill(os.getpid(), signal.SIGHUP); time.sleep(60)", 128 + signal.SIGHUP, "stopped by SIGHUP"),
        ("sys.exit(7)", 7, "the process exited with 7"),
        ("sys.exit()", 0, "the process exited with None"),
        ("run.finish('stopped', 'early enough')", 0, "early enough"),
    ],
)
def test_a_run_that_is_asked_to_end_is_stopped(
    body: str, code: int, message: str, train: Ended, directory: Path, recorded: Any
) -> None:
    done = train(body)
    assert done.returncode == code
    state = recorded.state
    assert (state.status, state.message, state.step) == ("stopped", message, 3)
    assert recorded.values("train/loss") == [1, 1 / 2, 1 / 3]
    assert [(event.kind, event.detail) for event in recorded.events] == [("stopped", message)]
    assert "Traceback" not in done.stderr or "KeyboardInterrupt" in done.stderr


IMPATIENT = """
import os, signal, sys, time
import psutil, pynvml  # as above
from kan_trainer import Run

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

with Run(sys.argv[1]) as run:
    run.log(1, {"train/loss": 1.0})
    slow = run._recorder._files.close
    def close():
        interrupt()  # while the dying process waits for the end of the run
        time.sleep(0.3)
        slow()
        open(sys.argv[1] + "/closed", "w").close()
    run._recorder._files.close = close
    write = run._recorder._write_state_and_metrics
    def write_slowly():
        interrupt()  # while the main thread waits for the end of the run
        time.sleep(0.3)
        write()
    run._recorder._write_state_and_metrics = write_slowly
    interrupt()
    time.sleep(60)
"""


def test_more_ctrl_c_while_the_run_is_ending_loses_nothing(directory: Path, recorded: Any) -> None:
    done = subprocess.run([sys.executable, "-c", IMPATIENT, str(directory)], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGINT
    assert (directory / "closed").exists()
    assert (recorded.state.status, recorded.state.message) == ("stopped", "stopped by SIGINT")
    assert recorded.values("train/loss") == [1.0]


WITHOUT_A_BLOCK = """
import os, sys
from kan_trainer import Run
run = Run(sys.argv[1])
for step in range(1, 6):
    run.log(step, {{"train/loss": 1 / step}})
{body}
"""


@pytest.mark.parametrize("body", ["pass", "sys.exit(3)", "raise ValueError"])
def test_a_run_that_nobody_finished_says_so(body: str, train: Ended, recorded: Any) -> None:
    train(body, WITHOUT_A_BLOCK)
    state = recorded.state
    assert (state.status, state.message) == ("error", "the process ended without finishing the run")
    assert len(recorded.values("train/loss")) == 5


def test_finishing_it_by_hand_needs_no_block(train: Ended, recorded: Any) -> None:
    assert train("run.finish()", WITHOUT_A_BLOCK).returncode == 0
    assert (recorded.state.status, recorded.state.message) == ("complete", None)


def test_a_process_that_just_goes_has_crashed(train: Ended, recorded: Any) -> None:
    assert train("time.sleep(0.5); os._exit(9)").returncode == 9
    state = recorded.state
    assert state.status == "running"
    assert observe(state, state.heartbeat_seconds) == "crashed"
    assert recorded.values("train/loss") == [1, 1 / 2, 1 / 3]


def test_an_outcome_that_there_is_none_of_is_refused_before_it_is_written(directory: Path, recorded: Any) -> None:
    """It would make a state that no reader takes."""
    run = Run(directory)
    with pytest.raises(ValueError, match="ends as one of complete, stopped, error, not as 'done'"):
        run.finish("done")  # type: ignore[arg-type]
    assert recorded.state.status == "running"
    run.finish()
    assert recorded.state.status == "complete"


def test_the_end_lets_go_of_the_directory_and_of_the_signals(directory: Path) -> None:
    for _ in range(2):
        with Run(directory, resume=True):
            assert callable(signal.getsignal(signal.SIGTERM))
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_a_driver_that_hangs_does_not_hold_up_the_end(
    directory: Path, recorded: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = threading.Event(), threading.Event()

    class Hanging:
        def __init__(self, *_: object) -> None:
            pass

        def sample(self, now: float) -> Telemetry:
            asked.set()
            answer.wait(30)
            return Telemetry(seconds=now)

        def close(self) -> None:
            pass

    monkeypatch.setattr("kan_trainer.telemetry.Sampler", Hanging)
    with Run(directory) as run:
        assert asked.wait(30)
        run.log(1, {"train/loss": 1.0})
        began = time.monotonic()
    assert time.monotonic() - began < 5.0
    answer.set()
    assert (recorded.state.status, recorded.values("train/loss")) == ("complete", [1.0])


def test_the_end_leaves_no_thread_and_no_open_file(directory: Path, until: Any) -> None:
    def count(what: str) -> int:
        return len(os.listdir(f"/proc/self/{what}"))

    with Run(directory):  # imports what is imported once
        pass
    files, threads = count("fd"), count("task")  # the first run's telemetry may still be on its way out
    for _ in range(3):
        with Run(directory, resume=True) as run:
            run.log(1, {"train/loss": 1.0})
            run.sample(1, input="", target="", generated="")
    until(lambda: count("fd") <= files and count("task") <= threads)
