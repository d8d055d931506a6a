"""Where a loss is going, and how long a run still takes."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.forecast import median, remaining_range, remaining_seconds, steady_slope, trend
from kan_shared.journal import Event
from kan_shared.series import Record
from kan_trainer.recording.pace import Pace

from .source import source_run

FALLING = [5 - 0.01 * step for step in range(256)]


def noisy(values: list[float], scatter: float, seed: int = 1) -> list[float]:
    dice = random.Random(seed)
    return [value + scatter * (dice.random() - 0.5) for value in values]


class TestTrend:
    def test_sees_where_it_goes(self):
        assert trend(FALLING) == "decreasing"
        assert trend(FALLING[::-1]) == "increasing"
        assert trend([2.0] * 256) == "plateau"

    def test_does_not_turn_for_a_spike(self):
        """Neither at the end, where two points would be fooled, nor where it lifts a mean."""
        for place in (0, 100, 254, 255):
            spiked = [*FALLING]
            spiked[place] = 1e6
            assert trend(spiked) == "decreasing"
        assert trend([*FALLING[:-20], *[5.0] * 5, *FALLING[-15:]]) == "decreasing"

    @pytest.mark.parametrize("points", [8, 16, 256])
    def test_sees_none_in_noise(self, points):
        """Chance draws an arrow in one look of twenty, not more often."""
        seen = [trend(noisy([2.0] * points, 1.5, seed)) for seed in range(400)]
        assert seen.count("plateau") > 0.9 * len(seen)
        assert abs(seen.count("increasing") - seen.count("decreasing")) < 0.05 * len(seen)

    def test_sees_one_under_noise(self):
        assert {trend(noisy(FALLING, 2.0, seed)) for seed in range(40)} == {"decreasing"}

    def test_needs_a_change_that_matters(self):
        assert trend([1000 - 0.01 * step for step in range(256)]) == "plateau"

    @pytest.mark.parametrize("points", range(8))
    def test_says_nothing_of_a_few_points(self, points):
        assert trend(FALLING[:points]) is None

    def test_says_something_of_eight(self):
        assert trend([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]) == "decreasing"

    def test_passes_over_what_is_not_finite(self):
        assert trend([*FALLING[:200], *[math.nan, math.inf, -math.inf] * 5, *FALLING[200:]]) == "decreasing"
        assert trend([math.nan] * 256) is None

    def test_sees_the_fall_of_a_negative_loss(self):
        assert trend([-value for value in FALLING]) == "increasing"

    @settings(max_examples=200)
    @given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=64))
    def test_takes_any_values(self, values):
        assert trend(values) in (None, "decreasing", "plateau", "increasing")

    @given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=64), st.sampled_from([0.5, 2.0, 8.0]))
    def test_does_not_depend_on_the_unit(self, values, factor):
        assert trend([factor * value for value in values]) == trend(values)


class TestRemaining:
    state = source_run().state

    def test_is_the_steps_to_come_at_the_runs_pace(self):
        assert remaining_seconds(self.state) == pytest.approx(513.5)

    @pytest.mark.parametrize("unknown", ["step", "total_steps", "seconds_per_step"])
    def test_is_unknown_where_the_end_or_the_pace_is(self, unknown):
        assert remaining_seconds(msgspec.structs.replace(self.state, **{unknown: None})) is None

    @pytest.mark.parametrize("status", ["complete", "stopped", "error"])
    def test_is_nothing_that_a_run_has_after_its_end(self, status):
        assert remaining_seconds(msgspec.structs.replace(self.state, status=status)) is None

    def test_is_never_negative(self):
        assert remaining_seconds(msgspec.structs.replace(self.state, step=5000)) == 0

    def test_knows_only_the_present_pace(self):
        """After a resume on a slower machine the producer's pace is the new one, whatever the time before it was."""
        resumed = msgspec.structs.replace(self.state, segment=1, elapsed_seconds=9e4, seconds_per_step=2.0)
        assert remaining_seconds(resumed) == 4200


StepTime = Callable[[int, random.Random], float]


def played(step_time: StepTime, steps: int, seed: int) -> list[Record]:
    """A run whose steps take that long."""
    dice, now, records = random.Random(seed), 1e9, []
    for step in range(steps + 1):
        records.append(Record(step, now, 1.0, 0))
        now += step_time(step + 1, dice)
    return records


def forecast(records: list[Record], done: int, total: int) -> tuple[float, float, float]:
    """The range at step `done`, as the monitor has it: from evenly spaced records and the producer's pace."""
    pace = Pace()
    for record in records[: done + 1]:
        pace.advance(record.step, record.seconds)
    changes = {"step": done, "total_steps": total, "seconds_per_step": pace.seconds_per_step}
    state = msgspec.structs.replace(source_run().state, **changes)
    latter = records[done // 2 : done + 1]
    spaced = [latter[int(place * (len(latter) - 1) / 255)] for place in range(256)] if len(latter) > 256 else latter
    found, middle = remaining_range(state, spaced, ()), remaining_seconds(state)
    assert found is not None and middle is not None
    return found[0], middle, found[1]


def scattered(seconds: float, scatter: float) -> StepTime:
    return lambda _, dice: seconds * math.exp(dice.gauss(0, scatter))


def with_pauses(seconds: float, every: int) -> StepTime:
    return lambda step, dice: 0.1 * math.exp(dice.gauss(0, 0.2)) + (seconds if step % every == 0 else 0.0)


def slower_from(step: int) -> StepTime:
    return lambda at, dice: 0.1 * math.exp(dice.gauss(0, 0.2)) * (2 if at > step else 1)


class TestTheRange:
    TOTAL = 4000

    @pytest.mark.parametrize(
        ("step_time", "first"),
        [
            (scattered(0.1, 0.0), 100),
            (scattered(0.1, 0.5), 100),
            (with_pauses(5.0, every=100), 250),
            (with_pauses(60.0, every=700), 1500),
            (slower_from(1000), 1200),
            (lambda step, dice: 0.1 * (1 + step / 4000) * math.exp(dice.gauss(0, 0.1)), 2400),
        ],
        ids=[
            "steady",
            "noisy",
            "validation every 100 steps",
            "rare validation",
            "a pace that changed",
            "a pace that drifts",
        ],
    )
    def test_holds_the_truth_in_four_of_five_runs_at_least(self, step_time, first):
        held = looks = 0
        for seed in range(8):
            records = played(step_time, self.TOTAL, seed)
            for done in range(first + 11 * seed, self.TOTAL, 500):
                low, middle, high = forecast(records, done, self.TOTAL)
                assert 0 <= low <= middle <= high
                truth = records[-1].seconds - records[done].seconds
                held += low - 1e-3 <= truth <= high + 1e-3
                looks += 1
        assert held >= 0.8 * looks, f"{held} of {looks}"

    @pytest.mark.parametrize("step_time", [scattered(0.1, 0.5), with_pauses(5.0, every=100)])
    def test_narrows_as_the_run_goes_on(self, step_time):
        records = played(step_time, self.TOTAL, seed=3)
        widths = [high - low for low, _, high in (forecast(records, done, self.TOTAL) for done in (300, 1200, 3600))]
        assert widths[0] > 1.5 * widths[1] > 1.5 * widths[2]

    def test_of_a_steady_run_is_a_moment(self):
        low, middle, high = forecast(played(scattered(0.1, 0.0), 1000, 1), 500, 1000)
        assert (round(low, 3), round(high, 3)) == (round(middle, 3), round(middle, 3)) == (50.0, 50.0)

    def test_counts_no_pause_of_the_run(self):
        """One that somebody made; it will not happen again."""
        records = played(scattered(0.1, 0.0), 500, 1)
        paused = [record if record.step < 400 else record._replace(seconds=record.seconds + 3600) for record in records]
        state = msgspec.structs.replace(source_run().state, step=500, total_steps=1000, seconds_per_step=0.1)
        events = [
            Event(kind="pause", seconds=records[399].seconds + 0.01),
            Event(kind="continue", seconds=records[399].seconds + 3600.01),
        ]
        counted, known = remaining_range(state, paused, ()), remaining_range(state, paused, events)
        assert counted is not None and known is not None
        assert counted[1] > 3600
        assert known == pytest.approx((50, 50))

    @pytest.mark.parametrize("records", range(4))
    def test_is_unknown_before_the_pace_was_seen(self, records):
        state = msgspec.structs.replace(source_run().state, step=3, seconds_per_step=0.1)
        assert remaining_range(state, played(scattered(0.1, 0.1), 10, 1)[:records], ()) is None

    @settings(max_examples=100)
    @given(
        st.lists(st.tuples(st.integers(-(2**53), 2**53), st.floats(0, 1e11)), max_size=20),
        st.floats(0, 1e11),
    )
    def test_may_be_of_any_records(self, values, pace):
        state = msgspec.structs.replace(source_run().state, seconds_per_step=pace)
        found = remaining_range(state, [Record(step, seconds, 1.0, 0) for step, seconds in values], ())
        middle = remaining_seconds(state)
        assert middle is not None
        assert found is None or found[0] <= middle * (1 + 1e-9) <= found[1] * (1 + 1e-6) + 1e-6


class TestASlope:
    def test_is_the_median_of_slopes(self):
        assert steady_slope([(x, 3.0 * x + (500 if x == 7 else 0)) for x in range(16)]) == 3.0

    def test_is_none_where_chance_would_do_as_well(self):
        dice = random.Random(4)
        found = [steady_slope([(x, dice.random()) for x in range(12)]) for _ in range(200)]
        assert found.count(0.0) > 180


def test_the_median_of_an_even_number_is_one_of_them():
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 3.0
