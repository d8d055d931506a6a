"""Zoom, pan and crosshair: whatever one presses, the window stays a sensible one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.viewport import ChartOptions, Extent, Window, move_cursor, pan, place_at, reset, shown, zoom

EXTENT = Extent(start=0, stop=1000, first=0, newest=800, narrowest=4)
ALL = ChartOptions()
Move = Callable[[ChartOptions, Extent], ChartOptions]
MOVES: list[Move] = [
    lambda options, extent: zoom(options, extent, 0.5),
    lambda options, extent: zoom(options, extent, 2.0),
    lambda options, extent: zoom(options, extent, 0.01, about=extent.first),
    lambda options, extent: pan(options, extent, 0.5),
    lambda options, extent: pan(options, extent, -3),
    lambda options, extent: move_cursor(options, extent, -7, 100),
    lambda options, extent: move_cursor(options, extent, 90, 100),
]


def looking_at(start: float, stop: float, **more: float) -> ChartOptions:
    return ChartOptions(window=Window(start, stop), **more)


def test_everything_is_shown_at_first() -> None:
    assert shown(ALL, EXTENT) == (0, 1000)


def test_zooming_keeps_its_point_in_place() -> None:
    assert shown(zoom(ALL, EXTENT, 0.5, about=200), EXTENT) == (100, 600)
    assert shown(zoom(looking_at(100, 600), EXTENT, 0.2, about=600), EXTENT) == (500, 600)


def test_zooming_is_about_the_crosshair_or_else_the_newest_record_in_sight() -> None:
    assert shown(zoom(ALL._replace(cursor=400), EXTENT, 0.5), EXTENT) == (200, 700)
    assert shown(zoom(ALL, EXTENT, 0.5), EXTENT) == (400, 900)
    assert shown(zoom(looking_at(100, 300, cursor=900), EXTENT, 0.5), EXTENT) == (200, 300)


def test_zooming_out_ends_with_everything() -> None:
    assert zoom(looking_at(100, 700), EXTENT, 2.0).window is None


def test_no_window_is_narrower_than_a_few_records() -> None:
    start, stop = shown(zoom(ALL, EXTENT, 1e-9, about=500), EXTENT)
    assert stop - start == pytest.approx(4)


def test_panning_ends_at_the_ends() -> None:
    assert shown(pan(looking_at(100, 300), EXTENT, -9), EXTENT) == (0, 200)
    assert shown(pan(looking_at(100, 300), EXTENT, 9), EXTENT) == (800, 1000)
    assert shown(pan(looking_at(100, 300), EXTENT, 0.25), EXTENT) == (150, 350)
    assert pan(ALL, EXTENT, 0.5) == ALL


def test_a_window_with_the_newest_record_in_it_follows_it_once_it_reaches_the_end() -> None:
    following = zoom(ALL, EXTENT, 0.5)
    assert shown(following, EXTENT._replace(newest=890)) == (400, 900)
    assert shown(following, EXTENT._replace(newest=930)) == (430, 930)
    assert shown(following, EXTENT._replace(newest=5000, stop=6000)) == (4500, 5000)


def test_a_window_of_the_past_stays_where_it_is() -> None:
    past = pan(zoom(ALL, EXTENT, 0.25), EXTENT, -1)
    assert shown(past, EXTENT._replace(newest=5000, stop=6000)) == shown(past, EXTENT)


def test_the_crosshair_comes_in_at_the_newest_record_in_sight() -> None:
    assert move_cursor(ALL, EXTENT, 0, 100).cursor == 800
    assert move_cursor(ALL, EXTENT, -5, 100).cursor == 750
    assert move_cursor(looking_at(100, 300), EXTENT, 0, 100).cursor == 300


def test_the_crosshair_keeps_to_the_records() -> None:
    assert move_cursor(ALL, EXTENT, 10, 100).cursor == 800
    assert move_cursor(ALL, EXTENT._replace(first=20), -500, 100).cursor == 20


def test_the_crosshair_takes_the_window_with_it() -> None:
    moved = move_cursor(looking_at(100, 300, cursor=110), EXTENT, -10, 100)
    assert (moved.cursor, shown(moved, EXTENT)) == (90, (90, 290))


def test_a_click_is_the_middle_of_its_cell() -> None:
    assert [place_at(ALL, EXTENT, cell, 10) for cell in (0, 9)] == [50, 950]


def test_reset_shows_everything_without_a_crosshair() -> None:
    assert reset(looking_at(1, 2, cursor=1.5, smoothing=0.9)) == ChartOptions(smoothing=0.9)


@given(
    moves=st.lists(st.sampled_from(MOVES), max_size=12),
    first=st.floats(0, 1e9),
    length=st.floats(0, 1e9),
    beyond=st.floats(0, 1e9),
    grows=st.floats(0, 100),
)
def test_whatever_one_does_the_window_stays_inside_of_what_there_is(
    moves: list[Move], first: float, length: float, beyond: float, grows: float
) -> None:
    newest = first + length
    extent = Extent(first, newest + beyond, first, newest, max(1.0, length / 100))
    options = ALL
    for move in moves:
        options = move(options, extent)
        extent = extent._replace(newest=extent.newest + grows, stop=max(extent.stop, extent.newest + grows))
        start, stop = shown(options, extent)
        slack = 1e-6 * extent.stop
        assert extent.start - slack <= start <= stop <= extent.stop + slack
        assert options.window is None or stop - start >= 0.99 * extent.narrowest - slack
        assert options.cursor is None or extent.first <= options.cursor <= extent.newest
