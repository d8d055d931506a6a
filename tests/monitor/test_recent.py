"""What is read of a run's series for its alerts and its forecast: enough, never much, and nothing without news."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_monitor.alerts import AlertBook
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.view import ViewOptions, build
from kan_shared.series import Record, SeriesFile

from .making import NOW
from .scripted import Scripted


@pytest.fixture
def run(tmp_path: Path) -> Scripted:
    """A run of steps of a tenth of a second."""
    return Scripted(tmp_path / "run", seconds=lambda *_: 0.1)


def steps(records: tuple[Record, ...]) -> list[int]:
    return [record.step for record in records]


class TestTheLatestRecords:
    def test_are_those_since_the_last_look_and_some_before(self, run):
        run.play(2000)
        assert steps(run.source.poll(run.now).recent.losses) == list(range(1489, 2001))
        run.play(1500)
        assert steps(run.source.poll(run.now).recent.losses) == list(range(1809, 3501))

    def test_are_no_more_than_a_look_can_take_in(self, run):
        run.play(100)
        run.source.poll(run.now)
        run.play(5000)
        assert len(run.source.poll(run.now).recent.losses) == 512

    def test_are_more_where_none_is_finite_so_that_it_is_known_since_when(self, run):
        bad = [Record(step, NOW - 3100 + step, 1.0 if step <= 100 else math.nan, 0) for step in range(1, 3101)]
        run.play(1)
        run.experiment.series("train/loss").unlink()
        run.append("train/loss", bad)
        facts = run.source.poll(run.now)
        assert steps(facts.recent.losses)[0] <= 100
        assert AlertBook().look(facts, run.now)[0].first_step == 101

    def test_are_without_what_a_resume_has_overwritten(self, run):
        run.play(200)
        run.source.poll(run.now)
        run.step, run.segment = 150, 1
        run.play(20)
        assert steps(run.source.poll(run.now).recent.losses) == list(range(9, 171))

    def test_begin_anew_where_the_file_is_another_one(self, run):
        run.play(200)
        run.source.poll(run.now)
        run.experiment.series("train/loss").unlink()
        run.append("train/loss", [Record(7, NOW, 1.0, 0)])
        assert steps(run.source.poll(run.now).recent.losses) == [7]

    def test_are_the_same_object_while_nothing_comes(self, run):
        run.play(200)
        assert run.source.poll(run.now).recent is run.source.poll(run.now + 1).recent

    def test_are_read_only_where_there_are_more(self, run, monkeypatch):
        run.other = {"validation/loss": lambda *_: 1.0, "gradient_norm": lambda *_: 1.0, "accuracy": lambda *_: 1.0}
        run.play(600)
        run.source.poll(run.now)
        reads: list[Path] = []
        monkeypatch.setattr(SeriesFile, "read", lambda self, *_: reads.append(self.path) or b"")
        run.source.poll(run.now + 1)
        assert reads == []


class TestStretches:
    def test_go_over_the_run_its_latter_half_and_its_last_seconds(self, run):
        run.play(4000)
        recent = run.source.poll(run.now).recent
        assert (len(recent.history), recent.history[0].step, recent.history[-1].step) == (256, 1, 4000)
        assert (len(recent.pace), recent.pace[0].step, recent.pace[-1].step) == (256, 2001, 4000)
        assert (recent.latest[0].step, recent.latest[-1].step) == (3800, 4000)

    @pytest.mark.parametrize("seconds", [0.001, 0.5, 30.0])
    def test_of_the_last_seconds_are_as_long_at_any_pace(self, tmp_path, seconds):
        run = Scripted(tmp_path / "run", seconds=lambda *_: seconds)
        run.play(30_000 if seconds < 0.1 else 3000)
        latest = run.source.poll(run.now).recent.latest
        span = latest[-1].seconds - latest[0].seconds
        assert span == pytest.approx(20 if seconds < 20 else 0, abs=0.6)

    def test_of_the_pace_are_of_the_latest_segment_alone(self, run):
        run.play(5000)
        for segment, (begins, played) in enumerate(((4000, 600), (4500, 40), (4530, 10)), start=1):
            run.step, run.segment = begins, segment
            run.play(played)
            pace = ExperimentSource(run.place).poll(run.now).recent.pace
            assert {record.segment for record in pace} == {segment}
            assert (pace[0].step, pace[-1].step) == (begins + played // 2 + 1, begins + played)


class TestAResume:
    def test_lets_the_forecast_forget_the_pace_before(self, run):
        """On a machine that is three times as slow."""
        run.play(1000)
        run.step, run.segment, run.seconds = 800, 1, lambda *_: 0.3
        run.play(100)
        run.write(seconds_per_step=0.3, total_steps=1900)
        header = build(run.source.poll(run.now), ViewOptions(), now=run.now).header
        assert [header.eta.value, header.eta_low.value, header.eta_high.value] == pytest.approx([300, 300, 300])


def _nothing(path: Path) -> None:
    """No file at all."""


@pytest.mark.parametrize(
    "put",
    [
        os.mkfifo,
        _nothing,
        os.mkdir,
        lambda path: path.write_bytes(b"\xff" * 9999),
        lambda path: path.symlink_to("/dev/zero"),
    ],
)
@pytest.mark.parametrize("name", ["train/loss", "gradient_norm", "accuracy", "system/host/memory_bytes"])
def test_whatever_stands_in_the_place_of_a_series_the_look_goes_on(run, put: Callable[[Path], object], name):
    run.other = {"gradient_norm": lambda *_: 1.0, "accuracy": lambda *_: 1.0}
    run.play(100)
    run.experiment.series(name).unlink(missing_ok=True)
    put(run.experiment.series(name))
    for later in range(2):
        facts = run.source.poll(run.now + later)
        build(facts, ViewOptions(), now=run.now)


any_float = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, 1e308, -1e308, 5e-324]))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**53), 2**53), any_float, any_float, st.integers(0, 3)), max_size=40),
    st.integers(0, 2**32),
)
def test_whatever_records_a_run_has_the_look_goes_on(tmp_path_factory, values, seed):
    """Steps and times that go back, stand still or are none, values at the ends of what a float can be."""
    run = Scripted(tmp_path_factory.mktemp("any") / "run", other={"gradient_norm": lambda *_: 1.0})
    run.play(100)
    dice = random.Random(seed)
    for name in ("train/loss", "gradient_norm", "system/host/memory_bytes"):
        records = [Record(*value) for value in values]
        run.append(name, [*records, *(Record(k, NOW + k, dice.choice([1.0, math.inf, 1e300]), 3) for k in range(70))])
    run.write()
    facts = run.source.poll(run.now)
    dashboard = build(facts, ViewOptions(), now=run.now, alerts=AlertBook().look(facts, run.now))
    assert all(alert.verdict.isprintable() for alert in dashboard.alerts)
