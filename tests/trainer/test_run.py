"""`Run`, as a training loop calls it, and what is then in the directory."""

from __future__ import annotations

import math
import os
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from kan_shared.experiment import Experiment
from kan_shared.liveness import observe
from kan_shared.store import write_state
from kan_trainer import Run
from kan_trainer.recording import recorder


def test_the_loop_of_the_readme(directory: Path, recorded: Any) -> None:
    with Run(directory, total_steps=1000) as run:
        for step in range(1, 1001):
            loss, lr, norm = 2 / step, 1e-3, 0.5
            run.log(step, {"train/loss": loss, "learning_rate": lr, "gradient_norm": norm}, epoch=1, tokens=512)
        run.log(step, {"validation/loss": 0.25})
        run.sample(step, input="2 + 2 =", target="4", generated="4")
        run.event("checkpoint", step=step, detail="saved")

    state = recorded.state
    assert (state.status, state.step, state.total_steps, state.epoch) == ("complete", 1000, 1000, 1)
    assert state.name == "mine"
    assert recorded.names == ["gradient_norm", "learning_rate", "train/loss", "validation/loss"]
    assert recorded.values("train/loss") == [2 / step for step in range(1, 1001)]
    assert recorded.steps("train/loss") == list(range(1, 1001))
    assert recorded.values("validation/loss") == [0.25]
    assert [event.kind for event in recorded.events] == ["checkpoint", "complete"]
    assert recorded.samples[0].match == 1.0
    assert (state.samples, state.events) == (1, 2)
    assert state.lost is None


def test_the_first_state_is_there_before_the_first_step(directory: Path, recorded: Any) -> None:
    with Run(directory, total_steps=7, total_epochs=2, task="regress", model="KAN [2, 5, 1]", notes="wider") as run:
        state = recorded.state
        assert (state.status, state.step, state.total_steps, state.total_epochs) == ("running", None, 7, 2)
        assert (state.task, state.model, state.notes) == ("regress", "KAN [2, 5, 1]", "wider")
        assert state.producer.pid == os.getpid()
        assert not run.resumed
        assert run.directory == directory


def test_a_goal_says_which_value_is_the_best(directory: Path, recorded: Any) -> None:
    with Run(directory, goals={"accuracy": "maximize", "error": "minimize"}) as run:
        for step, value in enumerate([0.5, 0.9, 0.1, 0.7], start=1):
            run.log(step, {"accuracy": value, "error": value, "train/loss": value})
    metrics = recorded.state.metrics
    assert (metrics["accuracy"].best, metrics["accuracy"].best_step) == (0.9, 2)
    assert (metrics["error"].best, metrics["error"].best_step) == (0.1, 3)
    assert (metrics["train/loss"].best, metrics["train/loss"].best_step) == (0.1, 3)
    assert (metrics["train/loss"].first, metrics["train/loss"].value, metrics["train/loss"].count) == (0.5, 0.7, 4)


@pytest.mark.parametrize(
    ("processed", "unit", "units_a_step"),
    [({"tokens": 512}, "tokens", 512), ({"samples": np.int64(32)}, "samples", 32), ({}, "steps", 1)],
)
def test_the_rate_comes_from_what_a_step_processed(
    processed: Any, unit: str, units_a_step: int, directory: Path, recorded: Any, until: Any
) -> None:
    began = time.monotonic()
    with Run(directory) as run:
        for step in range(1, 60):
            run.log(step, {"train/loss": 1.0}, **processed)
            run.log(step, {"validation/loss": 1.0})  # no step of its own
            time.sleep(0.01)
    steps_a_second = 59 / (time.monotonic() - began)
    rate = recorded.state.rate
    assert rate.unit == unit
    assert 0.5 * steps_a_second < rate.per_second / units_a_step < 2 * steps_a_second


def test_a_run_goes_on_where_it_was_when_it_is_resumed(directory: Path, recorded: Any) -> None:
    with Run(directory, total_steps=20, notes="first") as run:
        for step in range(1, 11):
            run.log(step, {"train/loss": 1 / step}, epoch=1)
        run.sample(10, input="", target="", generated="")
        run.finish("stopped", "for the night")
    before = recorded.state
    with Run(directory, resume=True) as run:
        assert run.resumed
        state = recorded.state
        assert (state.status, state.message, state.step, state.segment) == ("running", None, 10, 1)
        assert (state.run_id, state.notes, state.total_steps) == (before.run_id, "first", 20)
        assert state.elapsed_seconds >= before.elapsed_seconds
        assert (state.seconds_per_step, state.rate, state.last_step_seconds) == (None, None, None)
        for step in range(8, 21):  # from the checkpoint of step 7
            run.log(step, {"train/loss": 1 / step}, epoch=2)

    state = recorded.state
    assert (state.status, state.step, state.segment, state.samples) == ("complete", 20, 1, 1)
    assert state.metrics["train/loss"].count == 23
    assert state.metrics["train/loss"].first == 1.0
    assert state.started_seconds == before.started_seconds
    assert [record.segment for record in recorded.records("train/loss")] == [0] * 10 + [1] * 13
    assert [event.kind for event in recorded.events] == ["stopped", "resume", "complete"]
    assert state.events == 3


def test_a_run_that_is_resumed_after_hours_is_not_taken_for_stalled(directory: Path, recorded: Any) -> None:
    Run(directory).finish("stopped")
    state = recorded.state
    began = state.started_seconds - 10 * 3600
    write_state(recorded.experiment.state, msgspec.structs.replace(state, started_seconds=began))
    with Run(directory, resume=True) as run:
        assert observe(recorded.state, time.time()) == "running"
        run.log(1, {"train/loss": 1.0})
    assert recorded.state.started_seconds == began


def test_resuming_what_is_not_there_begins_it(directory: Path, recorded: Any) -> None:
    with Run(directory, resume=True) as run:
        assert not run.resumed
        run.log(1, {"train/loss": 1.0})
    assert recorded.state.segment == 0
    assert [event.kind for event in recorded.events] == ["complete"]


def test_a_resume_may_tell_the_run_more(directory: Path, recorded: Any) -> None:
    Run(directory, total_steps=10, goals={"accuracy": "maximize"}).finish()
    Run(directory, resume=True, total_steps=20).finish()
    assert recorded.state.total_steps == 20
    assert recorded.state.goals == {"accuracy": "maximize"}


def test_a_pause_shows_and_is_not_counted(directory: Path, recorded: Any, until: Any) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 1.0})
        with run.paused("evaluating elsewhere"):
            until(lambda: recorded.state.status == "paused")
            at_pause = recorded.state.elapsed_seconds
            time.sleep(0.5)
        until(lambda: recorded.state.status == "running")
        assert recorded.state.elapsed_seconds - at_pause < 0.3
        run.log(2, {"train/loss": 1.0})
        until(lambda: recorded.state.longest_gap_seconds is not None)
        assert recorded.state.longest_gap_seconds < 0.5
        # Its wait for a step has not grown by the pause either: a long one would look like a stall.
        assert recorded.state.heartbeat_seconds - recorded.state.last_step_seconds < 0.5
    assert [(event.kind, event.detail) for event in recorded.events] == [
        ("pause", "evaluating elsewhere"),
        ("continue", ""),
        ("complete", ""),
    ]


def test_a_pause_within_a_pause_ends_with_the_outer_one(directory: Path, recorded: Any, until: Any) -> None:
    with Run(directory) as run:
        with run.paused("outer"):
            with run.paused("inner"):
                pass
            until(lambda: len(recorded.events) == 3)
            assert recorded.state.status == "paused"
        until(lambda: recorded.state.status == "running")


def test_a_pause_ends_with_its_exception(directory: Path, recorded: Any) -> None:
    with pytest.raises(RuntimeError, match="evaluator"), Run(directory) as run, run.paused():
        raise RuntimeError("the evaluator died")
    assert (recorded.state.status, recorded.state.message) == ("error", "RuntimeError: the evaluator died")


def test_the_state_says_what_the_series_say(directory: Path, recorded: Any, until: Any) -> None:
    """While the run goes on: whoever looks at the state finds the records that it speaks of."""
    with Run(directory) as run:
        for step in range(1, 400):
            run.log(step, {"train/loss": float(step)})
            if step % 20 == 0:
                time.sleep(0.01)
                metric = recorded.state.metrics.get("train/loss")
                assert metric is None or len(recorded.records("train/loss")) >= metric.count


def test_a_run_without_steps_still_says_that_it_lives(directory: Path, recorded: Any, until: Any) -> None:
    with Run(directory):
        first = recorded.state
        until(lambda: recorded.state.heartbeat_seconds > first.heartbeat_seconds + 1.5)
        assert recorded.state.elapsed_seconds > first.elapsed_seconds + 1.0
        assert recorded.state.revision == first.revision


def test_two_runs_in_one_process_do_not_meet(tmp_path: Path, recorded_in: Any) -> None:
    with Run(tmp_path / "a") as a, Run(tmp_path / "b") as b:
        for step in range(1, 51):
            a.log(step, {"train/loss": 1.0})
            b.log(2 * step, {"train/loss": 2.0})
    assert set(recorded_in(tmp_path / "a").values("train/loss")) == {1.0}
    assert set(recorded_in(tmp_path / "b").values("train/loss")) == {2.0}
    assert recorded_in(tmp_path / "a").state.step == 50
    assert recorded_in(tmp_path / "b").state.step == 100


def test_many_threads_may_log(directory: Path, recorded: Any) -> None:
    def work(run: Run, name: str) -> None:
        for step in range(1, 501):
            run.log(step, {name: float(step)})

    with Run(directory) as run:
        threads = [threading.Thread(target=work, args=(run, f"rank{n}/loss")) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for n in range(4):
        assert recorded.values(f"rank{n}/loss") == list(range(1, 501))


def test_a_run_may_be_made_and_ended_outside_the_main_thread(directory: Path, recorded: Any) -> None:
    def train() -> None:
        with Run(directory) as run:
            run.log(1, {"train/loss": 1.0})

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert recorded.state.status == "complete"


def test_a_script_may_change_its_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded_in: Any
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with Run("experiments/mine") as run:
        monkeypatch.chdir(tmp_path / "elsewhere")
        run.log(1, {"train/loss": 1.0})
    assert recorded_in(tmp_path / "experiments/mine").state.status == "complete"
    assert recorded_in(tmp_path / "experiments/mine").values("train/loss") == [1.0]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_comes_after_the_end_changes_nothing(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 1.0})
    before = recorded.content()
    run.log(2, {"train/loss": 2.0})
    run.sample(2, input="", target="", generated="")
    run.event("late")
    with run.paused():
        pass
    run.finish("error", "too late")
    assert recorded.content() == before


def test_more_metrics_than_a_state_holds_still_have_their_series(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {f"layer{n}/norm": float(n) for n in range(300)})
    assert len(recorded.state.metrics) == 128
    assert len(recorded.names) == 300
    assert recorded.values("layer299/norm") == [299.0]


def test_the_final_figures_are_in_a_file_of_their_own(directory: Path, recorded: Any) -> None:
    with Run(directory, goals={"accuracy": "maximize"}) as run:
        for step, value in enumerate([0.5, 0.9, math.nan], start=1):
            run.log(step, {"accuracy": value}, epoch=1)
    metrics = recorded.metrics
    assert (metrics["run_id"], metrics["status"]) == (recorded.state.run_id, "complete")
    assert (metrics["step"], metrics["epoch"]) == (3, 1)
    accuracy = metrics["metrics"]["accuracy"]
    assert (accuracy["value"], accuracy["best"], accuracy["best_step"], accuracy["first"]) == ("NaN", 0.9, 2, 0.5)


def test_the_final_figures_of_a_resumed_run_replace_those_before(directory: Path, recorded: Any) -> None:
    for value in (0.5, 0.25):
        with Run(directory, resume=True) as run:
            run.log(1, {"train/loss": value})
    assert recorded.metrics["metrics"]["train/loss"]["value"] == 0.25


def test_what_was_flushed_is_in_every_series(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a checkpoint is never ahead of the curves, whatever happens next; however seldom the thread looks."""
    monkeypatch.setattr(recorder, "CYCLE_SECONDS", 30.0)
    with Run(directory) as run:
        for step in range(1, 1001):
            run.log(step, {"train/loss": 1.0, "learning_rate": 0.1})
        run.flush()
        sizes = [Experiment(directory).series(name).stat().st_size for name in ("train/loss", "learning_rate")]
        assert sizes == [32 * 1000, 32 * 1000]
    run.flush()  # afterwards there is nothing to wait for
