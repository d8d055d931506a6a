"""SIGTERM and SIGHUP, turned into an exception where nobody else handles them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kan_trainer.recording.signals import Stopped, stop_on_signals


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """What was installed before a test is there after it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_block_with_the_shells_exit_code(number: signal.Signals) -> None:
    with pytest.raises(Stopped) as caught, stop_on_signals():
        os.kill(os.getpid(), number)
        time.sleep(60)
    assert caught.value.code == 128 + number
    assert str(caught.value) == f"stopped by {number.name}"


def test_no_handler_for_exceptions_catches_it_by_accident() -> None:
    """A training loop that goes on after any `Exception` still ends."""
    with pytest.raises(Stopped), stop_on_signals():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
        except Exception:
            pytest.fail("it was swallowed")


def test_after_the_block_the_signals_do_what_they_did() -> None:
    with stop_on_signals():
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_a_handler_of_somebody_else_is_left_alone() -> None:
    called = []
    signal.signal(signal.SIGTERM, lambda *arguments: called.append(arguments[0]))
    with stop_on_signals():
        os.kill(os.getpid(), signal.SIGTERM)
    assert called == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_DFL, signal.SIG_IGN)


def test_under_nohup_a_hangup_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stop_on_signals():
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_blocks_within_each_other_end_with_the_outer_one() -> None:
    with stop_on_signals():
        with stop_on_signals():
            pass
        assert callable(signal.getsignal(signal.SIGTERM))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_other_threads_install_nothing() -> None:
    seen: list[Any] = []

    def work() -> None:
        with stop_on_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


def test_blocks_that_overlap_protect_until_the_last_one_ends() -> None:
    first, second = stop_on_signals(), stop_on_signals()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    with pytest.raises(Stopped):
        signal.raise_signal(signal.SIGTERM)
    second.__exit__(None, None, None)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_handler_that_came_later_stays() -> None:
    def later(*_: object) -> None:
        pass

    with stop_on_signals():
        signal.signal(signal.SIGTERM, later)
    assert signal.getsignal(signal.SIGTERM) is later
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_a_run_that_another_thread_finishes_lets_go_of_everything(directory: Path) -> None:
    from kan_trainer import Run

    run, failures = Run(directory).__enter__(), []

    def finish() -> None:
        try:
            run.finish()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=finish)
    thread.start()
    thread.join()
    assert failures == []
    Run(directory, resume=True).finish()


def test_after_a_block_that_ended_in_another_thread_a_signal_does_what_it_did(spawn: Any) -> None:
    child = spawn(
        "import signal, threading, time\n"
        "from kan_trainer.recording.signals import stop_on_signals\n"
        "block = stop_on_signals()\n"
        "block.__enter__()\n"
        "thread = threading.Thread(target=block.__exit__, args=(None, None, None))\n"
        "thread.start(); thread.join()\n"
        "signal.raise_signal(signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )
    assert child.wait(30) == -signal.SIGTERM
