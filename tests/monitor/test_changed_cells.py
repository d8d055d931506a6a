"""Only the cells that changed are sent, and what the terminal shows is what the screen says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.geometry import Size
from textual.strip import Strip

from kan_monitor.app.changed_cells import CellCompositor, Change, ChangedCells, Pen

CONSOLE = Console(color_system="truecolor", force_terminal=True)
RED, GREEN = Style(color="#ff0000"), Style(color="#00ff00")
ON_BLUE = Style(color="#ff0000", bgcolor="#0000ff")
BOLD = Style(color="#ff0000", bold=True)


def sent(before: Strip, after: Strip) -> list[Change]:
    """What goes to a terminal that shows `before` in its only row, and is to show `after`."""
    compositor = CellCompositor()
    compositor._sent = [[(" ", Style())] * before.cell_length]
    list(compositor._changes(0, 0, before))
    return list(compositor._changes(0, 0, after))


def text(*pieces: str | tuple[str, Style]) -> Strip:
    return Strip([Segment(piece, Style()) if isinstance(piece, str) else Segment(*piece) for piece in pieces])


def test_nothing_is_sent_where_nothing_changed() -> None:
    assert sent(text("loss 2.143"), text("loss 2.143")) == []


def test_of_a_line_only_the_digits_that_changed_are_sent() -> None:
    (change,) = sent(text("loss 2.143 and more"), text("loss 2.139 and more"))
    assert (change.x, change.y, "".join(glyph for glyph, _ in change.cells)) == (8, 0, "39")


def test_changes_far_apart_are_sent_apart_and_close_ones_together() -> None:
    changes = sent(text("a.b.......c"), text("A.B.......C"))
    assert [(change.x, "".join(glyph for glyph, _ in change.cells)) for change in changes] == [(0, "A.B"), (10, "C")]


def test_another_colour_is_a_change() -> None:
    (change,) = sent(text(("●", GREEN), " running"), text(("●", RED), " running"))
    assert change.cells == [("●", RED)]


async def test_a_screen_that_was_never_sent_is_sent_whole_though_only_a_part_is_said_to_have_changed() -> None:
    async with App[None]().run_test(size=(20, 4)) as pilot:
        compositor = CellCompositor()
        compositor.reflow(pilot.app.screen, Size(20, 4))
        compositor.update_widgets({pilot.app.screen})
        update = compositor.render_partial_update()
        assert isinstance(update, ChangedCells)
        assert [(change.x, change.y, len(change.cells)) for change in update.changes] == [
            (0, row, 20) for row in range(4)
        ]


def test_a_wide_glyph_is_sent_whole() -> None:
    (change,) = sent(text("a漢b"), text("a字b"))
    assert (change.x, change.cells) == (1, [("字", Style())]), "whose second cell the terminal fills itself"


def test_a_mark_without_width_stays_with_its_letter() -> None:
    (change,) = sent(text("ab"), text("a\u0301b"))
    assert change.cells == [("a\u0301", Style())]


def test_what_replaces_half_of_a_wide_glyph_is_sent_from_where_that_began() -> None:
    changes = sent(text("漢b"), text(" xb"))
    assert [(change.x, "".join(glyph for glyph, _ in change.cells)) for change in changes] == [(0, " x")]


def test_a_colour_is_sent_once_for_all_that_has_it() -> None:
    update = ChangedCells([Change(0, 0, [("a", RED), ("b", RED)]), Change(4, 2, [("c", RED)])])
    assert update.render_segments(CONSOLE) == "\x1b[1;1H\x1b[38;2;255;0;0mab\x1b[3;5Hc\x1b[0m"


def test_of_the_next_colours_only_those_that_differ_are_sent() -> None:
    pen = Pen(ColorSystem.TRUECOLOR)
    assert pen.turn_to(RED) == "\x1b[38;2;255;0;0m"
    assert pen.turn_to(ON_BLUE) == "\x1b[48;2;0;0;255m"
    assert pen.turn_to(RED) == "\x1b[0;38;2;255;0;0m", "a ground can only be taken back with all else"
    assert pen.turn_to(BOLD) == "\x1b[0;1;38;2;255;0;0m"
    assert pen.turn_to(BOLD) == ""
    assert pen.lift() == "\x1b[0m"
    assert Pen(ColorSystem.TRUECOLOR).lift() == "", "nothing to take back"


STYLES = st.sampled_from([Style(), RED, GREEN, ON_BLUE, BOLD])
ROWS = st.lists(st.tuples(st.sampled_from("ab漢━⣿ "), STYLES), min_size=12, max_size=12)


@given(ROWS, ROWS)
def test_a_terminal_that_obeys_shows_the_new_row(before, after) -> None:
    old, new = (Strip([Segment(*piece) for piece in row]).crop(0, 12).adjust_cell_length(12) for row in (before, after))
    compositor = CellCompositor()
    compositor._sent = [[(" ", Style())] * 12]
    list(compositor._changes(0, 0, old))
    shown = list(compositor._sent[0])
    for change in compositor._changes(0, 0, new):
        shown[change.x : change.x + len(change.cells)] = change.cells
    assert shown == compositor._sent[0]
    assert "".join(glyph for glyph, _ in shown) == new.text
