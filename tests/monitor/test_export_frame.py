"""The frame as a file: what the dashboard shows, in a picture that is the same everywhere."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kan_monitor.cli import main
from kan_monitor.colour import ColourMode
from kan_monitor.exporting.cell_shapes import CELL_HEIGHT, CELL_WIDTH, shapes
from kan_monitor.exporting.frame_markdown import frame_markdown
from kan_monitor.exporting.frame_svg import frame_svg
from kan_monitor.exporting.frame_text import frame_text
from kan_monitor.ink import Span
from kan_monitor.palette import styles

from .looking import PLACE
from .making import falling, series_of
from .source import source_run

SVG = "{http://www.w3.org/2000/svg}"
RUN = str(PLACE)


class TestTheText:
    def test_is_what_the_dashboard_shows(self, look_once):
        look = look_once("running")
        assert frame_text(look.lines(), styles("none"), "none") == look.text() + "\n"

    @pytest.mark.parametrize(
        ("mode", "escape"), [("truecolor", "\x1b[38;2;"), ("256", "\x1b[38;5;"), ("16", "\x1b[36m")]
    )
    def test_has_the_colours_of_its_terminal(self, look_once, mode: ColourMode, escape):
        look = look_once("running")
        text = frame_text(look.lines(), styles(mode), mode)
        assert escape in text
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        assert [line.rstrip() for line in plain.splitlines()] == look.text().split("\n")


class TestTheMarkdown:
    def test_is_the_frame_and_its_figures(self, look_once, golden):
        look = look_once("running")
        golden("export/running.md", frame_markdown(look.lines(80, 24), look.dashboard))

    def test_takes_no_markup_from_a_run(self, look_once):
        look = look_once("hostile")
        text = frame_markdown(look.lines(), look.dashboard)
        head, _, table = text.partition("```text")[0], *text.rpartition("```")[1:]
        outside = re.sub(r"\\.", "", head + table)
        assert re.findall(r"[`\[\]<>&!]", outside) == []
        assert "\x1b" not in text

    def test_has_a_fence_that_no_run_can_end(self, look_once):
        fenced = frame_markdown([[Span("a ```` b")]], look_once("waiting").dashboard)
        assert "`````text\na ```` b\n`````" in fenced


class TestThePicture:
    def test_needs_nothing_but_itself(self, look_once):
        svg = frame_svg(look_once("running").lines(), styles("truecolor"))
        addresses = re.findall(r"https?://[^\"'\s)]+|url\(|@import|<image|<script|xlink", svg)
        assert set(addresses) == {"http://www.w3.org/2000/svg"}
        ElementTree.fromstring(svg)

    def test_has_the_size_of_the_screen(self, look_once):
        root = ElementTree.fromstring(frame_svg(look_once("running").lines(80, 24), styles("truecolor")))
        assert (root.get("width"), root.get("height")) == (str(80 * CELL_WIDTH + 18), str(24 * CELL_HEIGHT + 18))

    def test_has_every_word_over_its_own_cells(self, look_once):
        look = look_once("running")
        root = ElementTree.fromstring(frame_svg(look.lines(), styles("truecolor")))
        rows = look.text().split("\n")
        words = [text for text in root.iter(f"{SVG}text") if text.get("textLength")]
        assert len(words) > 80
        for word in words:
            column, row = int(word.get("x")) // CELL_WIDTH, int(float(word.get("y"))) // CELL_HEIGHT
            assert rows[row][column:].startswith(word.text)
            assert int(word.get("textLength")) == len(word.text) * CELL_WIDTH

    def test_takes_nothing_from_a_run_but_text(self, look_once):
        svg = frame_svg(look_once("hostile").lines(), styles("truecolor"))
        tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "title", "rect", "g", "path", "text"}

    @pytest.mark.parametrize("mode", ["truecolor", "256", "16", "none"])
    def test_has_colours_that_every_renderer_knows(self, look_once, mode: ColourMode):
        svg = frame_svg(look_once("running").lines(), styles(mode))
        colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) - {"none"}
        assert len(colours) > 1
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)

    def test_becomes_a_png_of_its_size(self, look_once, tmp_path):
        if shutil.which("rsvg-convert") is None:
            pytest.skip("rsvg-convert is not installed")
        (tmp_path / "frame.svg").write_text(frame_svg(look_once("running").lines(), styles("truecolor")))
        png = subprocess.run(["rsvg-convert", tmp_path / "frame.svg"], capture_output=True, check=True)
        assert struct.unpack(">II", png.stdout[16:24]) == (120 * CELL_WIDTH + 18, 34 * CELL_HEIGHT + 18)
        assert png.stderr == b""


class TestAShape:
    @pytest.mark.parametrize(("character", "dots"), [("⠀", 0), ("⠁", 1), ("⣿", 8), ("⡇", 4)])
    def test_of_braille_has_its_dots(self, character, dots):
        assert shapes(character, 0, 0)["dots"].count("h0") == dots

    def test_of_braille_lies_in_its_cell(self):
        places = re.findall(r"M([\d.]+) ([\d.]+)h0", shapes("⣿", 90, 180)["dots"])
        assert {float(x) for x, _ in places} == {92.25, 96.75}
        assert {float(y) for _, y in places} == {182.25, 186.75, 191.25, 195.75}

    def test_of_a_box_reaches_the_edges_so_that_lines_join(self):
        assert shapes("─", 9, 0) == {"thin": "M9 9h9"}
        assert shapes("│", 0, 18) == {"thin": "M4.5 27V18M4.5 27V36"}
        assert set(shapes("╾", 0, 0)) == {"thin", "thick"}

    def test_of_a_letter_is_none(self):
        assert shapes("a", 0, 0) == {}


@pytest.mark.usefixtures("home")
class TestTheCommand:
    def test_writes_the_frame_of_a_size(self, capsys):
        source_run().write(PLACE)
        assert main(["export", RUN, "--frame", "text", "--size", "80x24"]) == 0
        lines = capsys.readouterr().out.split("\n")
        assert len(lines) == 25
        assert lines[0].startswith(" qwen-rust-tests-07")

    def test_draws_a_long_run_from_all_of_it(self, capsys):
        """A spike of one step is seen in twenty thousand: an even sample would have lost it."""
        losses = series_of(falling(5.0, 1.0, 900), range(20_000))
        losses[12_345] = losses[12_345]._replace(value=4.9)
        replace(source_run(), series={"train/loss": losses}).but(total_steps=20_000).write(PLACE)
        assert main(["export", RUN, "--frame", "text"]) == 0
        chart = capsys.readouterr().out.split("\n")[3:14]
        spike = 11 + round(59 * 12_345 / 20_000)
        assert any(
            line[spike + shift] > "⠀" for line in chart[2:6] for shift in (-1, 0, 1) if line[spike + shift] != "·"
        )

    def test_takes_a_run_without_a_state_for_none(self, capsys):
        assert main(["export", "nowhere", "--frame", "svg"]) == 5
        assert "nowhere" in capsys.readouterr().err

    def test_saves_a_picture(self):
        source_run().write(PLACE)
        assert main(["export", RUN, "--frame", "svg", "--output", "frame.svg"]) == 0
        assert Path("frame.svg").read_text().startswith("<svg")
