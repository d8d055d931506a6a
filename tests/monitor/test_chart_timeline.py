"""The time that a run has trained for leaves out the time in which it was down."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.chunk import elapsed
from kan_monitor.charts.timeline import CLOCK, Timeline

TIMES = st.floats(0, 2e9)
STRETCHES = st.lists(st.tuples(TIMES, TIMES).map(lambda ends: (min(ends), max(ends))), max_size=6)


def test_gaps_between_segments_are_taken_out() -> None:
    timeline = Timeline.of([(100, 150), (1000, 1020), (5000, 5001)])
    assert [timeline.elapsed(at) for at in (100, 140, 150, 700, 1000, 1010, 3000, 5000, 5090)] == [
        0, 40, 50, 50, 50, 60, 70, 70, 160,
    ]  # fmt: skip
    assert [timeline.clock(at) for at in (0, 40, 60, 160)] == [100, 140, 1010, 5090]


def test_what_was_before_the_run_is_at_its_start() -> None:
    assert Timeline.of([(100, 150)]).elapsed(20) == 0


def test_a_clock_that_was_put_back_takes_nothing_away() -> None:
    """A resume on a host whose clock is late begins before the segment that it follows has ended."""
    assert Timeline.of([(100, 150), (120, 180), (500, 600)]).elapsed(550) == 130


def test_time_stands_still_where_the_clock_was_put_back() -> None:
    timeline = Timeline.of([(100, 150), (1000, 990), (5000, 5001)])
    assert [timeline.elapsed(seconds) for seconds in (150, 990, 995, 1000, 5000)] == [50] * 5


def test_the_time_of_day_is_a_timeline_too() -> None:
    assert Timeline.of([]) == CLOCK
    assert CLOCK.elapsed(1.7e9) == CLOCK.clock(1.7e9) == 1.7e9


@given(stretches=STRETCHES, times=st.tuples(TIMES, TIMES))
def test_it_never_goes_back(stretches: list[tuple[float, float]], times: tuple[float, float]) -> None:
    timeline = Timeline.of(stretches)
    assert timeline.elapsed(min(times)) <= timeline.elapsed(max(times))


@given(stretches=STRETCHES, times=st.lists(TIMES, max_size=20))
def test_of_many_times_it_says_the_same(stretches: list[tuple[float, float]], times: list[float]) -> None:
    timeline = Timeline.of(stretches)
    assert elapsed(timeline, np.array(times)).tolist() == [timeline.elapsed(seconds) for seconds in times]
