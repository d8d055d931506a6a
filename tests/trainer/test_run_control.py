"""A training that allows it is paused, saved and stopped from beside; one that does not is not."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kan_shared.control import Request, make_request, put_request
from kan_shared.liveness import observe
from kan_shared.state import MAX_ANSWERS, Action, Answer
from kan_trainer import Run
from kan_trainer.recording.orders import MAX_ORDERS

#: A plain loop in a process of its own.
LOOP = """
import sys, time
from kan_trainer import Run
with Run(sys.argv[1], allow_control=True) as run:
    run.log(1, {"train/loss": 1.0})
    while True:
        run.obey()
        time.sleep(0.01)
"""


class Training:
    """A plain loop in a thread of its own; `ended` is what it ended by."""

    def __init__(self, directory: Path, *, save: Callable[[], object] | None = None, **told: Any) -> None:
        self.steps, self.saved, self.leave = 0, 0, threading.Event()
        self._told: dict[str, Any] = {"directory": directory, "allow_control": True, **told}
        self._save = save or self._count
        self.ended: BaseException | None = None
        self.thread = threading.Thread(target=self._train)

    def _train(self) -> None:
        try:
            with Run(**self._told) as run:
                for step in itertools.count(1):
                    run.log(step, {"train/loss": 1 / step})
                    self.steps = step
                    run.obey(save=self._save, until=self.leave.is_set)
                    if self.leave.wait(0.002):
                        return
        except BaseException as error:
            self.ended = error

    def _count(self) -> None:
        self.saved += 1


@pytest.fixture
def training(directory: Path, until: Any) -> Iterator[Callable[..., Training]]:
    """Starts one; it has taken a step when it is there."""
    started: list[Training] = []

    def start(**told: Any) -> Training:
        begun = Training(directory, **told)
        started.append(begun)
        begun.thread.start()
        until(lambda: begun.steps or begun.ended)
        return begun

    yield start
    for begun in started:
        begun.leave.set()
        begun.thread.join()


@pytest.fixture
def ask(recorded: Any) -> Callable[..., Request]:
    """Puts a request into the folder, as a monitor does."""

    def put(action: Action, **changes: Any) -> Request:
        state = recorded.state
        request = make_request(action, run_id=state.run_id, segment=state.segment, now=time.time())
        request = msgspec.structs.replace(request, by="ada@desk", **changes)
        put_request(recorded.experiment.control, request)
        return request

    return put


@pytest.fixture
def answer(recorded: Any, until: Any) -> Callable[[Request], Answer]:
    """Waits for what becomes of a request in the end."""

    def find(request: Request) -> Answer | None:
        found = [one for one in recorded.state.answers if one.id == request.id and one.verdict != "accepted"]
        return found[0] if found else None

    def wait(request: Request) -> Answer:
        until(lambda: find(request))
        found = find(request)
        assert found is not None
        return found

    return wait


def control_events(recorded: Any) -> list[str]:
    return [event.detail for event in recorded.events if event.kind == "control"]


def test_a_pause_holds_the_loop_and_its_clock_until_it_is_to_go_on(
    training: Any, ask: Any, answer: Any, recorded: Any, until: Any
) -> None:
    begun = training()
    assert answer(ask("pause")).verdict == "done"
    steps, state = begun.steps, recorded.state
    assert state.status == "paused"
    time.sleep(0.3)
    assert begun.steps == steps
    assert answer(ask("pause")).reason == "it is paused already"
    assert answer(ask("resume")).verdict == "done"
    until(lambda: begun.steps > steps)
    until(lambda: recorded.state.status == "running")
    assert recorded.state.elapsed_seconds - state.elapsed_seconds < 0.3
    assert control_events(recorded) == [
        "pause, asked by ada@desk, done",
        "pause, asked by ada@desk, refused: it is paused already",
        "resume, asked by ada@desk, done",
    ]


def test_a_checkpoint_is_written_between_two_steps(training: Any, ask: Any, answer: Any, recorded: Any) -> None:
    begun = training()
    assert answer(ask("checkpoint")).verdict == "done"
    assert begun.saved == 1
    assert recorded.state.status == "running"


def test_a_checkpoint_can_be_written_during_a_pause(training: Any, ask: Any, answer: Any, recorded: Any) -> None:
    begun = training()
    answer(ask("pause"))
    assert answer(ask("checkpoint")).verdict == "done"
    assert (begun.saved, recorded.state.status) == (1, "paused")


@pytest.mark.parametrize("paused", [False, True])
def test_a_stop_writes_a_checkpoint_and_ends_the_process_as_a_signal_does(
    training: Any, ask: Any, answer: Any, recorded: Any, paused: bool
) -> None:
    begun = training()
    if paused:
        answer(ask("pause"))
    assert answer(ask("stop")).verdict == "done"
    begun.thread.join()
    assert isinstance(begun.ended, SystemExit)
    assert (begun.ended.code, begun.saved) == (143, 1)
    state = recorded.state
    assert (state.status, state.message) == ("stopped", "stopped by ada@desk from a monitor")
    assert [event.kind for event in recorded.events][-2:] == ["control", "stopped"]
    assert not recorded.experiment.control.exists()


def test_a_checkpoint_that_fails_neither_ends_the_training_nor_lets_it_be_stopped(
    training: Any, ask: Any, answer: Any
) -> None:
    def fail() -> None:
        raise OSError("the disk is full")

    begun = training(save=fail)
    assert answer(ask("checkpoint")).reason == "OSError: the disk is full"
    told = answer(ask("stop"))
    assert (told.verdict, told.reason) == (
        "refused",
        "it was not stopped, for its checkpoint failed: OSError: the disk is full",
    )
    assert begun.thread.is_alive()


def test_a_loop_that_says_nothing_of_saving_can_be_stopped_but_not_saved(
    directory: Path, ask: Any, recorded: Any, until: Any
) -> None:
    with pytest.raises(SystemExit), Run(directory, allow_control=True) as run:
        asked = ask("checkpoint")
        until(lambda: recorded.state.answers)
        assert recorded.state.answers[0].verdict == "accepted"  # no safe point has come yet
        ask("stop")
        until(lambda: len(recorded.state.answers) == 2)
        run.obey()
    first, last = recorded.state.answers
    assert (first.id, first.verdict, first.reason) == (
        asked.id,
        "refused",
        "this training has not said how it is saved",
    )
    assert last.verdict == "done"


def test_what_cannot_be_done_any_more_is_refused(training: Any, ask: Any, answer: Any, recorded: Any) -> None:
    training(total_steps=5)
    assert answer(ask("resume")).reason == "it is not paused"
    assert answer(ask("stop", run_id="another")).reason == "it was asked of another run"
    assert answer(ask("stop", segment=7)).reason == "it was asked before the run was resumed"
    assert answer(ask("stop", requested_seconds=time.time() - 60)).reason.startswith("it was asked 60 s ago")
    assert recorded.state.status == "running"


def test_more_than_can_wait_is_refused(directory: Path, ask: Any, recorded: Any, until: Any) -> None:
    with Run(directory, allow_control=True) as run:
        run.log(1, {"train/loss": 1.0})
        for _ in range(MAX_ORDERS + 1):
            asked = ask("checkpoint")
        until(lambda: not os.listdir(recorded.experiment.control))
        until(lambda: [one for one in recorded.state.answers if one.id == asked.id])
        refused = [one.id for one in recorded.state.answers if one.verdict == "refused"]
        assert refused == [asked.id]


def test_a_run_that_ends_first_refuses_what_it_has_accepted(directory: Path, ask: Any, recorded: Any) -> None:
    with Run(directory, allow_control=True) as run:
        ask("stop")
        deadline = time.monotonic() + 30
        while not recorded.state.answers:
            assert time.monotonic() < deadline
            run.log(1, {"train/loss": 1.0})
            time.sleep(0.01)
    (told,) = recorded.state.answers
    assert (told.verdict, told.reason, recorded.state.status) == ("refused", "the run ended before", "complete")
    assert not recorded.experiment.control.exists()


def test_a_run_that_does_not_allow_it_takes_no_request(
    directory: Path, ask: Any, recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 1.0})
        assert not recorded.state.allows_control
        assert not recorded.experiment.control.exists()
        recorded.experiment.control.mkdir()
        ask("stop")
        time.sleep(0.5)
        run.obey()
    assert recorded.state.status == "complete"
    assert len(os.listdir(recorded.experiment.control)) == 1


def test_only_this_user_may_look_into_the_folder(directory: Path, recorded: Any) -> None:
    with Run(directory, allow_control=True):
        assert recorded.state.allows_control
        assert recorded.experiment.control.stat().st_mode & 0o777 == 0o700


def test_whoever_asks_a_dead_trainer_is_not_heard_by_the_next_one(
    directory: Path, ask: Any, recorded: Any, spawn: Any, until: Any
) -> None:
    """Killed during a pause: nothing of that is left in the run that goes on."""
    child = spawn(LOOP, directory)
    until(lambda: recorded.experiment.state.exists() and recorded.state.step)
    ask("pause")
    until(lambda: recorded.state.status == "paused" and recorded.state.answers)
    child.kill()
    child.wait()
    until(lambda: observe(recorded.state, time.time()) == "crashed")
    asked = ask("stop")
    with Run(directory, resume=True, allow_control=True) as run:
        late = msgspec.structs.replace(asked, id="f" * 32)  # by a monitor that has not seen the resume yet
        put_request(recorded.experiment.control, late)
        until(lambda: recorded.state.answers)
        run.obey()
        assert recorded.state.status == "running"
        told = [(one.id, one.reason) for one in recorded.state.answers]
        assert told == [(late.id, "it was asked before the run was resumed")]
    assert recorded.state.status == "complete"


def test_a_signal_ends_a_pause(directory: Path, ask: Any, answer: Any, recorded: Any, spawn: Any, until: Any) -> None:
    child = spawn(LOOP, directory)
    until(lambda: recorded.experiment.state.exists() and recorded.state.step)
    answer(ask("pause"))
    child.terminate()
    assert child.wait() == 143
    assert (recorded.state.status, recorded.state.message) == ("stopped", "stopped by SIGTERM")
    assert not recorded.experiment.control.exists()


def test_a_pause_ends_when_the_loop_says_so(training: Any, ask: Any, answer: Any, recorded: Any) -> None:
    begun = training()
    answer(ask("pause"))
    begun.leave.set()
    begun.thread.join()
    assert begun.ended is None
    assert recorded.state.status == "complete"


def test_obeying_in_a_forked_child_does_nothing(directory: Path, ask: Any, recorded: Any, until: Any) -> None:
    with pytest.raises(SystemExit), Run(directory, allow_control=True) as run:
        ask("stop")
        until(lambda: recorded.state.answers)
        child = os.fork()
        if child == 0:
            try:
                run.obey()
            finally:
                os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert recorded.state.status == "running"
        run.obey()


def test_a_directory_that_cannot_be_begun_is_left_as_it_was(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kan_trainer.recording.recorder.write_state", refuse)
    with pytest.raises(Exception, match="No space left"):
        Run(directory, allow_control=True)
    assert os.listdir(directory) == ["lock"]


def test_the_state_keeps_the_latest_answers(training: Any, ask: Any, answer: Any, recorded: Any) -> None:
    training()
    asked = []
    for _ in range(MAX_ANSWERS + 1):
        asked.append(ask("resume"))
        answer(asked[-1])
    assert [one.id for one in recorded.state.answers] == [one.id for one in asked[1:]]
    assert MAX_ORDERS < MAX_ANSWERS
