"""A series in columns: extremes, means, and where something was not finite."""

from __future__ import annotations

from math import inf, isfinite, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.decimate import columns_per_step, envelope, polyline, smooth

SERIES = st.lists(st.tuples(st.integers(0, 1000), st.floats(width=32)), max_size=60)


def test_each_column_has_its_lowest_highest_and_mean_value() -> None:
    found = envelope([0, 1, 2, 3, 8], [1.0, 3.0, 5.0, 7.0, 9.0], start=0, stop=8, columns=4)
    assert found.low == [1, 5, None, 9]
    assert found.high == [3, 7, None, 9]
    assert found.mean == [2, 6, None, 9]
    assert found.non_finite == []


def test_a_value_that_is_not_finite_is_marked_and_leaves_the_others_alone() -> None:
    found = envelope([0, 1, 2, 3], [nan, 1.0, inf, -inf], start=0, stop=4, columns=4)
    assert found.low == [None, 1, None, None]
    assert found.non_finite == [0, 2, 3]


def test_both_ends_belong_to_the_window_and_nothing_beyond_them() -> None:
    found = envelope([9, 10, 20, 21], [1.0, 2.0, 3.0, 4.0], start=10, stop=20, columns=2)
    assert found.mean == [2, 3]


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (5, 5 + 1e-320), (-inf, inf)])
def test_a_window_without_extent_has_everything_in_its_first_column(start: float, stop: float) -> None:
    assert envelope([5], [2.0], start=start, stop=stop, columns=3).mean == [2, None, None]


def test_no_columns_and_no_values() -> None:
    assert envelope([1], [1.0], start=0, stop=2, columns=0) == ([], [], [], [])
    assert envelope([], [], start=0, stop=2, columns=2) == ([None] * 2, [None] * 2, [None] * 2, [])


@given(series=SERIES, columns=st.integers(1, 50))
def test_nothing_is_lost_and_nothing_is_made_up(series: list[tuple[int, float]], columns: int) -> None:
    steps, values = [step for step, _ in series], [value for _, value in series]
    found = envelope(steps, values, start=0, stop=1000, columns=columns)
    finite = [value for value in values if isfinite(value)]
    assert min((low for low in found.low if low is not None), default=None) == min(finite, default=None)
    assert max((high for high in found.high if high is not None), default=None) == max(finite, default=None)
    assert bool(found.non_finite) == (len(finite) < len(values))
    for low, high, mean in zip(*found[:3], strict=True):
        assert low is None or low <= mean <= high


@given(start=st.floats(-1e9, 1e9), length=st.floats(1e-3, 1e9), columns=st.integers(1, 300))
def test_a_value_between_two_columns_is_where_rounding_puts_it(start: float, length: float, columns: int) -> None:
    """It is the one factor that places a value, here as in the pyramid."""
    stop = start + length
    places = sorted(start + column * (stop - start) / columns for column in range(columns))
    factor = columns_per_step(start, stop, columns)
    expected: list[float | None] = [None] * columns
    for place in places:
        expected[min(int((place - start) * factor), columns - 1)] = place
    assert envelope(places, places, start=start, stop=stop, columns=columns).high == expected


def test_lines_between_points_have_their_value_at_the_middle_of_each_column() -> None:
    points = [(6, 0.0), (2, 4.0), (8, 10.0)]
    assert polyline(points, start=0, stop=10, columns=5).mean == [None, 3.0, 1.0, 5.0, None]
    assert polyline([], start=0, stop=10, columns=2).mean == [None, None]


def test_the_mean_of_the_largest_numbers_stays_among_them() -> None:
    found = envelope([0, 0, 0], [1.7e308, 1.7e308, 1.6e308], start=0, stop=1, columns=1)
    assert found.mean[0] == pytest.approx(1.7e308)


def test_smoothing_starts_at_the_first_finite_value() -> None:
    assert smooth([nan, 8.0, 4.0, 0.0], 0.5)[1:] == [8, 6, 3]


def test_smoothing_passes_over_what_is_not_finite_and_leaves_it_in_its_place() -> None:
    smoothed = smooth([8.0, nan, 4.0, inf, 6.0], 0.5)
    assert isnan(smoothed[1])
    assert smoothed[2:] == [6, inf, 6]


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1), weight=st.floats(0, 0.99))
def test_an_average_stays_among_its_values(values: list[float], weight: float) -> None:
    slack = 1e-9 * max(map(abs, values))
    assert all(min(values) - slack <= value <= max(values) + slack for value in smooth(values, weight))
