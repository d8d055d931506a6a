"""Control from the monitor: nothing is asked that was not meant, and what came of it is told to the end."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.app import App

from kan_monitor.app.control_screen import ControlScreen
from kan_monitor.cli import main
from kan_monitor.control import ANSWER_LIMIT_SECONDS, NOT_ALLOWED, Asking, hindrance, possible, question
from kan_monitor.ink import plain_text
from kan_monitor.palette import styles
from kan_monitor.panels import control
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Facts
from kan_shared.control import REQUEST_LIMIT_SECONDS, Request, take_requests
from kan_shared.errors import UsageError
from kan_shared.experiment import Experiment
from kan_shared.state import Answer, Verdict
from kan_shared.store import read_state, write_state

from .cases import CASES
from .looking import PLACE
from .making import NOW
from .watching import Clock, screen, until

pytestmark = pytest.mark.usefixtures("home")


class Trainer:
    """What stands in `PLACE`, and answers what is asked of it when the test says so."""

    def __init__(self, case: str = "running", *, allows_control: bool = True) -> None:
        CASES[case].run().write(PLACE)
        self.experiment = Experiment(PLACE)
        self.write(allows_control=allows_control)
        if allows_control:
            self.experiment.control.mkdir(mode=0o700)

    def write(self, **changes: Any) -> None:
        write_state(self.experiment.state, msgspec.structs.replace(read_state(self.experiment.state), **changes))

    @property
    def waiting(self) -> int:
        """Requests that nobody has taken yet."""
        return len(os.listdir(self.experiment.control))

    def take(self) -> Request:
        (request,) = take_requests(self.experiment.control)
        return request

    def answer(self, request: Request, verdict: Verdict, reason: str = "") -> None:
        answer = Answer(id=request.id, action=request.action, verdict=verdict, reason=reason)
        self.write(answers=(answer,))


def facts() -> Facts:
    return ExperimentSource(PLACE).poll(NOW)


# --------------------------------------------------------------------------------------
# One request


def test_what_can_be_asked_depends_on_how_the_run_stands() -> None:
    Trainer("running")
    assert possible(facts()) == ("pause", "checkpoint", "stop")


def test_a_paused_run_can_be_let_go_on() -> None:
    Trainer("paused")
    assert possible(facts()) == ("resume", "checkpoint", "stop")


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("complete", "the run has ended."),
        ("error", "the run has ended."),
        ("crashed", "the run has crashed: nobody is there to be asked."),
        ("unreachable", "the run is out of reach: nobody is there to be asked."),
    ],
)
def test_nobody_is_asked_who_is_not_there(case: str, why: str) -> None:
    trainer = Trainer(case)
    assert (possible(facts()), hindrance(facts())) == ((), why)
    with pytest.raises(UsageError, match=why):
        Asking(facts(), "stop", NOW)
    assert trainer.waiting == 0


def test_a_run_that_does_not_allow_it_says_how_it_would() -> None:
    Trainer(allows_control=False)
    assert hindrance(facts()) == NOT_ALLOWED
    assert "--allow-control" in NOT_ALLOWED and "allow_control=True" in NOT_ALLOWED
    with pytest.raises(UsageError):
        Asking(facts(), "stop", NOW)
    assert sorted(os.listdir(PLACE)) == sorted(set(os.listdir(PLACE)) - {"control"})


def test_before_there_is_a_run_there_is_nobody_to_ask() -> None:
    assert hindrance(Facts(place="nowhere")) == "there is no run yet."


def test_a_request_is_followed_to_its_end() -> None:
    trainer = Trainer()
    asking = Asking(facts(), "stop", NOW)
    assert asking.look(facts(), NOW).stage == "waiting"
    request = trainer.take()
    assert (request.action, request.run_id, request.requested_seconds) == ("stop", facts().state.run_id, NOW)
    trainer.answer(request, "accepted")
    assert asking.look(facts(), NOW + 100).text == "stop: accepted; it is done at the end of the step …"
    trainer.answer(request, "done")
    trainer.write(status="stopped")
    assert asking.look(facts(), NOW + 200).text == "stop: done."
    assert asking.look(facts(), NOW + 999).stage == "done"


def test_a_refusal_is_told_with_its_reason_and_none_of_its_escapes() -> None:
    trainer = Trainer()
    asking = Asking(facts(), "checkpoint", NOW)
    trainer.answer(trainer.take(), "refused", "\x1b]0;pwned\x07 no room")
    assert asking.look(facts(), NOW).text == "checkpoint: refused: ␛]0;pwned␇ no room."


def test_what_nobody_takes_is_taken_back() -> None:
    trainer = Trainer()
    asking = Asking(facts(), "stop", NOW)
    assert asking.look(facts(), NOW + ANSWER_LIMIT_SECONDS - 1).stage == "waiting"
    assert (
        asking.look(facts(), NOW + ANSWER_LIMIT_SECONDS + 1).text == "stop: no answer in 10 s; it has been withdrawn."
    )
    assert trainer.waiting == 0
    assert ANSWER_LIMIT_SECONDS < REQUEST_LIMIT_SECONDS, "what is given up here is not done there"


def test_what_was_taken_is_not_given_up() -> None:
    trainer = Trainer()
    asking = Asking(facts(), "stop", NOW)
    request = trainer.take()
    assert asking.look(facts(), NOW + ANSWER_LIMIT_SECONDS + 1).stage == "waiting"
    trainer.answer(request, "done")
    assert asking.look(facts(), NOW + ANSWER_LIMIT_SECONDS + 2).stage == "done"


def test_a_trainer_that_dies_meanwhile_gives_no_answer() -> None:
    trainer = Trainer()
    asking = Asking(facts(), "pause", NOW)
    trainer.answer(trainer.take(), "accepted")
    trainer.write(producer=read_state(_crashed()).producer)
    assert asking.look(facts(), NOW).text == "pause: no answer; the run has crashed: nobody is there to be asked."


def _crashed() -> Path:
    CASES["crashed"].run().write(Path("crashed"))
    return Path("crashed/state.json")


def test_a_folder_that_cannot_be_written_is_named() -> None:
    trainer = Trainer()
    trainer.experiment.control.rmdir()
    with pytest.raises(UsageError, match=r"control cannot be written .*: ask where the run trains, as its user"):
        Asking(facts(), "stop", NOW)


def test_the_question_names_the_run_and_obeys_it_in_nothing() -> None:
    Trainer()
    hostile = msgspec.structs.replace(facts(), state=msgspec.structs.replace(facts().state, name="{x}\x1b[31m"))
    assert question(hostile, "stop") == "save a checkpoint and stop the run {x}␛[31m?"


# --------------------------------------------------------------------------------------
# The command


@pytest.fixture
def answering() -> Iterator[Callable[..., list[Request]]]:
    """A trainer in a thread that answers the first request so; the requests that it took."""
    over, threads = threading.Event(), []

    def start(trainer: Trainer, *verdicts: tuple[Verdict, str]) -> list[Request]:
        taken: list[Request] = []

        def work() -> None:
            while not taken and not over.wait(0.01):
                taken.extend(take_requests(trainer.experiment.control))
            for verdict, reason in verdicts if taken else ():
                trainer.answer(taken[0], verdict, reason)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return taken

    yield start
    over.set()
    for thread in threads:
        thread.join()


def test_the_command_asks_and_waits_until_it_is_done(answering: Any, capsys: Any) -> None:
    taken = answering(Trainer(), ("accepted", ""), ("done", ""))
    assert main(["control", "checkpoint", str(PLACE), "--yes"]) == 0
    assert [request.action for request in taken] == ["checkpoint"]
    assert capsys.readouterr() == ("checkpoint: done.\n", "")


def test_a_refusal_is_an_exit_code(answering: Any, capsys: Any) -> None:
    answering(Trainer(), ("refused", "it is paused already"))
    assert main(["control", "pause", str(PLACE), "--yes"]) == 1
    assert capsys.readouterr() == ("", "pause: refused: it is paused already.\n")


@pytest.mark.parametrize("taken", [True, False])
def test_no_answer_is_an_exit_code_and_leaves_no_request(answering: Any, capsys: Any, taken: bool) -> None:
    trainer = Trainer()
    if taken:
        answering(trainer, ("accepted", ""))
    assert main(["control", "stop", str(PLACE), "--yes", "--timeout", "0.5"]) == 3
    assert trainer.waiting == 0
    assert "stop: accepted" in capsys.readouterr().err or not taken


def test_a_run_that_takes_no_requests_is_not_asked(capsys: Any) -> None:
    Trainer(allows_control=False)
    assert main(["control", "stop", str(PLACE), "--yes"]) == 1
    assert capsys.readouterr().err == f"kan-monitor control: {NOT_ALLOWED}\n"


def test_a_run_whose_trainer_is_gone_gives_no_answer(capsys: Any) -> None:
    Trainer("crashed")
    assert main(["control", "stop", str(PLACE), "--yes"]) == 3
    assert "nobody is there to be asked" in capsys.readouterr().err


def test_nobody_to_confirm_it_is_a_mistake(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer()
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["control", "stop", str(PLACE)]) == 2
    assert capsys.readouterr().err == "kan-monitor: there is nobody to confirm it: say --yes.\n"
    assert trainer.waiting == 0


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("yes\n", 0), ("\n", 1), ("no\n", 1), ("", 1)])
def test_at_a_terminal_it_is_confirmed(
    answering: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return typed

    taken = answering(Trainer(), ("done", ""))
    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["control", "stop", str(PLACE)]) == code
    assert len(taken) == (code == 0)
    assert "stop the run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [(["reboot", "."], 2), (["stop"], 2), (["stop", "nowhere"], 5), (["stop", ".", "--timeout", "never"], 2)],
)
def test_what_the_command_does_not_understand(words: list[str], code: int, capsys: Any) -> None:
    assert main(["control", *words, "--yes"]) == code
    assert capsys.readouterr().err.count("\n") == 1


# --------------------------------------------------------------------------------------
# The window


class Host(App[None]):
    """An app with nothing but the window."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def on_mount(self) -> None:
        source = ExperimentSource(PLACE)
        self.push_screen(ControlScreen(lambda: source.poll(self._clock()), styles("none"), clock=self._clock))


async def test_a_stop_is_chosen_confirmed_and_followed() -> None:
    trainer, clock = Trainer(), Clock()
    app = Host(clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "pause at the end of the step" in screen(app))
        assert "let it go on" not in screen(app)
        await pilot.press("y")
        await pilot.press("x")
        assert "stop the run" in screen(app)
        assert trainer.waiting == 0
        await pilot.press("y", "y")
        assert "… stop: asked; waiting for the trainer …" in screen(app)
        request = trainer.take()
        trainer.answer(request, "accepted")
        await until(pilot, lambda: "accepted; it is done at the end of the step" in screen(app))
        trainer.answer(request, "done")
        await until(pilot, lambda: "✓ stop: done." in screen(app))
        await pilot.press("escape")
        assert not isinstance(app.screen, ControlScreen)


async def test_what_is_not_meant_is_not_asked() -> None:
    trainer, clock = Trainer(), Clock()
    app = Host(clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("x", "n")
        assert "pause at the end of the step" in screen(app)
        await pilot.press("c", "y", "x", "escape")
        assert trainer.waiting == 0


async def test_closing_takes_back_what_nobody_has_taken() -> None:
    trainer, clock = Trainer(), Clock()
    app = Host(clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("s", "y")
        assert trainer.waiting == 1
        await pilot.press("escape")
        await until(pilot, lambda: trainer.waiting == 0)


async def test_the_window_says_why_nothing_can_be_asked() -> None:
    Trainer(allows_control=False)
    app = Host(Clock())
    async with app.run_test(size=(50, 12)) as pilot:
        await until(pilot, lambda: "this run takes no requests" in screen(app))
        assert "--allow-control" in screen(app)
        await pilot.press("p", "y")
        assert "this run takes no requests" in screen(app)


async def test_no_answer_is_said_in_the_window() -> None:
    trainer, clock = Trainer("paused"), Clock()
    app = Host(clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("c", "y")
        clock.now = NOW + ANSWER_LIMIT_SECONDS + 1
        await until(pilot, lambda: "? resume: no answer in 10 s; it has been withdrawn." in screen(app))
        assert trainer.waiting == 0


@pytest.mark.parametrize("size", [(120, 34), (64, 18), (40, 12), (20, 6)])
def test_every_line_of_the_window_fills_it(size: tuple[int, int]) -> None:
    width, height = size
    Trainer()
    body = [*control.sentence(question(facts(), "stop"), width), [], control.answer_keys()]
    lines = control.draw(body, width, height, note="esc closes")
    assert {len(line) for line in plain_text(lines).splitlines()} <= {min(width, control.WIDTH)}
    assert len(lines) <= height
