"""`kan-train` as a process: killed, interrupted, detached, heard by nobody, and beside modules that are not its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader
from kan_shared.liveness import is_alive
from kan_shared.store import read_state
from kan_trainer.command.viewer import HeadlessViewer

from .commands import LONG, SHORT, best, command, run, series, start_and_signal, steps_recorded, until


def test_a_killed_run_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    """SIGTERM, then kill -9 in the middle of an epoch, then to the end: every loss is the uninterrupted run's."""
    assert run(*LONG, "--output", str(tmp_path / "whole")).returncode == 0
    stopped = tmp_path / "stopped"
    code, told = start_and_signal(stopped, 350, signal.SIGTERM, *LONG)
    assert code == 143
    assert re.fullmatch(r"kan-train: stopped at step \d+ of 2400; it goes on with: (.*)\n", told)
    assert told.endswith(f"kan-train regress --resume --output {stopped}\n")
    assert read_state(stopped / "state.json").status == "stopped"
    code, _ = start_and_signal(stopped, 1111, signal.SIGKILL, "regress", "--resume")
    assert code == -signal.SIGKILL
    last = run("regress", "--resume", "--output", str(stopped))
    assert (last.returncode, last.stderr) == (0, "")

    for name in ("train/loss", "gradient_norm", "learning_rate", "validation/loss"):
        expected = {step: value for step, value, _ in series(tmp_path / "whole", name)}
        records = series(stopped, name)
        assert [(step, value) for step, value, _ in records if expected[step] != value] == []
        assert {step for step, _, _ in records} == set(expected)
    segments = [
        [step for step, _, segment in series(stopped, "train/loss") if segment == number] for number in range(3)
    ]
    assert segments[1][0] == segments[0][-1] + 1  # SIGTERM left a checkpoint behind
    assert segments[2][0] % 100 == 1  # kill -9 did not
    assert segments[2][0] <= segments[1][-1] + 1  # killed right after a checkpoint, it repeats nothing
    assert best(tmp_path / "whole") == best(stopped)
    events = JournalReader(Experiment(stopped).events, Event)
    events.poll()
    kinds = [event.kind for event in events.entries]
    assert (kinds.count("resume"), kinds.count("stopped"), kinds[-1]) == (2, 1, "complete")
    assert kinds[kinds.index("stopped") - 1] == "checkpoint"
    again = run("regress", "--resume", "--output", str(stopped))
    assert (again.returncode, again.stdout) == (
        0,
        f"The run in {stopped} is complete: there is nothing to go on with.\n",
    )


def test_ctrl_c_ends_a_run_in_good_order_and_headless_shows_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(*LONG, "--output", str(tmp_path / "run"), "--headless", "--format", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: steps_recorded(tmp_path / "run") > 50)
    process.send_signal(signal.SIGINT)
    shown, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert re.search(rf"it goes on with: \S*kan-train regress --resume --output {tmp_path / 'run'}\n$", told)
    assert "Traceback" not in told
    assert json.loads(shown.splitlines()[-1])["status"] == "Stopped"


def test_ctrl_c_while_the_last_lines_are_shown_ends_the_viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    with HeadlessViewer() as viewer:
        monitor = viewer._monitor = subprocess.Popen(["sleep", "60"])
        wait = monitor.wait

        def interrupted(timeout: float | None = None) -> int:
            monkeypatch.setattr(monitor, "wait", wait)
            raise KeyboardInterrupt

        monkeypatch.setattr(monitor, "wait", interrupted)
    assert monitor.returncode == -signal.SIGTERM


def test_a_detached_run_goes_on_by_itself(tmp_path: Path) -> None:
    began = run("regress", "--function", "sinusoid", "--epochs", "20", "--detach", cwd=tmp_path)
    assert began.returncode == 0
    directory = tmp_path / began.stdout.strip()
    state = read_state(directory / "state.json")
    shown = rf"as process {state.producer.pid}; \S*kan-monitor {began.stdout.strip()} shows it"
    assert re.search(shown, began.stderr)
    assert state.status == "running"
    assert os.getsid(state.producer.pid) == state.producer.pid != os.getsid(0)
    until(lambda: not is_alive(state.producer))
    assert read_state(directory / "state.json").status == "complete"
    assert "after 320 steps" in (directory / "training.log").read_text()
    again = run("regress", "--resume", "--output", str(directory), "--detach")
    assert (again.returncode, again.stdout) == (
        0,
        f"The run in {directory} is complete: there is nothing to go on with.\n",
    )


def test_a_detached_run_that_cannot_begin_says_so(tmp_path: Path) -> None:
    result = run("regress", "--csv", "nothing.csv", "--target", "y", "--detach", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"kan-train: {tmp_path}/nothing.csv cannot be read (No such file or directory).\n"
    assert list(tmp_path.iterdir()) == []


def shell(tmp_path: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What bash makes of `line`, in which $TRAIN is a short training."""
    train = " ".join([*command(*SHORT), "--output", "run"])
    options = {"TRAIN": train, **environment}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=tmp_path,
        env={**os.environ, **options},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "line",
    ["$TRAIN | true", "$TRAIN >&-", "$TRAIN >&- 2>&-", "PYTHONIOENCODING=ascii $TRAIN", "$TRAIN > /dev/full"],
)
def test_a_training_that_nobody_hears_goes_on(tmp_path: Path, line: str) -> None:
    result = shell(tmp_path, line)
    assert (result.returncode, result.stderr) == (0, "")
    assert read_state(tmp_path / "run" / "state.json").status == "complete"


def test_detaching_without_streams_begins_a_training(tmp_path: Path) -> None:
    assert shell(tmp_path, "$TRAIN --detach >&- 2>&-").returncode == 0
    until(lambda: read_state(tmp_path / "run" / "state.json").status == "complete")


def test_a_parent_that_was_killed_leaves_the_training(tmp_path: Path) -> None:
    receiving, sending = os.pipe()
    os.close(receiving)
    argv = command(*SHORT, "--output", str(tmp_path / "run"), "--ready-fd", str(sending))
    assert subprocess.run(argv, pass_fds=(sending,), timeout=60).returncode == 0
    os.close(sending)
    assert read_state(tmp_path / "run" / "state.json").status == "complete"


@pytest.mark.parametrize(("flag", "module"), [("--detach", "csv.py"), ("--headless", "kan_monitor.py")])
def test_modules_in_the_working_directory_do_not_run(tmp_path: Path, flag: str, module: str) -> None:
    (tmp_path / module).write_text("open('it.has.run', 'w')")
    code = f"import sys; from kan_trainer.cli import main; sys.exit(main({[*SHORT, '--output', 'run', flag]}))"
    result = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, timeout=120)
    assert result.returncode == 0
    until(lambda: read_state(tmp_path / "run" / "state.json").status == "complete")
    assert not (tmp_path / "it.has.run").exists()
