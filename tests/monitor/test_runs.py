"""One run as a row of the list of runs, and the list itself."""

from __future__ import annotations

import pytest

from kan_monitor.ink import plain_text
from kan_monitor.panels import runs
from kan_monitor.panels.lines import width_of
from kan_monitor.sources.experiment import glance
from kan_monitor.view.runs import RunRow, run_row

from .cases import CASES, NOW
from .looking import PLACE

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
        assert (row.progress.text, row.loss.text, row.age) == ("53", "2.310", "0.3 s")
        assert row.subtitle == "qlora · Qwen2.5-Coder-0.5B"

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


class TestTheList:
    @pytest.mark.parametrize("width", [1, 3, 10, 40, 80, 120, 300])
    @pytest.mark.parametrize("height", [3, 6, 24, 90])
    def test_is_as_large_as_the_screen(self, width, height):
        rows = [row_of(case) for case in ("running", "hostile", "corrupt")]
        lines = runs.draw(rows, width, height, root="experiments", cursor=1, total=3)
        assert [width_of(line) for line in lines] == [width] * height

    def test_marks_the_run_that_is_chosen(self):
        rows = [row_of(case) for case in ("running", "complete")]
        shown = plain_text(runs.draw(rows, 120, 8, root="experiments", cursor=1, total=2)).splitlines()
        assert shown[3].startswith("│ ▸ qwen-rust-tests-07")
        assert shown[2].startswith("│   qwen-rust-tests-07")

    def test_has_the_task_where_there_is_room_for_it(self):
        rows = [row_of("running")]
        shown = {width: plain_text(runs.draw(rows, width, 8, root="x", cursor=None, total=1)) for width in (80, 120)}
        assert "qlora · Qwen2.5-Coder-0…" in shown[120]
        assert "qlora" not in shown[80]
        assert "…" not in shown[80]

    def test_says_that_there_are_none(self):
        shown = plain_text(runs.draw([], 120, 8, root="experiments", cursor=None, total=0))
        assert "no runs under experiments yet" in shown
