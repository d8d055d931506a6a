"""`kan-train reproduce`: trainings that are done again, and every way in which they may not be the same."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

import pytest

from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.series import Record, SeriesFile, pack
from kan_trainer.cli import main
from kan_trainer.tools import reproduce

from .commands import LONG, SHORT, run, start_and_signal
from .conftest import Recorded

TASKS = {
    "regress": SHORT,
    "classify": ["classify", "--dataset", "digits", "--epochs", "1", "--hidden", "8"],
    "dqn2048": [
        "dqn2048",
        "--steps",
        "60",
        "--boards",
        "16",
        "--replay-size",
        "300",
        "--evaluation-games",
        "4",
        "--hidden",
        "8",
    ],
}


def again(directory: Path, *options: str) -> int:
    parser = argparse.ArgumentParser()
    reproduce.add_options(parser)
    return reproduce.run(parser.parse_args([str(directory), "--output", f"{directory}-again", *options]))


def change(directory: Path, series: str, step: int, value: float) -> None:
    """Puts another value, intact, in the place of what was recorded at `step`."""
    file = SeriesFile(Experiment(directory).series(series))
    file.refresh()
    kept = [record if record.step != step else record._replace(value=value) for record in file.tail(file.count)]
    file.path.write_bytes(pack(kept))


def value_at(directory: Path, series: str, step: int) -> Record:
    (found,) = [record for record in Recorded(directory).records(series) if record.step == step]
    return found


@pytest.mark.parametrize("task", TASKS)
def test_a_run_is_done_again_and_is_the_same(task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "run"
    assert run(*TASKS[task], "--output", str(directory)).returncode == 0
    before = Recorded(directory).content()
    assert again(directory) == 0
    said = capsys.readouterr().out
    assert "\nequal: " in said and "and the SHA-256 of checkpoints/" in said
    assert Recorded(directory).content() == before


def test_another_value_is_found_at_its_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "run"
    assert main([*SHORT, "--output", str(directory)]) == 0
    was = value_at(directory, "train/loss", 17).value
    change(directory, "train/loss", 17, 1.5)
    assert again(directory) == 1
    assert f"parted at step 17: train/loss 1.5 there, {was!r} here (at most " in capsys.readouterr().out


def test_a_damaged_value_is_found_at_its_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "run"
    assert main([*SHORT, "--output", str(directory)]) == 0
    path = Experiment(directory).series("train/loss")
    data = bytearray(path.read_bytes())
    data[16 * 32 + 20] ^= 1
    path.write_bytes(data)
    assert again(directory) == 1
    assert "parted at step 17: train/loss has no value there, " in capsys.readouterr().out


def test_other_weights_part_them_in_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "run"
    assert main([*SHORT, "--output", str(directory)]) == 0
    lock = directory / "reproducibility.lock"
    name = "checkpoints/step-32/model.safetensors"
    lines = [
        f"    {name}: sha256:0" if line.strip().startswith(name) else line for line in lock.read_text().splitlines()
    ]
    lock.write_text("\n".join(lines))
    assert again(directory) == 1
    said = capsys.readouterr().out
    assert f"not what the lock says: {name}" in said
    assert f"are equal, but not {name}\n" in said


def test_another_seed_is_another_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "run"
    assert main([*SHORT, "--output", str(directory)]) == 0
    config = directory / "config.yaml"
    config.write_text(config.read_text().replace("seed: 0", "seed: 1"))
    with pytest.raises(KanError, match=r"config\.yaml changed") as raised:
        again(directory)
    assert raised.value.exit_code == 2 and not Path(f"{directory}-again").exists()
    assert again(directory, "--anyway") == 1
    assert "parted at step 1: train/loss " in capsys.readouterr().out


def test_other_data_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{n},{n % 7},{n * 2}" for n in range(60)]
    data = tmp_path / "data.csv"
    data.write_text("\n".join(["a,b,y", *rows]))
    directory = tmp_path / "run"
    assert main(["regress", "--csv", str(data), "--target", "y", "--epochs", "2", "--output", str(directory)]) == 0
    data.write_text("\n".join(["a,b,y", *rows[::-1]]))
    with pytest.raises(KanError, match="the data changed since"):
        again(directory)
    assert again(directory, "--anyway") == 1
    data.unlink()
    with pytest.raises(KanError, match=r"data\.csv cannot be read"):
        again(directory)


def test_a_run_that_was_killed_and_resumed_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "run"
    start_and_signal(directory, 250, signal.SIGKILL, *LONG)
    assert main(["regress", "--resume", "--output", str(directory)]) == 0
    assert again(directory) == 0
    assert "\nequal: " in capsys.readouterr().out


def test_a_run_that_never_ended_is_the_same_as_far_as_it_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "run"
    start_and_signal(directory, 150, signal.SIGTERM, *LONG)
    assert again(directory) == 0
    said = capsys.readouterr().out
    assert "equal as far as it came: " in said and "of 2,400 (stopped), before there were final weights" in said


def test_what_cannot_be_done_again_is_said(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    with pytest.raises(KanError, match="cannot be read"):
        again(directory)
    assert main([*SHORT, "--output", str(directory)]) == 0
    with pytest.raises(KanError, match="lies in the run that is done again"):
        again(directory, "--output", str(directory / "inside"))
    (directory / "reproducibility.lock").unlink()
    with pytest.raises(KanError, match=r"has no reproducibility\.lock"):
        again(directory)
    (directory / "config.yaml").write_text("learning_rate: 1\n")
    with pytest.raises(KanError, match="was not written by kan-train"):
        again(directory)
