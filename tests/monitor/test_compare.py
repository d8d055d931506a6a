"""Several runs side by side: how they are ranked, how they are drawn, and where their configs differ."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from kan_monitor.charts.chart import ALIKE
from kan_monitor.curves import ChartOptions
from kan_monitor.ink import Line, plain_text
from kan_monitor.overlay import Overlay
from kan_monitor.panels import compare
from kan_monitor.panels import overlay as overlay_panel
from kan_monitor.panels.compare import CompareOptions
from kan_monitor.panels.lines import width_of
from kan_monitor.runs.comparison import Comparison
from kan_monitor.view.compare import CompareView

from .cases import CASES, kan_run
from .making import NOW
from .neighbours import ROOT, make

pytestmark = pytest.mark.usefixtures("home")

PLAIN = CompareOptions()
SIZES = [(60, 18), (80, 24), (120, 34), (200, 50)]
CONFIG = "lr: {lr}\nseed: {seed}\nmodel:\n  layers: [64, {width}, 10]\n  grid: 5\nnotes: {notes}\n"


def config(*, notes: str = "", **values) -> str:
    return CONFIG.format(notes=notes, **values)


@pytest.fixture
def four() -> list[Path]:
    """Four runs: the third is the best, the last has diverged and has no config."""
    return [
        make(
            "wide",
            floor=0.5,
            config=CONFIG.format(lr="1e-3", seed=1, width=64, notes="wide layers, as in the paper " * 3),
        ),
        make(
            "narrow-with-a-long-name", floor=0.9, steps=300, config=CONFIG.format(lr="0.001", seed=2, width=8, notes="")
        ),
        make("slow", floor=0.1, steps=500, config=CONFIG.format(lr="1e-4", seed=3, width=32, notes="")),
        make("diverged", floor=0.7, steps=200, end=math.nan, status="stopped"),
    ]


def compared(places: list[Path], name: str = "train/loss", ranking="best", *, all_keys: bool = False) -> CompareView:
    comparison = Comparison(places)
    comparison.look()
    return comparison.view(name, ranking, NOW, all_keys=all_keys)


def drawn(places: list[Path], width: int, height: int, options: CompareOptions = PLAIN, **how) -> list[Line]:
    overlay = Overlay(places, how.get("name", "train/loss"))
    overlay.refresh()
    return compare.draw(compared(places, **how), overlay, options, width, height)


class TestRanking:
    def test_is_by_the_best_value(self, four):
        view = compared(four)
        assert [(run.rank, run.number, run.name) for run in view.runs] == [
            (1, 3, "slow"),
            (2, 1, "wide"),
            (3, 4, "diverged"),
            (4, 2, "narrow-with-a-long-name"),
        ]
        assert view.order == "by best value, lowest first"

    def test_by_the_smoothed_value_gives_one_that_is_no_number_no_place(self, four):
        view = compared(four, ranking="smoothed")
        assert [(run.rank, run.name) for run in view.runs][2:] == [(3, "narrow-with-a-long-name"), (None, "diverged")]
        assert view.runs[-1].latest.severity == "bad"

    def test_is_by_the_goal_that_was_declared(self, four):
        view = compared(four, "accuracy")
        assert view.order == "by best value, highest first"
        assert [run.name for run in view.runs] == ["slow", "wide", "narrow-with-a-long-name", "diverged"]

    def test_has_no_place_for_what_is_not_known(self, four):
        CASES["unknown"].run().write(ROOT / "unknown")
        view = compared([ROOT / "unknown", *four])
        assert (view.runs[-1].rank, view.runs[-1].best.text) == (None, "—")

    def test_is_by_metrics_that_all_have(self, four):
        comparison = Comparison(four)
        comparison.look()
        assert comparison.metrics == ["accuracy", "train/loss"], "first what the first is judged by"
        kan_run().write(ROOT / "kan")
        comparison = Comparison([*four, ROOT / "kan"])
        comparison.look()
        assert comparison.metrics == ["train/loss"]

    def test_follows_the_runs(self, four):
        comparison = Comparison(four)
        comparison.look()
        make("narrow-with-a-long-name", floor=0.01, steps=310)
        comparison.look()
        assert comparison.view("train/loss", "best", NOW, all_keys=False).runs[0].name == "narrow-with-a-long-name"

    def test_takes_a_run_that_is_none(self, four):
        view = compared([*four, ROOT / "nowhere"])
        assert (view.runs[-1].name, view.runs[-1].badge.word) == ("nowhere", "unreadable")


class TestConfig:
    def test_is_where_it_differs(self, four):
        rows = {row.key: row.texts for row in compared(four[:3]).config}
        assert rows.keys() == {"lr", "seed", "model.layers", "notes"}
        assert rows["lr"] == ("1e-3", "0.001", "1e-4")
        assert compared(four[:3]).config_note == "1 alike"

    def test_is_the_same_where_only_the_writing_differs(self, four):
        assert [row.key for row in compared(four[:2]).config] == ["seed", "model.layers", "notes"]

    def test_shows_what_is_missing(self, four):
        view = compared(four)
        assert {row.texts[3] for row in view.config} == {"—"}
        assert view.config_problems == ("4: there is no config.yaml",)

    def test_is_shown_whole_when_asked_for(self, four):
        rows = compared(four[:3], all_keys=True).config
        assert [(row.key, row.differs) for row in rows][-2:] == [("model.grid", False), ("notes", True)]

    def test_is_safe_text(self, four):
        (four[0] / "config.yaml").write_text('"\\e]0;x\\a": "\\e[31m"\nlist: ["\\u202e"]')
        view = compared(four)
        assert all(text.isprintable() for row in view.config for text in (row.key, *row.texts))


class TestTheFrame:
    @pytest.mark.parametrize(("width", "height"), SIZES)
    def test_is_as_it_was(self, four, golden, width, height):
        golden(f"runs/compare-{width}x{height}.txt", plain_text(drawn(four, width, height)))

    @pytest.mark.parametrize("width", [1, 3, 11, 24, 60, 139, 140, 300])
    @pytest.mark.parametrize("height", [1, 2, 5, 9, 24, 90])
    @pytest.mark.parametrize("count", [1, 2, 4, 8])
    def test_is_as_large_as_the_screen(self, four, width, height, count):
        lines = drawn([*four, *four][:count], width, height)
        assert [width_of(line) for line in lines] == [width] * height

    def test_scrolls_the_config_both_ways(self, four):
        options = CompareOptions(first_key=2, first_run=2)
        shown = plain_text(drawn([*four, *four], 60, 30, options._replace(first_run=7), all_keys=True))
        assert "runs 5…8 of 8 · 3…5 of 5" in shown, "no further than there is something to see"
        assert "5 wide" in shown
        assert "seed" not in shown

    def test_says_what_there_is_none_of(self):
        CASES["unknown"].run().write(ROOT / "one")
        view = compared([ROOT / "one"], "")
        shown = plain_text(compare.draw(view, None, CompareOptions(), 80, 24))
        assert "these runs have no metric yet" in shown
        assert "no config · 1: there is no config.yaml" in shown
        assert "none of these runs has a config that can be read" in shown

    def test_is_made_of_what_the_view_says(self, four):
        shown = plain_text(drawn(four, 200, 50))
        for run in compared(four).runs:
            for text in (run.name, run.best.text, run.smoothed.text, run.best_step.text, run.badge.word):
                assert text in shown


class TestTheOverlay:
    def chart(self, places: list[Path], *, width=80, height=20, smoothing=0.0) -> list[Line]:
        overlay = Overlay(places, "train/loss")
        overlay.refresh()
        return overlay_panel.draw(overlay, (), ChartOptions(log=True, smoothing=smoothing), width, height)

    def test_draws_every_run_in_an_ink_and_with_a_number_of_its_own(self, four):
        for smoothing in (0.0, 0.9):
            spans = [span for line in self.chart(four, smoothing=smoothing) for span in line]
            for number in range(1, 5):
                drawn = "".join(span.text for span in spans if span.ink == ALIKE[number - 1])
                assert [character for character in drawn if character.isdigit()] == [str(number)]
                assert any("\u2800" < character <= "\u28ff" for character in drawn)

    def test_puts_the_number_where_the_curve_ends(self, four):
        lines = plain_text(self.chart(four)).splitlines()
        places = {c: (row, line.index(c, 8)) for row, line in enumerate(lines[:-2]) for c in "1234" if c in line[8:]}
        assert places["4"][1] < places["2"][1] < places["1"][1] < places["3"][1], "200, 300, 400 and 500 steps"
        assert places["3"][0] > places["1"][0] > places["2"][0], "the lower the better"

    def test_keeps_numbers_apart(self):
        places = [make(f"twin-{number}", floor=0.5) for number in range(8)]
        shown = plain_text(self.chart(places))
        assert all(str(number) in "".join(line[8:] for line in shown.splitlines()[:-2]) for number in range(1, 9))

    def test_shows_raw_values_behind_a_few(self, four):
        def faint(places):
            return {span.ink for line in self.chart(places, smoothing=0.9) for span in line if "faint" in span.ink}

        assert faint(four[:2]) == {"series.0.faint", "series.1.faint"}
        assert faint(four) == set()

    def test_marks_what_is_no_number(self, four):
        assert "×" in plain_text(self.chart(four))

    def test_begins_where_the_runs_do_and_ends_at_a_round_number(self):
        overlay = Overlay([make("a", floor=0.5, steps=430)], "train/loss")
        overlay.refresh()
        extent = overlay.extent(ChartOptions())
        assert extent.start == 0
        assert 430 <= extent.stop <= 500

    def test_says_that_nothing_is_recorded(self):
        assert "no value is recorded" in plain_text(self.chart([ROOT / "nowhere"]))

    def test_takes_any_size(self, four):
        for width in (1, 5, 12, 24, 60):
            for height in (1, 3, 5, 9):
                lines = self.chart(four, width=width, height=height)
                assert [width_of(line) for line in lines] == [width] * height
