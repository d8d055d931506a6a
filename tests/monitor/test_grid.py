"""The grid of small charts: which series, in which order, in how many cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.ink import Span
from kan_monitor.panels.grid import Grid, grid_of
from kan_monitor.panels.lines import width_of
from kan_monitor.sources.names import SeriesNames
from kan_monitor.view.series import in_order, meant
from kan_shared.experiment import Experiment


class TestTheOrder:
    def test_is_what_most_look_for_then_by_name_the_hardware_last(self):
        names = ["system/gpu0/power_watts", "layer10/norm", "accuracy", "layer2/norm", "learning_rate", "train/loss"]
        assert in_order(names) == [
            "train/loss",
            "learning_rate",
            "accuracy",
            "layer2/norm",
            "layer10/norm",
            "system/gpu0/power_watts",
        ]

    def test_begins_with_what_was_pinned(self):
        assert in_order(["a", "b", "train/loss"], pinned=["b", "gone"]) == ["b", "train/loss", "a"]

    @given(st.lists(st.text(max_size=8), unique=True), st.lists(st.text(max_size=8)))
    def test_loses_no_series_and_makes_none(self, names, pinned):
        assert sorted(in_order(names, pinned)) == sorted(names)


class TestTheSearch:
    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("", ["train/loss", "validation/loss", "layer2/weight_norm"]),
            ("loss", ["train/loss", "validation/loss"]),
            ("LOSS val", ["validation/loss"]),
            ("*/loss", ["train/loss", "validation/loss"]),
            ("layer?/*", ["layer2/weight_norm"]),
            ("nothing", []),
        ],
    )
    def test_finds_words_and_patterns(self, search, found):
        assert meant(["train/loss", "validation/loss", "layer2/weight_norm"], search) == found


class TestTheGrid:
    @pytest.mark.parametrize(
        ("size", "count", "columns", "rows"),
        [
            ((120, 32), 1, 1, 1),
            ((120, 32), 3, 1, 3),
            ((120, 32), 4, 2, 2),
            ((120, 32), 6, 2, 3),
            ((120, 32), 16, 4, 4),
            ((120, 32), 300, 3, 3),
            ((60, 16), 20, 1, 1),
            ((200, 48), 20, 4, 5),
        ],
    )
    def test_shows_all_if_they_fit_and_else_a_page(self, size, count, columns, rows):
        grid = grid_of(*size, count)
        assert (grid.columns, grid.rows) == (columns, rows)

    def test_has_the_columns_that_one_wants_as_far_as_they_fit(self):
        assert grid_of(120, 32, 20, columns=2).columns == 2
        assert grid_of(120, 32, 20, columns=9).columns == 4

    @given(st.integers(1, 300), st.integers(1, 90), st.integers(0, 400), st.none() | st.integers(1, 12))
    def test_fills_its_size_exactly(self, width, height, count, columns):
        grid = grid_of(width, height, count, columns)
        cell_width, cell_height = grid.cell
        cell = [[Span("x" * cell_width)] for _ in range(cell_height)]
        lines = grid.paste([cell] * min(count, grid.cells))
        assert len(lines) == height
        assert {width_of(line) for line in lines} == {width}

    def test_knows_what_stands_where(self):
        grid = Grid(3, 2, 92, 20)
        assert grid.cell == (30, 10)
        assert [grid.index_at(x, y) for x, y in ((0, 0), (31, 0), (0, 10), (91, 19), (93, 0))] == [0, 1, 3, 5, None]


class TestTheNames:
    def test_are_listed_again_when_there_are_more(self, tmp_path):
        experiment = Experiment(tmp_path)
        names = SeriesNames(experiment)
        assert names.poll() == ()
        experiment.history.mkdir()
        experiment.series("b").touch()
        assert names.poll() == ("b",)
        experiment.series("a/x").touch()
        assert names.poll() == ("a/x", "b")
