"""The learning rate: where it jumps, and the plan of it as a few points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_shared.errors import UsageError
from kan_shared.series import Record
from kan_shared.state import MAX_PLANNED
from kan_trainer import Run
from kan_trainer.recording.rates import RateWatch, planned_rates, short


def jumps(rates: Iterable[float], every: int = 1) -> list[tuple[int, str]]:
    return RateWatch().look([Record(step * every, 0.0, rate, 0) for step, rate in enumerate(rates, 1)])


def steps_down(step: int) -> float:
    return 0.1 ** (1 + step // 30)


def cosine(step: int, of: int = 1000) -> float:
    return 0.5 * 1e-3 * (1 + math.cos(math.pi * step / of))


def warmed_up(step: int) -> float:
    return 1e-3 * min(1, step / 10)


@pytest.mark.parametrize(
    ("rate", "text"), [(1e-3, "1e-3"), (3.5e-4, "3.5e-4"), (0.1, "1e-1"), (1.0, "1e0"), (1.2345e-5, "1.23e-5")]
)
def test_a_rate_is_written_as_people_do(rate: float, text: str) -> None:
    assert short(rate) == text


def test_a_schedule_with_steps_jumps_at_each_of_them() -> None:
    assert jumps(map(steps_down, range(1, 100))) == [(30, "1e-1 → 1e-2"), (60, "1e-2 → 1e-3"), (90, "1e-3 → 1e-4")]


def test_a_restart_is_a_jump() -> None:
    assert jumps([*map(cosine, range(900)), *map(cosine, range(100))]) == [(901, "2.5e-5 → 1e-3")]


@pytest.mark.parametrize(
    "rates",
    [
        [cosine(step) for step in range(1, 1001)],
        [cosine(step, of=10) for step in range(11)],
        [warmed_up(step) for step in range(1, 100)],
        [warmed_up(step) for step in range(100)],
        [2.0**-step for step in range(100)],
        [1e-3] * 100,
        [1e-3, 1e-5] * 50,  # two groups of parameters under one name
        [math.nan, math.inf, -1.0, 0.0, 0.0, 1e-3],
        [1e-3, 1e-3, 0.0, 0.0, 1e-3],
        [1e-3, 1e-3, 6e-4],
    ],
)
def test_a_smooth_schedule_does_not_jump(rates: list[float]) -> None:
    assert jumps(rates) == []


@given(st.lists(st.floats()))
def test_whatever_is_logged_is_looked_at(rates: list[float]) -> None:
    assert all(" → " in jump for _, jump in jumps(rates))


def test_pairs_are_a_plan(directory: Any, recorded: Any) -> None:
    Run(directory, learning_rate_plan=[(100, 1e-4), (0, 1e-3), (50, 5e-4)]).finish()
    assert recorded.state.learning_rate_plan == ((0, 1e-3), (50, 5e-4), (100, 1e-4))


def test_a_function_is_a_plan_over_all_steps(directory: Any, recorded: Any) -> None:
    Run(directory, total_steps=10, learning_rate_plan=lambda step: step / 10).finish()
    assert recorded.state.learning_rate_plan == tuple((step, step / 10) for step in range(1, 11))


def drawn(plan: tuple[tuple[int, float], ...], step: int) -> float:
    """What a chart shows at `step`, which joins the points by lines."""
    after = next(index for index, (planned, _) in enumerate(plan) if planned >= step)
    (left, low), (right, high) = plan[max(0, after - 1)], plan[after]
    return high if left == right else low + (high - low) * (step - left) / (right - left)


@pytest.mark.parametrize("schedule", [lambda step: cosine(step, 100_000), lambda step: 1e-3 * min(1, step / 2000)])
def test_a_long_plan_keeps_its_shape(schedule: Callable[[int], float]) -> None:
    plan = planned_rates(schedule, 100_000)
    assert len(plan) <= MAX_PLANNED
    assert (plan[0][0], plan[-1][0]) == (1, 100_000)
    assert all(abs(drawn(plan, step) - schedule(step)) < 1e-3 * 1e-3 for step in range(1, 100_001, 97))


def test_a_step_keeps_its_edge() -> None:
    plan = planned_rates(lambda step: 1e-3 if step <= 33_333 else 1e-4, 100_000)
    assert (33_333, 1e-3) in plan and (33_334, 1e-4) in plan


def test_many_pairs_are_thinned() -> None:
    plan = planned_rates([(10 * step, steps_down(step // 10)) for step in range(1000)], None)
    assert len(plan) == MAX_PLANNED
    assert plan[0] == (0, 0.1) and plan[-1][0] == 9990


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"learning_rate_plan": steps_down}, "needs total_steps"),
        ({"learning_rate_plan": [(1, math.nan)]}, "learning_rate_plan"),
        ({"learning_rate_plan": [(-1, 1.0)]}, "-1 is no count"),
        ({"learning_rate_plan": 3}, "the run cannot be described so"),
        ({"tags": "baseline"}, "tags: give a list of words"),
        ({"tags": [1]}, "tags: give a list of words"),
        ({"tags": [str(number) for number in range(65)]}, "65 of them are too many"),
        ({"stop_on": "boredom"}, "'boredom' is nothing to stop on"),
    ],
)
def test_a_run_that_is_told_nonsense_says_so_and_leaves_nothing(
    directory: Any, told: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(UsageError, match=complaint):
        Run(directory, **told)
    assert not directory.exists() or [path.name for path in directory.iterdir()] == ["lock"]


def test_tags_are_kept_once_and_over_a_resume(directory: Any, recorded: Any) -> None:
    Run(directory, tags=["baseline", "digits", "baseline", "x" * 300]).finish("stopped")
    assert recorded.state.tags == ("baseline", "digits", "x" * 200)
    Run(directory, resume=True).finish("stopped")
    assert len(recorded.state.tags) == 3
    Run(directory, resume=True, tags=["final"]).finish()
    assert recorded.state.tags == ("final",)


def test_a_jump_is_an_event_of_any_loop(directory: Any, recorded: Any) -> None:
    with Run(directory) as run:
        for step in range(1, 100):
            run.log(step, {"learning_rate": steps_down(step), "train/loss": 1 / step})
    changes = [(event.step, event.detail) for event in recorded.events if event.kind == "learning_rate"]
    assert changes == [(30, "1e-1 → 1e-2"), (60, "1e-2 → 1e-3"), (90, "1e-3 → 1e-4")]
