"""When a training that was told so ends by itself: at a loss that is not finite, at one that runs away, at no other."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_shared.control import make_request, put_request
from kan_shared.errors import UsageError
from kan_shared.series import Record
from kan_trainer import Diverged, Run
from kan_trainer.recording.guard import LossGuard, kinds

NAN, DIVERGE = ("nan",), ("diverge",)


def records(values: Iterable[float], first: int = 1) -> list[Record]:
    return [Record(step, 1000.0 + step, value, 0) for step, value in enumerate(values, first)]


def noisy(falling: Iterable[float], noise: float, seed: int = 0) -> list[float]:
    drawn = random.Random(seed)
    return [value * (1 + drawn.uniform(-noise, noise)) for value in falling]


LEARNING = [2.3 * 0.99**step for step in range(300)]


@pytest.mark.parametrize("name", ["train/loss", "validation/loss", "loss"])
@pytest.mark.parametrize(("value", "word"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")])
def test_a_loss_that_is_not_finite_is_named_with_its_step(name: str, value: float, word: str) -> None:
    guard = LossGuard(NAN)
    assert guard.look(name, records([1.0, 0.9])) is None
    assert guard.look(name, records([0.8, value, 0.7], first=3)) == f"{name} is {word} at step 4"
    assert guard.doubt == f"{name} is {word} at step 4"
    assert guard.look(name, records([value], first=6)) is None, "it is said once"


def test_other_series_may_be_what_they_like() -> None:
    guard = LossGuard(("nan", "diverge"))
    for name in ("gradient_norm", "learning_rate", "loss_scale", "train/loss/weight"):
        assert guard.look(name, records([math.nan] * 100)) is None
    assert guard.doubt is None


def test_a_loss_that_runs_away_ends_after_fifty_values_in_a_row() -> None:
    guard = LossGuard(DIVERGE)
    assert guard.look("train/loss", records(LEARNING)) is None
    running_away = [LEARNING[-1] * 1.2**number for number in range(200)]
    said = [guard.look("train/loss", records([value], first=301 + at)) for at, value in enumerate(running_away)]
    (verdict,) = filter(None, said)
    ended = said.index(verdict) + 301
    assert verdict.startswith(f"train/loss has diverged by step {ended}: ")
    above = next(at for at, value in enumerate(running_away) if value > LEARNING[12]) + 301
    assert ended == above + 12 + 49, "half a window and fifty values, the first of them counted"


def test_doubts_come_with_the_rise_and_go_with_it() -> None:
    guard = LossGuard(DIVERGE)
    guard.look("train/loss", records(LEARNING))
    assert guard.doubt is None
    guard.look("train/loss", records([5.0] * 40, first=301))
    assert guard.doubt == "train/loss runs away since step 313"
    assert guard.look("train/loss", records([0.1] * 40, first=341)) is None
    assert guard.doubt is None


@pytest.mark.parametrize(
    "values",
    [
        LEARNING,
        noisy(LEARNING, 0.9),
        [*LEARNING, 1e6, *LEARNING],  # a spike
        [2.3] * 500,  # a plateau
        noisy([0.001] * 2000, 0.99),  # it has converged
        [2.3 + math.sin(step) for step in range(500)],
        [*LEARNING, *[value * 2 for value in LEARNING[::-1][:60]]],  # worse, but not lost
        [-value for value in reversed(LEARNING)],  # one that may be negative, and falls
        [*LEARNING, *[math.nan] * 40, *[0.1] * 100],
    ],
    ids=["learning", "noise", "spike", "plateau", "converged", "waves", "a setback", "negative", "a gap"],
)
def test_what_happens_to_every_training_is_no_divergence(values: list[float]) -> None:
    guard = LossGuard(DIVERGE)
    assert guard.look("train/loss", records(values)) is None


@pytest.mark.parametrize("first", [1e-6, 2.3, 1e6])
def test_one_that_runs_away_from_the_start_is_seen_at_any_scale(first: float) -> None:
    guard = LossGuard(DIVERGE)
    assert guard.look("train/loss", records([first * 1.05**step for step in range(150)]))


def test_a_negative_loss_runs_away_too() -> None:
    guard = LossGuard(DIVERGE)
    falling = [-5 * (1 - 0.99**step) for step in range(300)]
    assert guard.look("train/loss", records(falling)) is None
    assert guard.look("train/loss", records([100.0] * 100, first=301))


def test_nothing_but_nan_has_diverged_as_well() -> None:
    assert LossGuard(DIVERGE).look("train/loss", records([math.nan] * 74))


def test_the_training_loss_is_followed_and_no_other() -> None:
    guard = LossGuard(DIVERGE)
    overfitting = [0.1] * 20 + [5.0] * 200
    assert guard.look("train/loss", records(LEARNING)) is None
    assert guard.look("validation/loss", records(overfitting)) is None
    alone = LossGuard(DIVERGE)
    assert alone.look("model/loss", records(overfitting))


@given(st.lists(st.floats(width=32), max_size=200), st.integers(1, 50))
def test_it_makes_no_difference_how_the_records_come(values: list[float], size: int) -> None:
    whole, parts = LossGuard(("nan", "diverge")), LossGuard(("nan", "diverge"))
    all_records = records(values)
    expected = whole.look("train/loss", all_records)
    pieces = [all_records[start : start + size] for start in range(0, len(all_records), size)]
    said = [told for piece in pieces if (told := parts.look("train/loss", piece))]
    assert said == ([expected] if expected else [])


def test_what_to_stop_on_is_one_word_or_several() -> None:
    assert kinds("nan") == ("nan",)
    assert kinds(["nan", "diverge"]) == ("nan", "diverge")
    with pytest.raises(UsageError, match="'never' is nothing to stop on"):
        kinds("never")


def train(run: Run, losses: Iterable[float], saved: list[int]) -> None:
    """A loop that saves every ten steps, as `Run.doubts` says."""
    for step, loss in enumerate(losses, start=1):
        run.log(step, {"train/loss": loss})
        if step % 10 == 0 and run.doubts() is None:
            saved.append(step)
        run.obey()


def test_a_loop_ends_by_itself_and_what_it_saved_is_good(directory: Any, recorded: Any) -> None:
    saved: list[int] = []
    with pytest.raises(Diverged, match="train/loss is NaN at step 37"), Run(directory, stop_on="nan") as run:
        train(run, [1.0] * 36 + [math.nan] * 1_000_000, saved)
    state = recorded.state
    assert saved == [10, 20, 30]
    assert (state.status, state.message) == ("error", "train/loss is NaN at step 37")
    assert state.step <= 40, "the next checkpoint has waited for the look at it"
    alerts = [(event.step, event.detail) for event in recorded.events if event.kind == "alert"]
    assert [detail for _, detail in alerts] == ["train/loss is NaN at step 37: the run is to stop"]


def test_a_loop_that_runs_away_saves_nothing_from_then_on(directory: Any, recorded: Any) -> None:
    saved: list[int] = []
    with pytest.raises(Diverged), Run(directory, stop_on=["nan", "diverge"]) as run:
        train(run, [*LEARNING, *[50.0] * 1_000_000], saved)
    assert saved == list(range(10, 311, 10))


def test_nobody_asked_for_an_end_so_there_is_none(directory: Any, recorded: Any) -> None:
    saved: list[int] = []
    with Run(directory) as run:
        train(run, [math.nan] * 60, saved)
    assert len(saved) == 6
    assert recorded.state.status == "complete"


def test_a_checkpoint_that_somebody_asks_for_is_refused_while_the_loss_is_no_good(
    directory: Any, recorded: Any, until: Any
) -> None:
    calls: list[str] = []
    with Run(directory, stop_on="diverge", allow_control=True) as run:
        for step, loss in enumerate([*LEARNING, *[50.0] * 30], start=1):
            run.log(step, {"train/loss": loss})
        state = recorded.state
        request = make_request("checkpoint", run_id=state.run_id, segment=0, now=state.heartbeat_seconds)
        put_request(recorded.experiment.control, request)
        until(lambda: recorded.state.answers)
        run.obey(save=lambda: calls.append("saved"))
    (answer,) = recorded.state.answers
    assert (answer.verdict, answer.reason, calls) == ("refused", "train/loss runs away since step 313", [])
