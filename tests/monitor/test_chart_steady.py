"""Columns of a load that stand still while it goes on."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from kan_monitor.charts.steady import steady


def tail(end: int, kept: int = 240) -> list[float]:
    """The last values of a series that counts its own places."""
    return [float(at) for at in range(max(0, end - kept), end)]


def size_of(columns: int) -> int:
    return -(-180 // columns)


@given(end=st.integers(180, 2000), columns=st.integers(4, 200))
def test_every_column_is_the_mean_of_its_own_places(end, columns):
    shown, size = steady(tail(end), end=end, columns=columns, span=180), size_of(columns)
    assert len(shown) == columns
    known = [value for value in shown if value is not None]
    assert known[-1] == (end // size - 1) * size + (size - 1) / 2
    assert all(later - earlier == size for earlier, later in pairwise(known))


@given(end=st.integers(300, 2000), columns=st.integers(1, 120))
def test_nothing_moves_until_a_column_is_full_and_then_all_by_one(end, columns):
    size = size_of(columns)
    assume((columns + 1) * size <= 240)  # otherwise the first column is one that the tail loses
    before = steady(tail(end), end=end, columns=columns, span=180)
    after = steady(tail(end + 1), end=end + 1, columns=columns, span=180)
    assert (after[:-1] == before[1:]) if (end + 1) % size == 0 else (after == before)


def test_what_is_not_there_yet_is_not_zero():
    assert steady([7.0], end=1, columns=4, span=4) == [None, None, None, 7.0]
    assert steady([], end=0, columns=3, span=180) == [None, None, None]


def test_the_first_values_are_shown_before_a_column_is_full():
    assert steady([1.0, 3.0], end=2, columns=4, span=180) == [None, None, None, 2.0]
