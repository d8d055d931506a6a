"""What a run amounts to: from what was logged to the figures of its state, by a clock that the test holds."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from kan_shared.liveness import this_process
from kan_shared.series import Record
from kan_shared.state import MAX_METRICS, Gpu, Host, State, Telemetry, decode_state, encode_state
from kan_trainer.recording.tally import Tally, telemetry_values

BEGINNING = State(
    run_id="7f3a",
    name="mine",
    status="running",
    producer=this_process(),
    revision=0,
    started_seconds=1000.0,
    heartbeat_seconds=1000.0,
    elapsed_seconds=0.0,
    goals={"accuracy": "maximize"},
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The time; tests move it by `clock.now += …`."""
    clock = SimpleNamespace(now=500.0)
    monkeypatch.setattr("kan_trainer.recording.tally.time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def tally(clock: Any) -> Tally:
    return Tally(BEGINNING)


def log(tally: Tally, name: str, *values: float, first_step: int = 1) -> None:
    tally.extend(name, [Record(first_step + n, 1000.0 + n, value, 0) for n, value in enumerate(values)])


def state_of(tally: Tally, **changes: Any) -> State:
    """Its state, as a reader gets it."""
    return decode_state(encode_state(tally.state(changes.pop("status", "running"), 1000.0, **changes)))


def test_a_metric_has_its_last_its_first_its_best_and_its_number(tally: Tally) -> None:
    log(tally, "train/loss", 3.0, 1.0)
    log(tally, "train/loss", 2.0, first_step=3)
    metric = state_of(tally).metrics["train/loss"]
    assert (metric.value, metric.step, metric.seconds) == (2.0, 3, 1000.0)
    assert (metric.first, metric.best, metric.best_step, metric.count) == (3.0, 1.0, 2, 3)


def test_what_is_to_be_maximised_has_its_highest_for_its_best(tally: Tally) -> None:
    log(tally, "accuracy", 0.5, 0.9, 0.7)
    log(tally, "accuracy", 0.8, first_step=4)
    metric = state_of(tally).metrics["accuracy"]
    assert (metric.best, metric.best_step) == (0.9, 2)


@pytest.mark.parametrize("goal", ["train/loss", "accuracy"])
def test_of_equals_the_first_is_the_best(tally: Tally, goal: str) -> None:
    log(tally, goal, 0.5, 0.5)
    log(tally, goal, 0.5, first_step=3)
    assert state_of(tally).metrics[goal].best_step == 1


@pytest.mark.parametrize("goal", ["train/loss", "accuracy"])
@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_never_the_best(tally: Tally, goal: str, odd: float) -> None:
    log(tally, goal, odd)
    metric = state_of(tally).metrics[goal]
    assert (metric.best, metric.best_step) == (None, None)
    log(tally, goal, 0.5, odd, first_step=2)
    log(tally, goal, odd, first_step=4)
    metric = state_of(tally).metrics[goal]
    assert (metric.best, metric.best_step, metric.count) == (0.5, 2, 4)
    assert isinstance(metric.first, str) and isinstance(metric.value, str)


def test_the_largest_floats_are_finite_though_their_sum_is_not(tally: Tally) -> None:
    log(tally, "train/loss", 1.7e308, 1.7e308, 1.6e308)
    metric = state_of(tally).metrics["train/loss"]
    assert (metric.best, metric.best_step) == (1.6e308, 3)


def test_a_state_holds_so_many_metrics_and_none_of_the_hardware(tally: Tally) -> None:
    log(tally, "system/host/cpu_percent", 50.0)
    for n in range(MAX_METRICS + 10):
        log(tally, f"metric{n}", 1.0)
    metrics = state_of(tally).metrics
    assert list(metrics) == [f"metric{n}" for n in range(MAX_METRICS)]


def test_time_spent_is_that_since_the_beginning(tally: Tally, clock: Any) -> None:
    clock.now += 90.0
    assert state_of(tally).elapsed_seconds == 90.0


def test_pauses_are_no_time_spent(tally: Tally, clock: Any) -> None:
    clock.now += 60.0
    tally.pause()
    clock.now += 1000.0
    assert state_of(tally, status="paused").elapsed_seconds == 60.0
    tally.unpause()
    clock.now += 5.0
    assert state_of(tally).elapsed_seconds == 65.0


def test_a_run_that_ends_in_a_pause_does_not_count_it(tally: Tally, clock: Any) -> None:
    clock.now += 60.0
    tally.pause()
    clock.now += 1000.0
    assert state_of(tally, status="stopped").elapsed_seconds == 60.0


def test_time_spent_goes_on_over_a_resume(tally: Tally, clock: Any) -> None:
    clock.now += 60.0
    before = state_of(tally, status="stopped")
    clock.now += 10_000.0
    resumed = Tally(before)
    clock.now += 5.0
    assert state_of(resumed).elapsed_seconds == 65.0


def test_a_resume_keeps_what_was_counted_and_forgets_the_pace(tally: Tally, clock: Any) -> None:
    log(tally, "train/loss", 3.0, 1.0)
    for step in (1, 2):
        tally.step_done(step, 1000.0 + step, 1, 512, "tokens")
        tally.batch_done()
    tally.happened(samples=1, events=2)
    before = state_of(tally, status="stopped", message="for the night")
    assert (before.seconds_per_step, before.longest_gap_seconds, before.last_step_seconds) == (1.0, 1.0, 1002.0)
    assert before.rate is not None and before.rate.per_second == 512.0

    resumed = Tally(before)
    log(resumed, "train/loss", 2.0, first_step=3)
    after = state_of(resumed)
    assert (after.status, after.message, after.ended_seconds) == ("running", None, None)
    assert (after.step, after.epoch, after.samples, after.events) == (2, 1, 1, 2)
    metric = after.metrics["train/loss"]
    assert (metric.first, metric.best, metric.count, metric.value) == (3.0, 1.0, 3, 2.0)
    assert (after.seconds_per_step, after.longest_gap_seconds, after.last_step_seconds, after.rate) == (None,) * 4
    assert after.revision > before.revision


def test_a_resume_brings_back_what_was_not_finite(tally: Tally) -> None:
    log(tally, "train/loss", math.nan, math.inf)
    metric = state_of(Tally(state_of(tally))).metrics["train/loss"]
    assert (metric.first, metric.value, metric.best, metric.count) == ("NaN", "Infinity", None, 2)


def test_a_pause_is_no_wait_for_a_step(tally: Tally, clock: Any) -> None:
    """A monitor judges a run by how long its step has taken: a pause must not make it look stalled."""
    tally.step_done(1, 1000.0, None, None, "samples")
    tally.pause()
    clock.now += 3600.0
    tally.unpause()
    assert state_of(tally).last_step_seconds == 4600.0


def test_a_pause_is_not_in_the_rate_either(tally: Tally, clock: Any) -> None:
    for step in (1, 2):
        tally.step_done(step, 1000.0 + step, None, 512, "tokens")
        tally.batch_done()
    tally.pause()
    clock.now += 3600.0
    tally.unpause()
    for step in (3, 4, 5):
        tally.step_done(step, 4600.0 + step, None, 512, "tokens")
        tally.batch_done()
    rate = state_of(tally).rate
    assert rate is not None and rate.per_second == 512.0


def test_only_what_the_run_does_moves_its_revision(tally: Tally) -> None:
    first = state_of(tally).revision
    tally.telemetry = Telemetry(seconds=1000.0)
    tally.batch_done()
    assert state_of(tally).revision == first
    tally.step_done(1, 1000.0, None, None, "samples")
    moved = state_of(tally).revision
    assert moved > first
    tally.happened(events=1)
    assert state_of(tally).revision > moved
    paused = state_of(tally, status="paused").revision
    assert paused == state_of(tally, status="paused").revision
    assert state_of(tally).revision > paused


def test_a_loss_is_in_the_state_with_its_last_reason(tally: Tally) -> None:
    assert state_of(tally).lost is None
    tally.lose(3, "the disk is full")
    tally.lose(1, "train/loss: \ud800" + "x" * 500)
    lost = state_of(tally).lost
    assert lost is not None
    assert lost.records == 4
    assert lost.reason.startswith("train/loss: ?xxx")
    assert len(lost.reason) == 200


def test_an_end_has_its_time_and_its_message(tally: Tally) -> None:
    state = state_of(tally, status="error", message="ValueError: NaN")
    assert (state.status, state.message, state.ended_seconds) == ("error", "ValueError: NaN", 1000.0)
    assert state_of(tally).ended_seconds is None


def test_the_hardware_has_series_for_what_it_says_and_none_for_what_it_does_not() -> None:
    telemetry = Telemetry(
        seconds=1000.0,
        gpus=(Gpu(index=0, utilization_percent=97.0, temperature_celsius=62.0), Gpu(index=3, power_watts=612.0)),
        host=Host(cpu_percent=0.0),
    )
    assert dict(telemetry_values(telemetry)) == {
        "system/gpu0/utilization_percent": 97.0,
        "system/gpu0/temperature_celsius": 62.0,
        "system/gpu3/power_watts": 612.0,
        "system/host/cpu_percent": 0.0,
    }
