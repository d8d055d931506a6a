"""Which run is meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kan_monitor.finding import holds_runs, named, newest, one_run, running
from kan_shared.errors import EXIT_NO_RUN, NoSuchRun

from .cases import CASES
from .making import NOW
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")

ROOT = Path("experiments")


def make(name: str, *, case: str = "running", age: float = 0) -> Path:
    """A run that was written so many seconds ago."""
    CASES[case].run().write(ROOT / name)
    state = ROOT / name / "state.json"
    os.utime(state, (NOW - age, NOW - age))
    return ROOT / name


class TestNewest:
    def test_is_the_one_that_was_written_last(self):
        make("old", age=100)
        new = make("new", age=1)
        make("older", age=1000)
        assert newest() == new

    def test_is_none_where_there_is_none(self):
        with pytest.raises(NoSuchRun, match="there is no run under experiments/: name a directory") as refused:
            newest()
        assert refused.value.exit_code == EXIT_NO_RUN

    def test_passes_over_what_is_no_run(self):
        (ROOT / "notes").mkdir(parents=True)
        (ROOT / "file").write_text("x")
        with pytest.raises(NoSuchRun):
            newest()


class TestRunning:
    def test_are_those_that_go_on(self):
        for age, case in enumerate(
            ["running", "complete", "paused", "crashed", "error", "slow", "stalled", "unreachable"]
        ):
            make(case, case=case, age=age)
        assert running(ROOT, NOW) == [ROOT / "running", ROOT / "paused", ROOT / "slow"]

    def test_passes_over_a_state_that_is_none(self):
        make("bad").joinpath("state.json").write_text("{")
        assert running(ROOT, NOW) == []

    def test_there_are_none_where_there_is_nothing(self):
        assert running(ROOT, NOW) == []


class TestNamed:
    def test_may_be_a_run_or_one_to_come(self):
        run = make("run")
        assert named(run) == run
        assert named(ROOT / "later") == ROOT / "later"

    @pytest.mark.parametrize("name", ["config.yaml", "lock", "training.log"])
    def test_may_be_a_run_that_is_about_to_begin(self, name):
        (ROOT / "new").mkdir(parents=True)
        (ROOT / "new" / name).touch()
        assert named(ROOT / "new") == ROOT / "new"

    def test_is_no_file(self):
        Path("notes.txt").touch()
        with pytest.raises(NoSuchRun, match=r"notes\.txt is not a directory: name the experiment directory of a run"):
            named(Path("notes.txt"))

    def test_is_no_folder_of_other_things(self):
        Path("src").mkdir()
        Path("src/main.py").touch()
        with pytest.raises(NoSuchRun, match="src holds other things and no run"):
            named(Path("src"))

    def test_may_be_a_folder_of_runs_but_not_to_be_followed(self):
        run = make("run")
        assert named(ROOT) == ROOT
        assert holds_runs(ROOT)
        assert not holds_runs(run)
        assert one_run(run) == run
        with pytest.raises(
            NoSuchRun, match="experiments is a folder of runs: name one of them, such as experiments/run"
        ):
            one_run(ROOT)


def test_a_run_is_found_by_its_state_alone():
    (ROOT / "run").mkdir(parents=True)
    source_run().write(ROOT / "run")
    for extra in ("events.jsonl", "samples.jsonl"):
        (ROOT / "run" / extra).unlink()
    assert newest() == ROOT / "run"
