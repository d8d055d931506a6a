"""Dots become cells: every dot where it belongs, and the front layer's ink on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.canvas import CROSS, Trace, paint
from kan_monitor.ink import Ink, Line, Span

# The bits of a Braille cell by dot row from the top, left and right.
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def text_of(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def ink_at(line: Line, column: int) -> Ink:
    return next(ink for at, ink in enumerate(span.ink for span in line for _ in span.text) if at == column)


def dot_by_dot(columns: list[int], width: int, height: int) -> list[str]:
    """The same, said slowly."""
    rows = []
    for row in range(height):
        cells = [
            sum(
                BITS[dot][side]
                for dot in range(4)
                for side in range(2)
                if columns[2 * cell + side] >> (4 * (height - row) - 1 - dot) & 1
            )
            for cell in range(width)
        ]
        rows.append("".join(chr(0x2800 + bits) if bits else " " for bits in cells))
    return rows


@given(width=st.integers(1, 12), height=st.integers(1, 9), data=st.data())
def test_every_dot_is_in_its_place(width: int, height: int, data: st.DataObject) -> None:
    masks = st.integers(0, (1 << 4 * height) - 1)
    columns = data.draw(st.lists(masks, min_size=2 * width, max_size=2 * width))
    drawn = paint([Trace(columns, ["train.3"] * width)], width=width, height=height)
    assert text_of(drawn) == dot_by_dot(columns, width, height)


def test_layers_that_share_a_cell_are_merged_in_the_ink_of_the_front_one() -> None:
    behind = Trace([0b0001, 0b0001, 0b0001, 0b0001], ["train.0", "train.3"])
    front = Trace([0b1000, 0b1000, 0, 0], ["validation.0", "validation.3"])
    [line] = paint([behind, front], width=2, height=1)
    assert line == [Span("⣉", "validation.0"), Span("⣀", "train.3")]


def test_a_band_gives_way_to_a_line_in_front_of_it() -> None:
    band = Trace([0b1111] * 4, ["train.faint"] * 2)
    line = Trace([0b0010, 0b0010, 0, 0], ["train.3"] * 2)
    assert text_of(paint([band, line], width=2, height=1)) == ["⠤⣿"]


def test_the_grid_is_where_nothing_else_is() -> None:
    columns = [0] * 14 + [1, 1]
    top, bottom = paint([Trace(columns, ["train.3"] * 8)], width=8, height=2, grid_rows={1})
    assert text_of([top, bottom]) == [" " * 8, "·   ·  ⣀"]
    assert [ink_at(bottom, column) for column in (0, 4, 7)] == ["grid", "grid", "train.3"]


def test_glyphs_stand_in_front() -> None:
    drawn = paint([Trace([1] * 6, ["train.3"] * 3)], width=3, height=1, glyphs={(0, 1): CROSS})
    assert drawn == [[Span("⣀", "train.3"), CROSS, Span("⣀", "train.3")]]


@given(width=st.integers(0, 9), height=st.integers(0, 5))
def test_nothing_is_drawn_as_blanks(width: int, height: int) -> None:
    assert text_of(paint([], width=width, height=height)) == [" " * width] * height
