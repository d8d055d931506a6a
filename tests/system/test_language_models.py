"""From text to an answer, offline and by commands alone: a base, adapters over it in floats and in 4 bits, a model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

#: Enough for a base that knows more than chance, in seconds.
BASE = ("pretrain", "--max-megabytes", "0.5", "--vocabulary", "1024", "--hidden", "64", "--steps", "200")
TUNING = ("--learning-rate", "0.004", "--epochs", "2", "--gradient-accumulation-steps", "2", "--threads", "1",
          "--device", "cpu", "--validate-steps", "50", "--sample-tokens", "12", "--max-length", "768")  # fmt: skip


def command(name: str, *argv: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    told = [sys.executable, "-m", name, *map(str, argv)]
    done = subprocess.run(told, capture_output=True, text=True, timeout=280, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    assert done.returncode == code, done.stderr
    return done


def train(*argv: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    return command("kan_trainer", *argv, code=code)


def seen(directory: Path) -> dict[str, Any]:
    """What the monitor says of the run, as a machine reads it."""
    shown: dict[str, Any] = json.loads(command("kan_monitor", "--once", "--format", "json", directory).stdout)
    return shown


def validations(directory: Path) -> tuple[float, float]:
    """The loss before anything was learned, and the last one."""
    found = json.loads((directory / "metrics.json").read_text())["metrics"]["validation/loss"]
    return found["first"], found["value"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("base") / "run"
    train(*BASE, "--output", directory)
    first, last = validations(directory)
    assert last < first - 1.2
    return directory / "checkpoints" / "best"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shortest rows of the shipped one."""
    folder = tmp_path_factory.mktemp("corpus") / "rows"
    train("corpus", "rust-tests", "--write", folder)
    for split, count in (("train", 56), ("validation", 8), ("test", 8)):
        lines = (folder / f"{split}.jsonl").read_text().splitlines()
        (folder / f"{split}.jsonl").write_text("\n".join(sorted(lines, key=len)[:count]) + "\n")
    return folder


@pytest.mark.slow
def test_a_base_is_made_tuned_in_floats_and_in_four_bits_merged_and_asked(
    base: Path, corpus: Path, tmp_path: Path
) -> None:
    losses = {}
    for method in ("lora", "qlora"):
        run = tmp_path / method
        train("finetune", "--model", base, "--dataset", corpus, "--method", method, "--output", run, *TUNING)
        shown = seen(run)
        assert (shown["status"], shown["step"] > 5, shown["sample"] is not None) == ("Complete", True, True)
        first, losses[method] = validations(run)
        assert losses[method] == shown["validation_loss"] < first - 0.1
    assert losses["qlora"] == pytest.approx(losses["lora"], rel=0.01)  # what four bits cost

    told = train("merge", tmp_path / "qlora", "--output", tmp_path / "model").stdout
    drift = {line.split()[3]: float(line.split("divergence ")[1].split()[0]) for line in told.splitlines()[:2]}
    assert drift["dequantised"] <= drift["plain"] / 20
    answers = tmp_path / "answers.jsonl"
    asked = ("--dataset", corpus, "--split", "test", "--max-new-tokens", 12, "--output", answers)
    train("generate", "--model", tmp_path / "model", *asked)
    assert len([json.loads(line)["generated"] for line in answers.read_text().splitlines()]) == 8


@pytest.mark.slow
def test_a_tuning_is_done_again_and_is_the_same_to_the_last_bit(base: Path, corpus: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train("finetune", "--model", base, "--dataset", corpus, "--output", run, *TUNING)
    again = train("reproduce", run, "--output", tmp_path / "again")
    assert again.stdout.splitlines()[-1].startswith("equal: ")
    assert "the SHA-256 of checkpoints/best/adapter_model.safetensors" in again.stdout
    weights = base / "model.safetensors"
    content = weights.read_bytes()
    try:
        weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert "model" in train("reproduce", run, "--output", tmp_path / "other", code=2).stderr
    finally:
        weights.write_bytes(content)
