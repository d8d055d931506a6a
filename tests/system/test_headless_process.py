"""`kan-monitor --headless` as a process of its own, over whole runs: its lines, its exit codes, its silence."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kan_shared.experiment import Experiment
from kan_shared.store import read_state

from .stage import MONITOR, Process, until

Start = Callable[..., Process]


@pytest.mark.parametrize(
    ("word", "code", "end"), [("complete", 0, "Complete"), ("error", 1, "Error"), ("stop", 1, "Stopped")]
)
def test_a_whole_run_as_json(word: str, code: int, end: str, directory: Path, train: Start, headless: Start) -> None:
    """The monitor is there first: it waits, says so once, and watches from the first state to the last."""
    monitor = headless(directory, "--format", "json", "--refresh-ms", 50)
    until(lambda: monitor.complaints)
    training = train(directory)
    until(lambda: len(monitor.lines) > 5)
    training.tell(word)
    assert monitor.wait() == code
    lines = monitor.objects
    assert [line["status"] for line in lines if line["status"] != "Running"] == [end]
    assert lines[-1]["status"] == end
    assert lines[-1]["step"] == read_state(Experiment(directory).state).step
    steps = [line["step"] for line in lines if line["step"] is not None]
    assert steps == sorted(steps)
    assert lines[-1]["loss"] == 2 / lines[-1]["step"]
    (complaint,) = monitor.complaints
    assert "holds no run yet: waiting for one" in complaint
    assert {"error": "RuntimeError: the loss is NaN", "stop": "the process exited with 0"}.get(word, "") in (
        lines[-1]["detail"]
    )


@pytest.mark.parametrize(("word", "code", "last"), [("complete", 0, "Complete"), ("error", 1, "Error: RuntimeError")])
def test_a_whole_run_as_text(word: str, code: int, last: str, directory: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    monitor = headless(directory)
    until(lambda: monitor.lines)
    training.tell(word)
    assert monitor.wait() == code
    progress = [line for line in monitor.lines if line.startswith("[")]
    assert all("Loss: " in line and "ETA: " in line for line in progress)
    assert last in progress[-1]
    assert last not in progress[0]
    assert monitor.complaints == []


def test_a_run_that_stands_still_prints_nothing_again(directory: Path, train: Start, headless: Start) -> None:
    """Its heartbeats and the load of its machine go on, three seconds long."""
    training = train(directory)
    until(lambda: len(training.lines) > 20)
    training.tell("rest")
    monitors = [headless(directory, "--refresh-ms", 50, "--format", format) for format in ("text", "json")]
    state = Experiment(directory).state
    for monitor in monitors:
        until(lambda monitor=monitor: monitor.lines)
    until(lambda: read_state(state).step == len(training.lines))
    time.sleep(0.3)  # for what is still on its way
    printed, first = [len(monitor.lines) for monitor in monitors], read_state(state)
    until(lambda: read_state(state).heartbeat_seconds > first.heartbeat_seconds + 3)
    assert read_state(state).telemetry != first.telemetry
    assert [len(monitor.lines) for monitor in monitors] == printed
    training.tell("complete")
    assert [monitor.wait() for monitor in monitors] == [0, 0]


def test_once_is_one_look(directory: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    monitor = headless(directory, "--once", "--format", "json")
    assert monitor.wait() == 0
    assert [line["status"] for line in monitor.objects] == ["Running"]
    training.tell("error")
    training.wait()
    assert headless(directory, "--once").wait() == 1


def test_the_lines_may_go_to_a_file(directory: Path, home: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    training.tell("complete")
    training.wait()
    for _ in range(2):
        monitor = headless(directory, "--format", "json", "--output-file", home / "lines.jsonl")
        assert monitor.wait() == 0
        assert monitor.lines == []
    lines = (home / "lines.jsonl").read_text().splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["Complete", "Complete"]


def test_the_newest_run_is_meant_where_none_is_named(home: Path, train: Start, headless: Start) -> None:
    for name in ("older", "newer"):
        training = train(home / "experiments" / name)
        training.tell("complete")
        training.wait()
    monitor = headless("--format", "json")
    assert monitor.wait() == 0
    assert monitor.objects[-1]["name"] == "newer"


def test_its_reader_may_go_away(directory: Path, home: Path, train: Start, run_process: Start) -> None:
    """`kan-monitor --headless | head -1`: no traceback."""
    train(directory)
    shell = f"'{sys.executable}' -m kan_monitor --headless --refresh-ms 20 {directory} | head -1"
    piped = run_process("bash", "-o", "pipefail", "-c", shell)
    assert piped.wait() == 0
    assert len(piped.lines) == 1
    assert piped.complaints == []


def test_ctrl_c_ends_it_without_a_traceback(directory: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    monitor = headless(directory)
    until(lambda: monitor.lines)
    monitor.signal(signal.SIGINT)
    assert monitor.wait() == 130
    assert monitor.complaints == []
    assert training.popen.poll() is None


NO_RUNS: dict[str, tuple[Callable[[Path], object], int]] = {
    "no directory at all": (Path.exists, 5),
    "an empty directory": (lambda place: place.mkdir(parents=True), 5),
    "a file": (lambda place: (place.parent.mkdir(), place.write_text("")), 5),
    "a state that is none": (lambda place: (place.mkdir(parents=True), (place / "state.json").write_text("{")), 5),
    "a state of a later version": (
        lambda place: (place.mkdir(parents=True), (place / "state.json").write_text('{"schema_version": 99}')),
        2,
    ),
}


@pytest.mark.parametrize("kind", NO_RUNS)
def test_what_is_no_run_is_said_in_one_sentence(kind: str, directory: Path, headless: Start) -> None:
    make, code = NO_RUNS[kind]
    make(directory)
    monitor = headless(directory, "--once")
    assert monitor.wait() == code
    (complaint,) = monitor.complaints
    assert complaint.startswith("kan-monitor: ")
    assert str(directory) in complaint
    assert monitor.lines == []


@pytest.mark.parametrize("arguments", [["--refresh-ms", "0"], ["--format", "xml"], ["--nonsense"]])
def test_arguments_that_cannot_be_used(arguments: list[str], headless: Start) -> None:
    monitor = headless(*arguments)
    assert monitor.wait() == 2
    assert "Traceback" not in "\n".join(monitor.complaints)


def test_a_terminal_that_knows_only_latin_1_gets_its_lines(directory: Path, train: Start, run_process: Start) -> None:
    training = train(directory, "--name", "größer 日本")
    monitor = run_process(*MONITOR, "--headless", directory, "--once", PYTHONIOENCODING="latin-1", LC_ALL="C")
    assert monitor.popen.wait(30) == 0
    training.tell("complete")


def test_several_may_watch_one_run(directory: Path, train: Start, headless: Start) -> None:
    training = train(directory)
    monitors = [headless(directory, "--format", "json") for _ in range(3)]
    for monitor in monitors:
        until(lambda monitor=monitor: monitor.lines)
    training.tell("complete")
    assert [monitor.wait() for monitor in monitors] == [0, 0, 0]
    assert len({monitor.objects[-1]["step"] for monitor in monitors}) == 1


def test_nothing_that_was_started_is_left(directory: Path, train: Start, headless: Start) -> None:
    """A run's end ends its processes: the trainer with its threads, the monitor."""
    training = train(directory)
    monitor = headless(directory)
    until(lambda: monitor.lines)
    training.tell("complete")
    assert (training.wait(), monitor.wait()) == (0, 0)
    for process in (training, monitor):
        with pytest.raises(ProcessLookupError):
            os.killpg(process.popen.pid, 0)
