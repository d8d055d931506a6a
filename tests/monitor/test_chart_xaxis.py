"""The x axis of time has the ticks that a clock has, and labels that can be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.charts.chart import draw
from kan_monitor.charts.xaxis import XAxis, clock_label, elapsed_label
from kan_monitor.ink import plain_text

JUNE_1_2025 = 1_748_736_000.0


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (0, "0"),
        (45, "45s"),
        (600, "10m"),
        (90, "1m30"),
        (5400, "1h30"),
        (7200, "2h"),
        (3730, "1h02m10"),
        (2 * 86_400, "2d"),
        (86_400 + 6 * 3600, "1d6h"),
        (86_400 + 1800, "1d0h30"),
    ],
)
def test_lengths_of_time_are_as_short_as_can_be(seconds: float, label: str) -> None:
    assert elapsed_label(seconds) == label


def test_parts_of_seconds_are_said_where_ticks_are_so_close() -> None:
    assert elapsed_label(75.5, 1) == "1m15.5"
    assert elapsed_label(0.25, 2) == "0.25s"
    assert elapsed_label(60.0, 1) == "1m"
    assert clock_label(JUNE_1_2025 + 50_400.5, 0.5, 0) == "14:00:00.5"
    assert clock_label(JUNE_1_2025 + 50_399.9999997, 0.1, 0) == "14:00:00.0"
    assert clock_label(JUNE_1_2025 - 0.0000003, 0.1, 0) == "Jun 1"


def axis(unit: str, start: float, stop: float, *, offset: int = 0) -> str:
    return plain_text(draw([], width=70, height=6, start=start, stop=stop, log=False, x=XAxis(unit, offset))[-1:])


def test_the_time_trained_has_natural_ticks() -> None:
    assert axis("elapsed", 0, 7500).split() == ["0", "30m", "1h", "1h30", "2h"]
    assert axis("elapsed", 0, 400_000).split() == ["0", "1d", "2d", "3d", "4d"]
    assert axis("elapsed", 0, 9e7).split() == ["0", "200d", "400d", "600d", "800d", "1000d"]
    assert axis("elapsed", 61.2, 62.2).split() == ["1m01.2", "1m01.4", "1m01.6", "1m01.8", "1m02.0", "1m02.2"]


def test_the_time_of_day_says_the_day_where_it_changes() -> None:
    shown = axis("clock", JUNE_1_2025 + 15 * 3600, JUNE_1_2025 + 40 * 3600)
    assert " ".join(shown.split()) == "18:00 Jun 2 06:00 12:00"
    assert axis("clock", JUNE_1_2025 + 1000, JUNE_1_2025 + 1060).split() == [
        "00:16:45",
        "00:17:00",
        "00:17:15",
        "00:17:30",
    ]


def test_the_time_of_day_is_that_of_the_wall() -> None:
    """Days begin at midnight here, not in Greenwich."""
    shown = axis("clock", JUNE_1_2025, JUNE_1_2025 + 86_400, offset=2 * 3600)
    assert " ".join(shown.split()) == "06:00 12:00 18:00 Jun 2"


def told_apart(labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each label with the day before it: a time of day comes again on the next."""
    day = ""
    for label in labels:
        day = day if ":" in label else label
        yield day, label


@settings(max_examples=200)
@given(
    unit=st.sampled_from(["step", "elapsed", "clock"]),
    start=st.floats(0, 3e9),
    length=st.floats(0.01, 1e9),
    offset=st.sampled_from([0, 3600, -12_600]),
)
def test_ticks_are_inside_evenly_spaced_and_told_apart(unit: str, start: float, length: float, offset: int) -> None:
    stop = start + length
    for ticks in islice(XAxis(unit, offset).choices(start, stop, length / 8), 4):
        slack = 1e-6 * max(1.0, stop)
        assert all(start - slack <= at <= stop + slack for at, _ in ticks)
        assert len(set(told_apart(label for _, label in ticks))) == len(ticks)
        gaps = [right - left for (left, _), (right, _) in pairwise(ticks)]
        assert all(gap >= length / 8 - slack and abs(gap - gaps[0]) <= slack for gap in gaps)
