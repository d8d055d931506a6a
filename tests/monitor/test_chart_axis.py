"""Ticks are 1-2-5, and say what they stand at."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.axis import Scale, scale_of, step_of, ticks
from kan_monitor.charts.labels import step_labels, value_labels

# What is closer to zero counts as zero.
ANY = st.floats(-1e300, 1e300).filter(lambda value: value == 0 or abs(value) > 1e-290)
POSITIVE = st.floats(1e-290, 1e300)
GAPS = st.sampled_from([0.04, 0.1, 0.2, 0.35])


def is_1_2_5(number: float) -> bool:
    return f"{number:.9e}"[0] in "125" and f"{number:.9e}"[1:].startswith(".000000000e")


@given(ends=st.tuples(ANY, ANY), gap=GAPS)
def test_linear_ticks_are_multiples_of_a_1_2_5_step(ends: tuple[float, float], gap: float) -> None:
    scale = scale_of(min(ends), max(ends))
    found = ticks(scale, gap)
    assert_sound(scale, found, gap)
    for left, right in pairwise(found):
        # Far from zero a difference has fewer digits than its ends.
        assert is_1_2_5(float(f"{right - left:.4g}")) or abs(right - left) < 1e-8 * abs(left)


@given(ends=st.tuples(POSITIVE, POSITIVE), gap=GAPS)
def test_logarithmic_ticks_are_1_2_5_or_a_power_or_linear_in_a_short_range(
    ends: tuple[float, float], gap: float
) -> None:
    scale = scale_of(min(ends), max(ends), log=True)
    found = ticks(scale, gap)
    assert scale.log
    assert_sound(scale, found, gap)
    assert scale.high / scale.low <= 1e3 or all(map(is_1_2_5, found))


def assert_sound(scale: Scale, found: list[float], gap: float) -> None:
    assert found
    assert found == sorted(set(found))
    assert all(scale.low <= tick <= scale.high for tick in found)
    fractions = scale.fractions(found)
    assert all(right - left >= gap * (1 - 1e-6) for left, right in pairwise(fractions))


@given(ends=st.tuples(ANY, ANY), log=st.booleans())
def test_a_range_holds_its_values_and_little_else(ends: tuple[float, float], log: bool) -> None:
    low, high = min(ends), max(ends)
    scale = scale_of(low, high, log=log)
    assert scale.log == (log and low > 0)
    assert scale.fell_back == (log and low <= 0)
    assert -1e-9 <= scale.fraction(low) <= scale.fraction(high) <= 1 + 1e-9
    if not scale.log and high - low > 1e-6 * max(abs(low), abs(high)):
        assert scale.fraction(high) - scale.fraction(low) > 0.75


def test_a_range_does_not_move_while_the_data_moves_a_little() -> None:
    assert scale_of(0.93, 8.3, log=True) == scale_of(0.81, 9.9, log=True) == Scale(0.8, 10.0, log=True)
    assert scale_of(0.13, 0.87) == scale_of(0.11, 0.88) == Scale(0.1, 0.9)


def test_where_values_lie() -> None:
    assert Scale(0, 4).fractions([0, 1, 4, 6]) == [0, 0.25, 1, 1.5]
    assert Scale(1, 100, log=True).fractions([1, 10, 100]) == [0, 0.5, 1]
    assert Scale(1, 100, log=True).fraction(0) < 0


@pytest.mark.parametrize(
    ("low", "high", "rows", "expected"),
    [
        (0.93, 8.3, 13, [1, 2, 5, 10]),
        (1e-5, 3e-2, 13, [1e-5, 1e-4, 1e-3, 1e-2]),
        (1e-300, 1e300, 13, [1e-200, 1, 1e200]),
        (2.1, 3.9, 13, [2.5, 3, 3.5]),
        (1.2, 6, 30, [2, 5]),
    ],
)
def test_logarithmic_ticks_by_the_room_there_is(low: float, high: float, rows: int, expected: list[float]) -> None:
    assert ticks(scale_of(low, high, log=True), 2.5 / rows) == expected


def test_a_constant_has_a_range_around_it() -> None:
    assert scale_of(5.0, 5.0) == Scale(2.5, 7.5)
    assert scale_of(0.0, 0.0) == Scale(-1, 1)
    assert scale_of(1234.5, 1234.5 + 1e-9).fraction(1234.5) == pytest.approx(0.5, abs=0.2)


@given(least=st.floats(1e-299, 1e299))
def test_a_step_is_the_next_1_2_5(least: float) -> None:
    step = step_of(least)
    assert is_1_2_5(step.size)
    assert least * (1 - 1e-6) <= step.size <= 2.5 * least * (1 + 1e-6)
    assert is_1_2_5(step.coarser.size)
    assert 1.9 < step.coarser.size / step.size < 2.6


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.05, 0.1, 0.15], ["0.05", "0.10", "0.15"]),
        ([1, 2, 5, 10], ["1", "2", "5", "10"]),
        ([0.1, 1, 10, 1e5], ["0.1", "1", "10", "100K"]),
        ([0, 5e-6, 1e-5, 1.5e-5, 2e-5], ["0", "5e-6", "1e-5", "1.5e-5", "2e-5"]),
        ([2.5e6, 3e6], ["2.5M", "3.0M"]),
        ([1e-5, 1], ["1e-5", "1"]),
        ([1, 10], ["1", "10"]),
        ([0, 0.5], ["0", "0.5"]),
        ([1234.5, 1234.5000002, 1234.5000004], ["1234.5", "+2e-7", "+4e-7"]),
        ([-1e300, 0, 1e300], ["-1e300", "0", "1e300"]),
        ([], []),
    ],
)
def test_labels_of_values(values: list[float], labels: list[str]) -> None:
    assert value_labels(values, 7) == labels


@pytest.mark.parametrize(
    ("steps", "labels"),
    [
        ([0, 200, 400], ["0", "200", "400"]),
        ([0, 500, 1000, 1500], ["0", "0.5K", "1K", "1.5K"]),
        ([0, 2_000_000, 2_500_000], ["0", "2M", "2.5M"]),
        ([1e12, 1.002e12], ["1T", "1.002T"]),
        ([1_234_568, 1_234_570], ["1.234568M", "1.23457M"]),
        ([0, 2e15], ["0", "2e15"]),
        ([], []),
    ],
)
def test_labels_of_steps(steps: list[float], labels: list[str]) -> None:
    assert step_labels(steps) == labels


@given(ends=st.tuples(ANY, ANY) | st.tuples(st.floats(-100, 100), st.floats(-100, 100)), log=st.booleans(), gap=GAPS)
def test_labels_fit_and_tell_ticks_apart(ends: tuple[float, float], log: bool, gap: float) -> None:
    found = ticks(scale_of(min(ends), max(ends), log=log), gap)
    labels = [label for label in value_labels(found, 7) if label]
    assert labels
    assert all(len(label) <= 7 for label in labels)
    assert len(set(labels)) == len(labels)


@given(tick=st.integers(1, 99), exponent=st.integers(-12, 14))
def test_a_label_is_the_value_of_its_tick(tick: int, exponent: int) -> None:
    value = float(f"{tick}e{exponent}")
    for label in (*value_labels([value], 7), *step_labels([value])):
        unit = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.get(label[-1], 1.0)
        assert float(label.rstrip("KMGT")) * unit == pytest.approx(value, rel=1e-3)
