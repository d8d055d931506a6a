"""What a monitor that was started for it may ask of a training, and what has become of that. Nothing else here writes.

A request is followed by the facts that the source gives: the answers in the state, and whether the trainer lives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from kan_monitor.sources.facts import Condition, Facts
from kan_shared.control import Request, make_request, put_request, withdraw_request
from kan_shared.errors import UsageError
from kan_shared.experiment import Experiment
from kan_shared.state import Action, Answer
from kan_shared.text import safe_line

#: How far a request has come; `unanswered`: nobody has taken it, and now nobody will.
Stage = Literal["waiting", "accepted", "done", "refused", "unanswered"]
#: A trainer looks five times a second; a busy machine or a file system far away may take longer.
ANSWER_LIMIT_SECONDS: Final = 10.0

QUESTIONS: Final[dict[Action, str]] = {
    "pause": "pause the run {name} at the end of its step?",
    "resume": "let the run {name} go on?",
    "checkpoint": "have the run {name} write a checkpoint now?",
    "stop": "save a checkpoint and stop the run {name}?",
}
_GONE: Final[dict[Condition, str]] = {"crashed": "has crashed", "unreachable": "is out of reach"}
NOT_ALLOWED: Final = (
    "this run takes no requests: start it with kan-train --allow-control, or with Run(…, allow_control=True) and"
    " run.obey() in its loop."
)


class Progress(Struct, frozen=True):
    """How far a request has come, and a sentence that says so."""

    stage: Stage
    text: str

    @property
    def final(self) -> bool:
        """Whether nothing more will come of it."""
        return self.stage not in ("waiting", "accepted")


def possible(facts: Facts) -> tuple[Action, ...]:
    """What can be asked of the run as it stands now; nothing where `hindrance` says why."""
    if hindrance(facts) is not None:
        return ()
    turn: Action = "resume" if facts.state is not None and facts.state.status == "paused" else "pause"
    return (turn, "checkpoint", "stop")


def hindrance(facts: Facts) -> str | None:
    """Why nothing can be asked of the run, in a sentence."""
    if facts.state is None:
        return "there is no run yet."
    if facts.state.status in ("complete", "stopped", "error"):
        return "the run has ended."
    if facts.condition in _GONE:
        return f"the run {_GONE[facts.condition]}: nobody is there to be asked."
    return None if facts.state.allows_control else NOT_ALLOWED


class Asking:
    """One request, from the moment it is made: put into the run's folder at once.

    Args:
        facts: What is known of the run now.
        action: What is asked.
        now: The unix time.

    Raises:
        UsageError: It cannot be asked.
    """

    def __init__(self, facts: Facts, action: Action, now: float) -> None:
        state = facts.state
        if state is None or hindrance(facts):
            raise UsageError(hindrance(facts) or "")
        self.action, self._began = action, now
        self._folder = Experiment(facts.place).control
        self._request = make_request(action, run_id=state.run_id, segment=state.segment, now=now)
        self._progress = Progress("waiting", f"{action}: asked; waiting for the trainer …")
        _put(self._folder, self._request)

    def look(self, facts: Facts, now: float) -> Progress:
        """How far it is by `facts`, at unix time `now`; one that nobody takes in time is taken back."""
        if not self._progress.final:
            self._progress = self._found(facts, now)
        return self._progress

    def withdraw(self) -> bool:
        """Takes it back; whether nobody had taken it yet."""
        return withdraw_request(self._folder, self._request)

    def _found(self, facts: Facts, now: float) -> Progress:
        answers = facts.state.answers if facts.state else ()
        answer = next((one for one in answers if one.id == self._request.id), None)
        if answer is not None and answer.verdict != "accepted":
            return _final(answer)
        if (gone := hindrance(facts)) is not None:
            self.withdraw()
            return Progress("unanswered", f"{self.action}: no answer; {gone}")
        if answer is not None:
            return Progress("accepted", f"{self.action}: accepted; it is done at the end of the step …")
        # The clock may have been set; and what has been taken may still be done, so that it must not be given up.
        if abs(now - self._began) > ANSWER_LIMIT_SECONDS and self.withdraw():
            seconds = f"{ANSWER_LIMIT_SECONDS:.0f} s"
            return Progress("unanswered", f"{self.action}: no answer in {seconds}; it has been withdrawn.")
        return self._progress


def _final(answer: Answer) -> Progress:
    reason = f": {safe_line(answer.reason)}" if answer.reason else ""
    stage: Stage = "done" if answer.verdict == "done" else "refused"
    return Progress(stage, f"{answer.action}: {stage}{reason}.")


def question(facts: Facts, action: Action) -> str:
    """What a person is asked before `action` is."""
    name = facts.state.name if facts.state else facts.place
    return QUESTIONS[action].format(name=safe_line(name, 60))


def _put(folder: Path, request: Request) -> None:
    try:
        put_request(folder, request)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            f"{safe_line(str(folder))} cannot be written ({reason}): ask where the run trains, as its user."
        ) from error
