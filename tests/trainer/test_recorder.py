"""When the recorder's thread writes, and that nothing it meets ever reaches the training."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from kan_shared.series import ShortWrite
from kan_shared.store import read_state
from kan_trainer import Run
from kan_trainer.recording.files import RunFiles


def test_what_was_logged_is_on_the_disk_a_moment_later(directory: Path, recorded: Any, until: Any) -> None:
    waits = []
    with Run(directory) as run:
        for step in range(1, 21):
            run.log(step, {"train/loss": float(step)})
            logged = time.monotonic()
            until(lambda step=step: len(recorded.values("train/loss")) == step)
            waits.append(time.monotonic() - logged)
    assert sorted(waits)[5] < 0.1, "kill -9 may lose the last 100 ms and no more"


def test_the_state_is_written_ten_times_a_second_at_most(directory: Path, recorded: Any) -> None:
    seen = set()
    with Run(directory) as run:
        began = time.monotonic()
        for step in range(1, 301):
            run.log(step, {"train/loss": 1.0})
            found = os.stat(recorded.experiment.state)
            seen.add((found.st_ino, found.st_mtime_ns))
            time.sleep(0.005)
        seconds = time.monotonic() - began
    assert 3 <= len(seen) <= 10 * seconds + 2


def test_the_temporary_files_are_gone_in_the_end(directory: Path, recorded: Any) -> None:
    with Run(directory, config={}) as run:
        for step in range(1, 101):
            run.log(step, {"train/loss": 1.0})
            time.sleep(0.002)
        run.sample(1, input="", target="", generated="")
    names = {path.name for path in directory.iterdir()}
    assert names == {"state.json", "history", "events.jsonl", "samples.jsonl", "config.yaml", "metrics.json", "lock"}


def test_the_figures_of_the_hardware_have_series_of_their_own(directory: Path, recorded: Any, until: Any) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 1.0})
        until(lambda: recorded.experiment.series("system/host/memory_bytes").exists())
        until(lambda: recorded.state.telemetry is not None)
        assert recorded.state.telemetry.host.memory_total_bytes > 0
    assert all(value > 0 for value in recorded.values("system/host/memory_bytes"))
    assert list(recorded.state.metrics) == ["train/loss"]


def test_one_series_that_cannot_be_written_leaves_the_others(directory: Path, recorded: Any, capsys: Any) -> None:
    """A directory stands where its file should be."""
    with Run(directory) as run:
        recorded.experiment.series("bad").mkdir(parents=True)
        for step in range(1, 11):
            run.log(step, {"bad": 1.0, "train/loss": 1.0})
    assert recorded.values("train/loss") == [1.0] * 10
    assert recorded.state.lost.records == 10
    assert "Is a directory" in recorded.state.lost.reason
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_one_journal_that_cannot_be_written_leaves_the_others(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        recorded.experiment.samples.mkdir()
        run.sample(1, input="", target="", generated="")
        run.event("note")
    assert [event.kind for event in recorded.events] == ["note", "complete"]
    assert (recorded.state.samples, recorded.state.events, recorded.state.lost.records) == (0, 2, 1)


@pytest.mark.parametrize("error", [ShortWrite(3), OSError(5, "Input/output error"), MemoryError()])
def test_what_failed_once_is_not_tried_again(
    error: Exception, directory: Path, recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a series would hold its records twice, and those behind it none."""
    extend, failures = RunFiles.extend, [error]

    def fail_once(files: RunFiles, name: str, records: Any) -> None:
        if name == "bad" and failures:
            raise failures.pop()
        extend(files, name, records)

    monkeypatch.setattr(RunFiles, "extend", fail_once)
    with Run(directory) as run:
        for step in range(1, 6):
            run.log(step, {"bad": float(step), "train/loss": float(step)})
    logged, written = [1.0, 2.0, 3.0, 4.0, 5.0], recorded.values("bad")
    assert recorded.values("train/loss") == logged
    assert written == logged[len(logged) - len(written) :]
    assert recorded.state.lost.records == (3 if isinstance(error, ShortWrite) else len(logged) - len(written))


def test_a_broken_stderr_is_none_of_the_trainings_business(
    directory: Path, recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with Run(directory) as run:
        run.log(1, {"train/loss": "rubbish"})  # type: ignore[dict-item]
        run.log(2, {"train/loss": 1.0})
    assert recorded.values("train/loss") == [1.0]
    assert recorded.state.lost.records == 1


def test_a_thousand_series_leave_the_training_its_files(directory: Path, recorded: Any) -> None:
    names, before = [f"metric{number}" for number in range(300)], len(os.listdir("/proc/self/fd"))
    with Run(directory) as run:
        for step in (1, 2):
            run.log(step, dict.fromkeys(names, float(step)))
            time.sleep(0.3)
            assert len(os.listdir("/proc/self/fd")) < before + 80
    assert all(recorded.values(name) == [1.0, 2.0] for name in names)
    assert recorded.state.lost is None


def test_what_is_dropped_while_it_is_being_reported_counts(directory: Path, recorded: Any, monkeypatch: Any) -> None:
    from kan_trainer.recording.recorder import Recorder

    lose = Recorder._lose

    def lose_and_drop(recorder: Recorder, records: int, reason: str) -> None:
        lose(recorder, records, reason)
        if recorder.dropped < 3:
            recorder.dropped += 1  # as the training thread does

    monkeypatch.setattr(Recorder, "_lose", lose_and_drop)
    with Run(directory) as run:
        run._recorder.dropped += 1
        time.sleep(0.5)
    assert recorded.state.lost.records == 3


def test_an_epoch_that_equals_the_last_one_leaves_its_type(tmp_path: Path) -> None:
    """1.0 is 1; a state that said 1.0 could not be read."""
    with Run(tmp_path / "run") as run:
        run.log(1, {"train/loss": 1.0}, epoch=1)
        run.log(2, {"train/loss": 1.0}, epoch=1.0)  # type: ignore[arg-type]
    state = read_state(tmp_path / "run" / "state.json")
    assert (state.epoch, state.step, state.lost) == (1, 2, None)
