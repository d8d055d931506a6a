"""Where the panels stand, and that every frame is exactly as large as the screen."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kan_monitor.frame import FOCUSABLE, FrameOptions, draw_frame, draw_panel, place
from kan_monitor.panels.layout import Layout, Rect, layout
from kan_monitor.panels.lines import width_of

from .cases import CASES
from .looking import Look

WIDTHS, HEIGHTS = st.integers(1, 400), st.integers(1, 120)


def overlap(one: Rect, other: Rect) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    below = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (beside or below)


def check_places(places: Layout, width: int, height: int) -> None:
    for name, rect in places.items():
        assert rect.width > 0, name
        assert rect.height > 0, name
        assert rect.x >= 0 and rect.x + rect.width <= width, name
        assert rect.y >= 0 and rect.y + rect.height <= height, name
    for (one, its_rect), (other, rect) in combinations(places.items(), 2):
        assert not overlap(its_rect, rect), f"{one} and {other} overlap"


@settings(max_examples=500)
@given(WIDTHS, HEIGHTS, st.integers(0, 16), st.integers(0, 128), st.booleans())
@example(100, 26, 16, 0, False)
@example(180, 26, 16, 128, True)
@example(180, 40, 0, 0, True)
@example(64, 20, 16, 128, False)
@example(1, 1, 0, 0, True)
def test_no_panel_overlaps_another_or_leaves_the_screen(width, height, gpus, metrics, charts):
    check_places(layout(width, height, gpus=gpus, metrics=metrics, charts=charts), width, height)


@given(WIDTHS, HEIGHTS, st.sampled_from(FOCUSABLE))
def test_a_zoomed_panel_has_all_between_header_and_footer(look_once, width, height, name):
    places = place(look_once("running").dashboard, width, height, zoomed=name)
    check_places(places, width, height)
    if height >= 8:
        assert list(places) == ["header", name, "footer"]
        assert places[name] == (0, 1, width, height - 2)


@pytest.mark.parametrize(
    ("size", "panels"),
    [
        ((120, 34), {"header", "loss", "hardware", "progress", "sample", "events", "status", "footer"}),
        ((100, 26), {"header", "loss", "hardware", "progress", "sample", "events", "status", "footer"}),
        ((99, 26), {"header", "loss", "hardware", "progress", "sample", "status", "footer"}),
        ((80, 24), {"header", "loss", "hardware", "progress", "sample", "status", "footer"}),
        ((60, 18), {"header", "loss", "hardware", "progress", "footer"}),
        ((60, 30), {"header", "loss", "hardware", "progress", "sample", "status", "footer"}),
        ((60, 44), {"header", "loss", "hardware", "progress", "sample", "events", "status", "footer"}),
        ((40, 10), {"header", "loss", "hardware", "progress", "footer"}),
        ((20, 6), {"header", "loss", "hardware", "progress", "footer"}),
        ((20, 3), {"header", "loss", "progress"}),
        ((20, 2), {"header", "loss"}),
        ((1, 1), {"header"}),
    ],
)
def test_a_screen_has_the_panels_that_it_has_room_for(size, panels):
    assert set(layout(*size)) == panels


@pytest.mark.parametrize("size", [(120, 34), (160, 45), (120, 60), (200, 60), (300, 90), (400, 120)])
def test_hardware_and_progress_have_no_more_rows_than_they_fill(size):
    places = layout(*size)
    assert places["hardware"].height == 9
    assert 10 <= places["progress"].height <= 13


@pytest.mark.parametrize("size", [(180, 40), (200, 60), (300, 90)])
def test_a_large_screen_has_three_columns_below_its_loss(size):
    places = layout(*size)
    columns = [places[name] for name in ("hardware", "sample", "events")]
    assert places["loss"].width == size[0]
    assert {rect.y for rect in columns} == {places["loss"].y + places["loss"].height}
    assert [rect.x for rect in columns] == sorted({rect.x for rect in columns})


@given(WIDTHS, HEIGHTS)
@example(180, 26)
@example(180, 40)
def test_charts_take_from_the_loss_alone_and_only_on_a_wide_screen(width, height):
    without, places = layout(width, height), layout(width, height, charts=True)
    assert ("charts" in places) == (width >= 180 and height >= 26)
    if charts := places.pop("charts", None):
        loss, whole = places.pop("loss"), without.pop("loss")
        assert loss.width > charts.width
        assert loss.width + 1 + charts.width == whole.width
        assert (charts.y, charts.height) == (loss.y, loss.height) == (whole.y, whole.height)
    assert places == without


def test_what_a_tall_screen_has_to_spare_is_for_events():
    places = layout(120, 60)
    assert places["events"].y < places["sample"].y
    assert places["events"].y + places["events"].height == places["sample"].y + places["sample"].height


@pytest.mark.parametrize("height", range(2, 120))
def test_no_row_of_a_narrow_screen_is_left_over(height):
    for width in (20, 50, 80):
        assert sum(rect.height for rect in layout(width, height).values()) == height


def test_several_gpus_have_a_line_each():
    one, eight = layout(120, 40, gpus=1), layout(120, 40, gpus=8)
    assert eight["hardware"].height > one["hardware"].height
    assert eight["loss"] == one["loss"], "hardware grows at the cost of progress, not of the loss"


def check_frame(seen: Look, width: int, height: int, *, plain: bool) -> None:
    lines = seen.lines(width, height, plain=plain)
    assert len(lines) == height
    assert {width_of(line) for line in lines} == {width}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(CASES)), WIDTHS, HEIGHTS, st.booleans())
def test_a_frame_is_as_large_as_the_screen(look_once, case, width, height, plain):
    """In every state: exactly so many lines, each of exactly so many cells, wide glyphs included."""
    check_frame(look_once(case), width, height, plain=plain)


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (1, 1),
        (1, 120),
        (3, 9),
        (5, 8),
        (20, 7),
        (20, 4),
        (40, 10),
        (40, 30),
        (60, 44),
        (63, 19),
        (64, 20),
        (80, 24),
        (99, 26),
        (100, 26),
        (120, 32),
        (180, 40),
        (300, 90),
        (400, 120),
        (400, 1),
    ],
)
def test_a_frame_is_exact_where_the_layout_folds(look_once, width, height):
    for case in CASES:
        check_frame(look_once(case), width, height, plain=False)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CASES)), WIDTHS, HEIGHTS, st.sampled_from(FOCUSABLE))
def test_a_panel_is_as_large_as_its_place(look_once, case, width, height, name):
    seen, options = look_once(case), FrameOptions(focus=name, frozen=True)
    for panel, rect in place(seen.dashboard, width, height, zoomed=name).items():
        lines = draw_panel(panel, seen.dashboard, seen.curves, options, rect.width, rect.height)
        assert [width_of(line) for line in lines] == [rect.width] * rect.height, (panel, rect)


def test_a_frame_holds_no_more_than_its_lines(look_once):
    """No span of a frame has a character that would move the cursor."""
    for case in CASES:
        seen = look_once(case)
        for line in draw_frame(seen.dashboard, seen.curves, FrameOptions(), 120, 34):
            assert all(span.text.isprintable() for span in line), case
