"""Where a loss is going, and how long a run still takes."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.forecast import median, remaining_seconds, trend

from .cases import source_run

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


def test_the_median_of_an_even_number_is_one_of_them():
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 3.0
