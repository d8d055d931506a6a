"""How fast a run goes, and what is left of it: steady where the steps are noisy, true where they are not."""

from __future__ import annotations

import random

import pytest

from kan_trainer.recording.pace import Pace, Throughput


def paced(*seconds_a_step: float, pace: Pace | None = None) -> Pace:
    """A pace that has seen steps of these lengths, from step 0 at 1000 s on."""
    pace, now = pace or Pace(), 1000.0
    pace.advance(0, now)
    for step, seconds in enumerate(seconds_a_step, start=1):
        now += seconds
        pace.advance(step, now)
    return pace


def test_nothing_is_known_before_the_second_step() -> None:
    assert Pace().seconds_per_step is None
    assert paced().seconds_per_step is None
    assert paced().longest_gap_seconds is None


@pytest.mark.parametrize("seconds", [0.0001, 0.25, 7.0, 3600.0])
def test_constant_steps_are_exact_from_the_second_on(seconds: float) -> None:
    assert paced(seconds).seconds_per_step == pytest.approx(seconds, rel=1e-6)
    assert paced(*[seconds] * 500).seconds_per_step == pytest.approx(seconds, rel=1e-6)


def test_steps_that_are_taken_in_by_the_dozen_are_as_exact() -> None:
    pace = Pace()
    for batch in range(100):
        pace.advance(12 * batch, 3.0 * batch)
    assert pace.seconds_per_step == pytest.approx(0.25)


def test_one_slow_step_does_not_swing_the_forecast() -> None:
    assert paced(*[0.1] * 1000, 1.0).seconds_per_step == pytest.approx(0.1, rel=0.1)
    assert paced(*[0.1] * 10_000, 10.0).seconds_per_step == pytest.approx(0.1, rel=0.1)


def test_noise_averages_out() -> None:
    chance = random.Random(0)
    steps = [chance.lognormvariate(0.0, 0.5) for _ in range(3000)]
    forecasts = []
    pace = paced(*steps[:1000])
    now, step = 1000.0 + sum(steps[:1000]), 1000
    for seconds in steps[1000:]:
        step, now = step + 1, now + seconds
        pace.advance(step, now)
        forecasts.append(pace.seconds_per_step)
    mean = sum(steps) / len(steps)
    assert all(forecast == pytest.approx(mean, rel=0.15) for forecast in forecasts)


def test_validation_is_counted_at_its_share() -> None:
    """Every 50th step takes 2 s more: 0.14 s a step on the whole."""
    steps = [2.1 if step % 50 == 0 else 0.1 for step in range(1, 2001)]
    assert paced(*steps).seconds_per_step == pytest.approx(0.14, rel=0.15)
    assert paced(*steps, *steps[:25]).seconds_per_step == pytest.approx(0.14, rel=0.15)


def test_a_lasting_change_is_followed() -> None:
    """The data loader has become slow: the forecast says so within the next fifth of the run."""
    assert paced(*[0.1] * 1000, *[0.4] * 200).seconds_per_step > 0.3
    assert paced(*[0.1] * 1000, *[0.4] * 1000).seconds_per_step == pytest.approx(0.4, rel=0.05)


def test_a_pause_is_left_out() -> None:
    pace = paced(*[0.5] * 100)
    pace.skip(3600.0)
    pace.advance(101, 1000.0 + 101 * 0.5 + 3600.0)
    assert pace.seconds_per_step == pytest.approx(0.5)
    assert pace.longest_gap_seconds == pytest.approx(0.5)


def test_a_pause_before_the_first_step_is_none() -> None:
    pace = Pace()
    pace.skip(3600.0)
    assert paced(0.5, pace=pace).seconds_per_step == pytest.approx(0.5)


def test_logging_a_step_again_or_an_earlier_one_is_no_progress() -> None:
    pace = paced(0.5, 0.5)
    for step in (2, 1, 0):
        pace.advance(step, 2000.0)
    assert pace.seconds_per_step == pytest.approx(0.5)
    pace.advance(3, 1001.5)
    assert pace.seconds_per_step == pytest.approx(0.5)


def test_a_clock_that_is_set_back_costs_a_step_and_no_more() -> None:
    pace = paced(*[0.5] * 100)
    pace.advance(101, 1000.0)
    assert pace.seconds_per_step == pytest.approx(0.5, rel=0.05)
    pace.advance(102, 1000.5)
    assert pace.seconds_per_step == pytest.approx(0.5, rel=0.05)


def test_the_longest_wait_is_remembered() -> None:
    assert paced(0.1, 7.0, 0.1).longest_gap_seconds == pytest.approx(7.0)


def counted(*amounts: tuple[float, float], unit: str = "tokens") -> Throughput:
    """A throughput that has seen these amounts, each by that second."""
    throughput = Throughput()
    for seconds, amount in amounts:
        throughput.count(amount, unit)  # type: ignore[arg-type]
        throughput.mark(seconds)
    return throughput


def test_a_rate_needs_a_stretch_of_time() -> None:
    assert Throughput().rate is None
    assert counted((1.0, 512)).rate is None
    assert counted((1.0, 512), (1.0, 512)).rate is None


def test_a_rate_is_what_was_processed_between_the_first_mark_and_the_last() -> None:
    rate = counted((0.0, 512), (1.0, 512), (2.0, 512)).rate
    assert rate is not None
    assert (rate.unit, rate.per_second) == ("tokens", 512.0)


def test_a_rate_is_that_of_the_last_seconds() -> None:
    slow = [(float(second), 100.0) for second in range(60)]
    fast = [(60 + second / 10, 100.0) for second in range(300)]
    rate = counted(*slow, *fast).rate
    assert rate is not None
    assert rate.per_second == pytest.approx(1000, rel=0.01)


def test_slow_steps_are_looked_at_over_a_few_of_them() -> None:
    """Whoever takes a minute a step still has a rate."""
    rate = counted(*[(60.0 * step, 6000.0) for step in range(30)]).rate
    assert rate is not None
    assert rate.per_second == pytest.approx(100)


def test_steps_count_only_where_nothing_better_does() -> None:
    throughput = counted((0.0, 1), (1.0, 1), unit="steps")
    assert throughput.rate is not None and throughput.rate.unit == "steps"
    throughput.count(512, "tokens")
    throughput.mark(2.0)
    throughput.count(1, "steps")  # a validation, with no tokens of its own
    throughput.count(512, "tokens")
    throughput.mark(3.0)
    assert throughput.rate is not None
    assert (throughput.rate.unit, throughput.rate.per_second) == ("tokens", 512.0)


def test_after_a_pause_the_rate_begins_anew() -> None:
    throughput = counted((0.0, 512), (1.0, 512))
    throughput.restart()
    assert throughput.rate is None
    for second in (3601.0, 3602.0):
        throughput.count(512, "tokens")
        throughput.mark(second)
    assert throughput.rate is not None and throughput.rate.per_second == 512.0


def test_a_clock_that_is_set_back_gives_no_rate_below_zero() -> None:
    assert counted((100.0, 512), (50.0, 512)).rate is None
