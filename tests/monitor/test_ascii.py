"""Frames for fonts without Braille and box drawing: nothing but ASCII, every cell where it was."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kan_monitor
from kan_monitor.ascii import in_ascii
from kan_monitor.charts.chart import sparkline
from kan_monitor.frame import FOCUSABLE, FrameOptions, draw_frame, draw_panel
from kan_monitor.ink import Line, Span, plain_text
from kan_monitor.panels import runs
from kan_monitor.panels.lines import bar, width_of
from kan_monitor.view.runs import RunsView, run_row
from kan_shared.text import safe

from .cases import NOW

SIZES = ((250, 50), (120, 34), (80, 24), (40, 12), (20, 6))


def shown(line: Line) -> str:
    return plain_text(in_ascii([line]))


def check(lines: list[Line], ascii_lines: list[Line]) -> None:
    assert plain_text(ascii_lines).isascii()
    assert [width_of(line) for line in ascii_lines] == [width_of(line) for line in lines]
    assert [[span.ink for span in line] for line in ascii_lines] == [[span.ink for span in line] for line in lines]


@pytest.mark.parametrize("size", SIZES)
def test_every_frame_is_ascii_and_stays_as_wide(case, size, look_once):
    seen = look_once(case)
    for plain in (False, True):
        frames = (
            draw_frame(seen.dashboard, seen.curves, FrameOptions(plain=plain, ascii=ascii_), *size)
            for ascii_ in (False, True)
        )
        check(*frames)


@pytest.mark.parametrize("name", FOCUSABLE)
def test_every_panel_is_ascii(case, name, look_once):
    seen = look_once(case)
    for size in ((60, 12), (100, 3), (30, 1)):
        assert plain_text(draw_panel(name, seen.dashboard, seen.curves, FrameOptions(ascii=True), *size)).isascii()


def test_the_list_of_runs_is_ascii(look_once):
    rows = tuple(run_row(look_once(case).facts, NOW) for case in ("running", "crashed", "hostile", "nan-loss"))
    view = RunsView(rows=rows, cursor=1, note="4 under experiments", nothing="")
    lines = runs.draw(view, 120, 20)
    check(lines, in_ascii(lines))


def test_a_whole_frame(look_once, golden):
    seen = look_once("running")
    lines = draw_frame(seen.dashboard, seen.curves, FrameOptions(ascii=True), 120, 34)
    golden("frames/running-ascii.txt", plain_text(lines))


@given(st.text(max_size=60))
def test_whatever_a_run_writes_keeps_its_cells(text):
    line = [Span(safe(text).replace("\n", " "), "plain")]
    check([line], in_ascii([line]))


def test_foreign_text_is_a_question_mark_for_every_cell():
    assert shown([Span("KAN é漢字👍 ok")]) == "KAN ??????? ok"


def test_every_glyph_that_the_monitor_writes_has_a_stand_in():
    """A glyph that somebody adds to a panel has to be added to the table, too."""
    package = Path(kan_monitor.__path__[0])
    written = {glyph for path in package.rglob("*.py") for text in _literals(path) for glyph in text}
    without = {glyph for glyph in written if not glyph.isascii() and "?" in shown([Span(glyph)])}
    assert not without, f"{sorted(without)} would be question marks: give them a stand-in in ascii.py"


def _literals(path: Path) -> list[str]:
    """The strings of a module that are no documentation."""
    tree = ast.parse(path.read_text())
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_bars_that_differ_differ_still():
    empty, half, full, unknown = (shown(bar(fraction, 8, "good")) for fraction in (0.0, 0.5, 1.0, None))
    assert (empty, half, full, unknown) == ("--------", "====----", "========", "........")


def test_where_a_trend_goes_is_seen():
    assert [shown([Span(arrow)]) for arrow in "↓→↑"] == ["v", ">", "^"]


class TestDots:
    def test_a_cell_is_one_character(self):
        for bits in range(256):
            character = shown([Span(chr(0x2800 + bits) + "|")])[:-1]
            assert len(character) == 1, bits
            assert (character == " ") == (bits == 0)

    @pytest.mark.parametrize(
        ("dots", "character"),
        [("⠉", '"'), ("⠒", "-"), ("⠤", "-"), ("⣀", "_"), ("⡠", "/"), ("⢄", "\\"), ("⡇", "|"), ("⢸", "|"), ("⣿", "#")],
    )
    def test_a_character_looks_like_its_dots(self, dots, character):
        assert shown([Span(dots)]) == character

    def test_a_curve_is_a_curve(self):
        wave = [0, 1, 2, 3, 3, 3, 3, 2, 1, 0, 0, 0]
        assert shown(sparkline(wave, width=6, ink="train.3", dots=True)) == '//"\\\\_'
