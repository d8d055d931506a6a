"""One run as a row of the list of runs, and the list itself."""

from __future__ import annotations

import msgspec
import pytest

from kan_monitor.ink import plain_text
from kan_monitor.panels import runs
from kan_monitor.panels.lines import width_of
from kan_monitor.sources.experiment import glance
from kan_monitor.view.runs import FilterView, RunRow, RunsView, count_note, judged_by, nothing_note, run_row

from .cases import CASES, kan_run
from .looking import PLACE
from .making import NOW

pytestmark = pytest.mark.usefixtures("home")


def row_of(case: str) -> RunRow:
    run, then = CASES[case].run, CASES[case].then
    if run:
        run().write(PLACE)
    if then:
        then(PLACE)
    return run_row(glance(PLACE, NOW), NOW)


class TestARow:
    def test_says_how_a_run_is(self):
        row = row_of("running")
        assert (row.name, row.badge.word) == ("qwen-rust-tests-07", "running")
        assert (row.progress.text, row.loss.text, row.age.text) == ("53", "2.310", "0.3 s")
        assert row.subtitle == "qlora · Qwen2.5-Coder-0.5B"

    def test_has_its_best_by_the_goal_that_it_declared(self):
        row = row_of("no-gpu")
        assert (row.best_of, row.best.text, row.best_step.text) == ("r2", "0.9999", "1 800")

    def test_has_its_best_validation_where_it_declared_none(self):
        row = row_of("running")
        assert (row.best_of, row.best.text, row.duration.text) == ("validation/loss", "2.271", "00:04:12")

    def test_is_judged_by_a_metric_that_it_has(self):
        state = kan_run().but(goals={"never logged": "maximize"}).state
        assert judged_by(state) == ("validation/loss", "minimize")
        assert judged_by(kan_run().but(goals={}, metrics={}).state) == ("", "minimize")

    def test_shows_the_training_loss_where_nothing_was_validated(self):
        assert row_of("very-long").loss.text == "0.8512"

    def test_does_not_hide_a_training_that_went_astray(self):
        loss = row_of("nan-loss").loss
        assert (loss.text, loss.severity) == ("NaN", "bad")

    @pytest.mark.parametrize("case", ["paused", "complete", "stopped", "error", "stalled", "crashed", "unreachable"])
    def test_has_the_condition_of_the_run(self, case):
        assert row_of(case).badge.word == case

    def test_knows_nothing_of_a_run_that_says_nothing(self):
        row = row_of("unknown")
        assert (row.progress.text, row.loss.text, row.subtitle) == ("—", "—", "")

    @pytest.mark.parametrize(("case", "reason"), [("corrupt", "not valid"), ("newer-version", "schema version 99")])
    def test_says_why_a_run_cannot_be_read(self, case, reason):
        row = row_of(case)
        assert (row.badge.word, row.badge.severity, row.progress.text) == ("unreadable", "warn", "—")
        assert reason in row.badge.detail

    def test_takes_hostile_text(self):
        row = row_of("hostile")
        assert f"{row.name}{row.subtitle}{row.badge.detail}".isprintable()


FEW = ("running", "no-gpu", "nan-loss", "complete", "crashed", "error", "hostile", "unknown", "corrupt")


def view_of(*cases: str, **changes) -> RunsView:
    """The list of these cases; two of them are chosen for a comparison."""
    rows = [msgspec.structs.replace(row_of(case), name=f"{number:02}-{case}") for number, case in enumerate(cases)]
    marked = [
        msgspec.structs.replace(
            row, number=[1, 0, 2][number] if number < 3 else 0, tags=("baseline", "digits")[:number]
        )
        for number, row in enumerate(rows)
    ]
    shown = {
        "rows": tuple(marked),
        "cursor": 1,
        "note": count_note("experiments", total=2134, matching=None, unknown=0),
        "nothing": nothing_note("experiments", ""),
    }
    return RunsView(**{**shown, **changes})


class TestTheList:
    @pytest.mark.parametrize("width", [1, 3, 10, 24, 40, 60, 80, 120, 300])
    @pytest.mark.parametrize("height", [1, 2, 3, 6, 24, 90])
    @pytest.mark.parametrize("typing", [None, FilterView(before="lr<" * 60, behind="x", problem="character 4: no")])
    def test_is_as_large_as_the_screen(self, width, height, typing):
        view = view_of("running", "hostile", "corrupt", typing=typing, filter="x" * 300)
        assert [width_of(line) for line in runs.draw(view, width, height)] == [width] * height

    @pytest.mark.parametrize(("width", "height"), [(60, 18), (80, 24), (120, 34), (200, 50)])
    def test_is_as_it_was(self, golden, width, height):
        golden(f"runs/list-{width}x{height}.txt", plain_text(runs.draw(view_of(*FEW), width, height)))

    def test_while_a_filter_is_typed_is_as_it_was(self, golden):
        problem = "character 4: a value is missing after <"
        view = view_of(
            "no-gpu",
            filter="name~sine",
            sort="smooth",
            reverse=True,
            note=count_note("experiments", total=2134, matching=12, unknown=310),
            typing=FilterView(before="lr<", behind=" not crashed", problem=problem),
        )
        golden("runs/filter-error-80x24.txt", plain_text(runs.draw(view, 80, 24)))
        good = msgspec.structs.replace(view, typing=FilterView(before="lr<1e-3", behind=""))
        golden("runs/filter-120x34.txt", plain_text(runs.draw(good, 120, 34)))

    def test_marks_the_run_that_is_chosen_and_numbers_those_to_compare(self):
        lines = plain_text(runs.draw(view_of("running", "complete", "crashed"), 120, 8)).splitlines()
        assert [line[2:8] for line in lines[2:5]] == [" 1 00-", "▸  01-", " 2 02-"]

    @pytest.mark.parametrize(
        ("width", "headings"),
        [
            (60, "run status best written"),
            (80, "run status best done written loss"),
            (120, "run status best done written loss duration task"),
            (200, "run status best done written loss duration task tags judged by"),
        ],
    )
    def test_has_the_columns_that_there_is_room_for(self, width, headings):
        heading = plain_text(runs.draw(view_of("running"), width, 8)).splitlines()[1]
        assert " ".join(heading.strip("│ ").split()).replace(" ▴", "") == headings

    def test_shows_the_average_that_it_is_sorted_by(self):
        heading = plain_text(runs.draw(view_of("running", sort="smooth"), 60, 8)).splitlines()[1]
        assert "smoothed ▴" in heading

    @pytest.mark.parametrize("sort", ["duration", "loss", "progress", "age", "smooth"])
    def test_has_what_it_is_sorted_by_in_any_case(self, sort):
        heading = plain_text(runs.draw(view_of("running", sort=sort), 60, 8)).splitlines()[1]
        assert " ▴" in heading

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_cuts_no_figure(self, width):
        lines = plain_text(runs.draw(view_of("running", "complete", "crashed"), width, 8)).splitlines()
        for line, figures in zip(lines[2:5], ("● running 2.271", "✓ complete 2.218", "✕ crashed 2.271"), strict=True):
            assert all(f" {figure} " in line for figure in figures.split())

    def test_says_that_there_are_none(self):
        shown = plain_text(runs.draw(view_of(), 120, 8))
        assert "no runs under experiments yet" in shown
        found = plain_text(runs.draw(view_of(nothing=nothing_note("x", "lr<1")), 120, 8))
        assert "no run matches lr<1" in found


class TestTheCount:
    def test_is_of_all_or_of_some(self):
        assert count_note("x", total=3, matching=None, unknown=0) == "3 under x"
        assert count_note("x", total=2000, matching=12, unknown=300) == "12 of 2 000 under x · 300 still to read"
