"""An experiment directory as a source of facts: whatever happens to it, it only reads, and never raises."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from kan_monitor.sources.experiment import ExperimentSource, main_series
from kan_shared.errors import NewerSchema, NoSuchRun, UnreadableState
from kan_shared.journal import Sample
from kan_shared.series import Record
from kan_shared.state import encode_state

from .cases import CASES
from .looking import PLACE
from .making import HERE, NOW, event, series_of, summaries, write_journal
from .source import source_run


@pytest.fixture
def source(home) -> ExperimentSource:
    return ExperimentSource(PLACE)


class TestBeforeTheRun:
    def test_there_is_nothing_but_a_place(self, source):
        facts = source.poll(NOW)
        assert (facts.condition, facts.state, facts.place) == ("waiting", None, "experiments/qwen-rust-tests-07")
        assert isinstance(facts.problem, NoSuchRun)

    def test_a_directory_without_a_state_is_no_run_yet(self, source):
        PLACE.mkdir(parents=True)
        write_journal(PLACE / "events.jsonl", [event("resume")])
        assert source.poll(NOW).condition == "waiting"

    def test_a_run_that_appears_is_seen(self, source):
        source.poll(NOW)
        source_run().write(PLACE)
        facts = source.poll(NOW)
        assert (facts.condition, facts.problem) == ("running", None)
        assert (len(facts.events), len(facts.samples)) == (5, 14)


class TestWhileItRuns:
    def test_what_is_appended_is_seen(self, source):
        source_run().write(PLACE)
        source.poll(NOW)
        write_journal(PLACE / "events.jsonl", [event("checkpoint", "new")])
        write_journal(PLACE / "samples.jsonl", [Sample(seconds=NOW, step=9, input="i", target="t", generated="new")])
        facts = source.poll(NOW)
        assert facts.events[-1].detail == "new"
        assert facts.samples[-1].generated == "new"

    def test_nothing_in_the_directory_is_touched(self, source):
        source_run().write(PLACE)

        def everything() -> dict[str, tuple[int, int, int]]:
            found = {path: path.stat() for path in (PLACE, *PLACE.rglob("*"))}
            return {str(path): (s.st_mtime_ns, s.st_ctime_ns, s.st_size) for path, s in found.items()}

        before = everything()
        for wait in range(5):
            source.poll(NOW + wait)
            source.series("train/loss").refresh()
        assert everything() == before

    def test_a_directory_that_cannot_be_written_is_no_trouble(self, source):
        source_run().write(PLACE)
        PLACE.chmod(stat.S_IRUSR | stat.S_IXUSR)
        try:
            assert source.poll(NOW).condition == "running"
        finally:
            PLACE.chmod(stat.S_IRWXU)

    @pytest.mark.parametrize(
        "case", [name for name, case in CASES.items() if case.run and not case.then and name != "deadlocked"]
    )
    def test_its_condition_is_that_of_the_case(self, source, case):
        """By state, clock and process: see `kan_shared.liveness`."""
        CASES[case].run().write(PLACE)
        expected = {"hostile": "error"}.get(case, case)
        condition = source.poll(NOW).condition
        assert condition == (
            expected
            if expected in {"slow", "paused", "complete", "stopped", "error", "stalled", "crashed", "unreachable"}
            else "running"
        )

    def test_the_condition_ages_without_a_new_state(self, source):
        source_run().write(PLACE)
        assert [source.poll(NOW + wait).condition for wait in (0, 14, 20)] == ["running", "running", "stalled"]


class TestWhenTheStateTurnsBad:
    @pytest.mark.parametrize(
        "damage", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"schema_version":1}', b"x" * 200_000]
    )
    def test_the_last_good_one_stays_and_it_is_said(self, source, damage):
        source_run().write(PLACE)
        source.poll(NOW)
        (PLACE / "state.json").write_bytes(damage)
        facts = source.poll(NOW)
        assert facts.state.step == 2400
        assert isinstance(facts.problem, UnreadableState)
        assert "experiments/qwen-rust-tests-07/state.json" in str(facts.problem)

    def test_a_newer_version_is_named(self, source):
        source_run().write(PLACE)
        source.poll(NOW)
        CASES["newer-version"].then(PLACE)
        assert isinstance(source.poll(NOW).problem, NewerSchema)

    def test_a_good_one_after_it_is_taken(self, source):
        source_run().write(PLACE)
        source.poll(NOW)
        (PLACE / "state.json").write_bytes(b"{")
        source.poll(NOW)
        (PLACE / "state.json").write_bytes(encode_state(source_run().but(step=2500).state))
        facts = source.poll(NOW)
        assert (facts.state.step, facts.problem) == (2500, None)


class TestWhenTheDirectoryIsDeleted:
    def test_the_last_state_stays_and_it_is_said(self, source):
        source_run().write(PLACE)
        source.poll(NOW)
        shutil.rmtree(PLACE)
        facts = source.poll(NOW)
        assert facts.state.step == 2400
        assert isinstance(facts.problem, NoSuchRun)

    def test_and_made_again_the_new_run_is_seen_and_the_old_one_forgotten(self, source):
        source_run().write(PLACE)
        source.poll(NOW)
        shutil.rmtree(PLACE)
        source.poll(NOW)
        fresh = replace(
            source_run().but(run_id="08", step=1, metrics={}), series={}, samples=(), events=[event("resume")]
        )
        fresh.write(PLACE)
        facts = source.poll(NOW)
        assert (facts.state.run_id, facts.problem) == ("08", None)
        assert (len(facts.events), facts.samples, facts.recent_losses) == (1, (), ())

    def test_another_run_in_the_same_directory_has_its_own_samples(self, source):
        """Also when the journals of the old one are still there, cut to nothing and written anew."""
        source_run().write(PLACE)
        source.poll(NOW)
        new = Sample(seconds=NOW, step=1, input="i", target="t", generated="of the new run")
        replace(source_run().but(run_id="08"), samples=[new]).write(PLACE)
        assert [sample.generated for sample in source.poll(NOW).samples] == ["of the new run"]

    def test_another_run_that_has_none_yet_does_not_show_those_of_the_old_one(self, source):
        source_run().write(PLACE)
        assert source.poll(NOW).samples
        shutil.rmtree(PLACE)
        PLACE.mkdir()
        (PLACE / "state.json").write_bytes(encode_state(source_run().but(run_id="08", metrics={}).state))
        facts = source.poll(NOW)
        assert (facts.samples, facts.events, facts.recent_losses, facts.learning_rates) == ((), (), (), ())

    def test_series_may_go_missing(self, source):
        source_run().write(PLACE)
        shutil.rmtree(PLACE / "history")
        facts = source.poll(NOW)
        assert facts.condition == "running"
        assert facts.recent_losses == ()


class TestRecentLosses:
    def run_with(self, records: list[Record]) -> None:
        series = {"train/loss": records}
        replace(source_run().but(metrics=summaries(series)), series=series).write(PLACE)

    def test_are_the_last_tenth_of_the_run(self, source):
        self.run_with(series_of(float, range(10_000)))
        losses = source.poll(NOW).recent_losses
        assert len(losses) <= 256
        assert (losses[0], losses[-1]) == (9000.0, 9999.0)

    def test_are_all_there_are_at_first(self, source):
        self.run_with(series_of(float, range(5)))
        assert source.poll(NOW).recent_losses == (0.0, 1.0, 2.0, 3.0, 4.0)

    def test_leave_out_what_a_resume_has_overwritten(self, source):
        before, after = series_of(float, range(100)), series_of(lambda step: -float(step), range(50, 60), segment=1)
        self.run_with([*before, *after])
        assert source.poll(NOW).recent_losses == (*map(float, range(50)), *(-float(step) for step in range(50, 60)))

    def test_are_read_again_only_when_there_are_more(self, source, monkeypatch):
        self.run_with(series_of(float, range(100)))
        first = source.poll(NOW).recent_losses
        monkeypatch.setattr(os, "pread", pytest.fail)
        assert source.poll(NOW).recent_losses is first


class TestMainSeries:
    def test_is_the_training_loss(self):
        assert main_series(source_run().state) == "train/loss"

    def test_is_the_first_metric_where_there_is_none(self):
        metrics = {
            "reward": source_run().state.metrics["learning_rate"],
            "other": source_run().state.metrics["learning_rate"],
        }
        assert main_series(source_run().but(metrics=metrics).state) == "reward"

    def test_is_nothing_before_the_first_step(self):
        assert main_series(source_run().but(metrics={}).state) is None


def test_a_series_name_from_a_run_stays_inside_its_directory(home):
    """Even `../` in a metric's name: it is percent-encoded."""
    series = {"../../../etc/passwd": series_of(float, range(3))}
    run = replace(source_run().but(metrics=summaries(series), producer=HERE), series=series)
    run.write(PLACE)
    source = ExperimentSource(PLACE)
    assert source.poll(NOW).recent_losses == (0.0, 1.0, 2.0)
    assert source.series("../../../etc/passwd").path.parent == PLACE / "history"
    assert not Path("etc").exists()
