"""Windows over something long, and what is searched for in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.ink import Span
from kan_monitor.panels.scroll import find, first_at_end, highlighted, matches, rows_from

HEIGHTS = st.lists(st.integers(1, 4), min_size=1, max_size=30)


def rows_of(heights):
    return lambda number: [[Span(f"{number}.{row}")] for row in range(heights[number])]


@given(HEIGHTS, st.integers(1, 12))
def test_the_window_at_the_end_shows_the_last_entry_to_its_end(heights, height):
    first = first_at_end(len(heights), rows_of(heights), height)
    rows = rows_from(first, len(heights), rows_of(heights), height)
    assert len(rows) <= height
    if heights[-1] <= height:
        assert rows[-1] == [Span(f"{len(heights) - 1}.{heights[-1] - 1}")]
        assert first == 0 or len(rows) + heights[first - 1] > height, "no room is wasted"


def test_a_window_over_nothing_is_empty():
    assert first_at_end(0, rows_of([]), 5) == 0
    assert rows_from(0, 0, rows_of([]), 5) == []


def test_case_matters_only_where_one_cares():
    assert matches("CUDA out of memory", "cuda")
    assert matches("CUDA out of memory", "CUDA")
    assert not matches("cuda out of memory", "CUDA")


def test_find_goes_in_the_order_it_is_told():
    texts = ["loss", "nan", "loss", "nan"]
    assert find(texts.__getitem__, [3, 2, 1, 0], "nan") == 3
    assert find(texts.__getitem__, range(4), "spike") is None


def test_what_was_found_has_an_ink_of_its_own():
    line = [Span("Loss ", "label"), Span("loss is NaN", "bad")]
    assert highlighted(line, "loss") == [
        Span("Loss", "found"),
        Span(" ", "label"),
        Span("loss", "found"),
        Span(" is NaN", "bad"),
    ]


@given(st.text(max_size=30), st.text(min_size=1, max_size=3))
def test_highlighting_changes_no_text(text, wanted):
    assert "".join(span.text for span in highlighted([Span(text)], wanted)) == text
