"""`kan-train` as it is used: real processes, real files, real signals."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kan_shared.store import read_state
from kan_trainer import Run
from kan_trainer.cli import main

from .commands import LONG, SHORT, best, command, run, series, steps_recorded, until


def test_a_sinusoid_is_learned_to_a_hundred_thousandth(tmp_path: Path) -> None:
    result = run("regress", "--function", "sinusoid", cwd=tmp_path)
    assert result.returncode == 0
    (directory,) = (tmp_path / "experiments").iterdir()
    assert series(directory, "validation/mse")[-1][1] < 1e-5
    assert re.search(rf"see all of it with: \S*kan-monitor experiments/{directory.name}\n", result.stdout)
    assert re.search(r"sinusoid sin\(2πx\): MSE \d\.\d+e-0[67], R² 1.0000 after 4800 steps", result.stdout)
    state = read_state(directory / "state.json")
    assert (state.status, state.step, state.total_steps, state.epoch) == ("complete", 4800, 4800, 300)
    assert (state.task, state.model) == ("regress sinusoid sin(2πx)", "KAN [1, 8, 1]")
    log = (directory / "training.log").read_text().splitlines()
    assert len(log) > 300 and "epoch 300, step 4800: validation loss" in log[-1]


def test_digits_are_told_apart(tmp_path: Path) -> None:
    assert main(["classify", "--dataset", "digits", "--output", str(tmp_path / "digits")]) == 0
    assert series(tmp_path / "digits", "validation/accuracy")[-1][1] >= 0.975
    assert best(tmp_path / "digits")["validation/accuracy"][0] > 0.95
    assert read_state(tmp_path / "digits" / "state.json").goals == {"validation/accuracy": "maximize"}


def test_a_table_is_learned_and_resumed_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"{a},{b},{a * b + a}" for a in range(12) for b in range(12)]
    Path("data.csv").write_text("\n".join(["a,b,y", *rows]))
    argv = ["regress", "--csv", "data.csv", "--target", "y", "--epochs", "20", "--checkpoint-every", "5"]
    assert main([*argv, "--output", "run"]) == 0
    assert series(Path("run"), "validation/r2")[-1][1] > 0.9
    state, resume = tmp_path / "run" / "state.json", ["regress", "--resume", "--output", str(tmp_path / "run")]
    state.write_text(state.read_text().replace('"complete"', '"stopped"'))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert main(resume) == 0
    (tmp_path / "data.csv").write_text("\n".join(["a,b,y", *reversed(rows)]))
    state.write_text(state.read_text().replace('"complete"', '"stopped"'))
    capsys.readouterr()
    assert main(resume) == 2
    complaint = "kan-train: y in data.csv: the data has changed since the run began, so it cannot go on.\n"
    assert capsys.readouterr().err == complaint


def test_columns_can_be_left_out(tmp_path: Path) -> None:
    rows = [f"row{a},{a},{b},{2 * a + b},{a}" for a in range(12) for b in range(12)]
    (tmp_path / "data.csv").write_text("\n".join(["name,a,b,y,copy", *rows]))
    argv = ["regress", "--csv", str(tmp_path / "data.csv"), "--target", "y", "--epochs", "2"]
    assert main([*argv, "--exclude-columns", "name,copy", "--output", str(tmp_path / "run")]) == 0
    assert read_state(tmp_path / "run" / "state.json").model == "KAN [2, 8, 1]"


def test_headless_shows_its_own_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--output", str(tmp_path / "run"), "--headless", "--format", "json"]) == 0
    told = capfd.readouterr()
    last = json.loads(told.out.splitlines()[-1])
    assert (last["status"], last["step"]) == ("Complete", 32)
    assert "MSE" in told.err


@pytest.mark.parametrize(
    ("argv", "code", "complaint"),
    [
        ([], 2, "the following arguments are required: TASK"),
        (["regress"], 2, "say what to learn: --function NAME, or --csv FILE --target COLUMN."),
        (["regress", "--csv", "table.csv", "--target", "z"], 2, "has no column 'z': its columns are a, y."),
        (["regress", "--csv", "table.csv", "--target", "y"], 2, "line 3, column 'a': nan is nothing to learn from."),
        (["regress", "--function", "runge", "--exclude-columns", "a"], 2, "and none is learned: say --csv FILE."),
        (["regress", "--function", "sinusoid", "--device", "cuda"], 2, "there is no CUDA device"),
        (["regress", "--function", "sinusoid", "--output", "taken"], 2, "taken holds a run already"),
        (["regress", "--function", "sinusoid", "--output", "table.csv"], 2, "table.csv cannot be written"),
        (["regress", "--function", "sinusoid", "--config", "own.yaml"], 2, "own.yaml: there is no setting trainin"),
        (["regress", "--resume", "--output", "nowhere"], 5, "nowhere holds no run of kan-train"),
        (["regress", "--function", "sinusoid", "--detach", "--headless"], 2, "choose one."),
    ],
)
def test_a_mistake_is_one_sentence_and_overwrites_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    code: int,
    complaint: str,
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    files = {"table.csv": "a,y\n1,2\nnan,3\n", "own.yaml": "trainin: {}", "taken/state.json": "{}"}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert main(argv) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("kan-train: ") and complaint in told.err
    assert told.err.count("\n") == 1
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(files)
    assert all((tmp_path / name).read_text() == content for name, content in files.items())


def test_two_trainings_never_share_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = subprocess.Popen(command(*LONG, "--output", str(tmp_path)), stdout=subprocess.DEVNULL)
    until(lambda: steps_recorded(tmp_path) > 0)
    first.send_signal(signal.SIGSTOP)  # it holds the directory for as long as it lives
    assert main(["regress", "--resume", "--output", str(tmp_path)]) == 2
    complaint = capsys.readouterr().err
    assert re.fullmatch(rf"kan-train: {tmp_path} is being written by process {first.pid} .*\n", complaint)
    first.send_signal(signal.SIGCONT)
    first.kill()
    first.wait()
    steps = [step for step, _, _ in series(tmp_path, "train/loss")]
    assert steps == list(range(1, len(steps) + 1))


def test_a_training_that_diverges_may_end_in_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["regress", "--function", "runge", "--learning-rate", "1e30", "--clip", "0", "--on-divergence", "stop"]
    assert main([*argv, "--output", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert re.match(r"kan-train: the validation loss is (nan|inf) at step \d+; begin anew with a lower ", told)
    state = read_state(tmp_path / "state.json")
    assert state.status == "error" and state.message is not None and "validation loss" in state.message


def test_a_training_that_is_told_so_stops_at_nan_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["regress", "--function", "runge", "--learning-rate", "1e30", "--clip", "0", "--epochs", "100000"]
    assert main([*argv, "--stop-on", "nan,diverge", "--output", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert re.match(r"kan-train: \w+/loss is (NaN|Infinity) at step \d+; begin anew with a lower learning rate: ", told)
    state = read_state(tmp_path / "state.json")
    assert state.status == "error" and state.message is not None
    assert told.startswith(f"kan-train: {state.message}; ")


def test_after_nan_the_line_that_it_tells_begins_anew_more_slowly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    argv = ["regress", "--function", "runge", "--learning-rate", "1e30", "--clip", "0", "--output", "a run"]
    assert main([*argv, "--stop-on", "nan", "--tag", "fast"]) == 1
    _, *again = shlex.split(capsys.readouterr().err.rpartition("learning rate: ")[2])
    rest = ["--learning-rate", "1e+29", "--tag", "fast", "--stop-on", "nan"]
    assert again == ["regress", "--config", "a run/config.yaml", *rest]
    assert main([*again, "--learning-rate", "0.01", "--epochs", "2", "--output", "another"]) == 0
    assert "function: runge" in (tmp_path / "another" / "config.yaml").read_text()


def test_tags_and_the_planned_rate_are_in_the_state(tmp_path: Path) -> None:
    assert main([*SHORT, "--tag", "baseline", "--tag", "no warm-up", "--output", str(tmp_path / "run")]) == 0
    state = read_state(tmp_path / "run" / "state.json")
    assert state.tags == ("baseline", "no warm-up")
    assert list(state.learning_rate_plan) == [
        (step, rate) for step, rate, _ in series(tmp_path / "run", "learning_rate")
    ]
    assert not state.allows_control


def test_without_torch_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(command(*SHORT), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "kan-train: kan-train needs PyTorch, which is not installed: pip install 'kan-monitor[train]' brings it.\n"
    )
    assert not (tmp_path / "experiments").exists()


@pytest.mark.parametrize("module", ["kan_trainer.cli", "kan_trainer.kan", "kan_trainer.config"])
def test_importing_loads_no_torch(module: str) -> None:
    code = f"import {module}, sys; print(sorted({{'torch', 'numpy', 'yaml', 'sklearn'}} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout == "[]\n", result.stderr


@pytest.mark.parametrize("task", ["regress", "classify", "dqn2048"])
def test_help_shows_every_flag_with_its_default(task: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([task, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert f"--batch-size SIZE examples a step ({256 if task == 'dqn2048' else 64})" in told
    assert {
        "regress": "passes over the examples (300)",
        "classify": "passes over the examples (30)",
        "dqn2048": "games that are played at once; each makes a move a step (1024)",
    }[task] in told


def test_a_file_cannot_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text("\x1b]0;pwned\x07,b\n" + "".join(f"{n * n},{n}\n" for n in range(20)))
    assert main(["regress", "--csv", str(table), "--target", "y"]) == 2
    argv = ["regress", "--csv", str(table), "--target", "\x1b]0;pwned\x07", "--epochs", "1"]
    assert main([*argv, "--output", str(tmp_path / "run")]) == 0
    told = capsys.readouterr()
    assert "pwned" in told.err and "pwned" in told.out
    assert "\x1b" not in told.err + told.out and "\x07" not in told.err + told.out


def test_the_wrong_directory_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for resume in ([], ["--resume"]):
        assert main([*SHORT, "--output", str(tmp_path / ("x" * 300)), *resume]) == 2
        told = capsys.readouterr().err
        assert told.endswith("cannot be used (File name too long).\n") and told.count("\n") == 1


def test_a_running_one_is_said_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Run(tmp_path / "run"):
        assert main([*SHORT, "--output", str(tmp_path / "run")]) == 2
    assert f"is being written by process {os.getpid()} on " in capsys.readouterr().err
    assert main([*SHORT, "--output", str(tmp_path / "run")]) == 2
    assert "holds a run already: pass --resume to go on with it, or choose" in capsys.readouterr().err


def test_checkpoints_that_cannot_be_read_are_not_trained_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SHORT, "--output", str(tmp_path)]) == 0
    state, (model,) = tmp_path / "state.json", (tmp_path / "checkpoints").glob("step-*/model.safetensors")
    state.write_text(state.read_text().replace('"complete"', '"stopped"'))
    model.write_bytes(b"")
    capsys.readouterr()
    assert main(["regress", "--resume", "--output", str(tmp_path)]) == 2
    assert f"kan-train: none of the checkpoints in {tmp_path}/checkpoints can be read" in capsys.readouterr().err
    assert model.exists()
