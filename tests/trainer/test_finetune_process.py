"""`kan-train finetune` as processes: killed, and told what cannot be."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from .commands import command, series, start_and_signal
from .small_finetuning import adapter_sha256
from .tiny_models import tiny_model_folder


@pytest.fixture(scope="module", autouse=True)
def _offline() -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"


def arguments(base: Path, corpus: Path, **more: object) -> list[str]:
    """Twenty steps with a checkpoint at every third."""
    told: dict[str, object] = {"model": base, "dataset": corpus, "method": "lora", "rank": 4, "epochs": 5}
    told |= {"batch-size": 2, "gradient-accumulation-steps": 4, "learning-rate": 0.01, "save-steps": 3, "threads": 1}
    told |= {"device": "cpu", "sample-count": 0, "validate-steps": 10, **more}
    return ["finetune", *(part for name, value in told.items() for part in (f"--{name}", str(value)))]


#: kan-train, which dies while it writes the second file of a checkpoint.
DYING = """
import os, signal, sys
from kan_trainer.cli import main
from kan_trainer.training import checkpoint

written = checkpoint._write_durably

def dying(path, content):
    if path.parent.name == ".step-6.new" and path.name == "training.safetensors":
        path.write_bytes(content[:99])
        os.kill(os.getpid(), signal.SIGKILL)
    written(path, content)

checkpoint._write_durably = dying
main(sys.argv[1:])
"""


def same_stream(directory: Path, whole: Path) -> bool:
    found, expected = ({step: value for step, value, _ in series(place, "train/loss")} for place in (directory, whole))
    return found == expected


def test_a_run_that_is_killed_again_and_again_ends_in_the_same_bytes(
    model_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    """kill -9 in the midst of a save, then in the midst of an epoch: stream and adapter are the same."""
    told = arguments(model_folder, corpus)
    assert subprocess.run(command(*told, "--output", str(tmp_path / "whole")), timeout=120).returncode == 0
    killed = tmp_path / "killed"
    dying = subprocess.run([sys.executable, "-c", DYING, *told, "--output", str(killed)], timeout=120)
    assert dying.returncode == -signal.SIGKILL
    assert (killed / "checkpoints" / ".step-6.new" / "training.safetensors").stat().st_size == 99
    code, _ = start_and_signal(killed, 13, signal.SIGKILL, "finetune", "--resume")
    assert code == -signal.SIGKILL
    last = subprocess.run(command("finetune", "--resume", "--output", str(killed)), capture_output=True, text=True)
    assert (last.returncode, last.stderr) == (0, "")
    assert same_stream(killed, tmp_path / "whole")
    for name in ("step-20", "best"):
        assert adapter_sha256(killed, name) == adapter_sha256(tmp_path / "whole", name)


BAD: dict[str, tuple[Mapping[str, object], str]] = {
    "no such data set": ({"dataset": "/no/such.jsonl"}, r"there is no corpus /no/such\.jsonl"),
    "no such model": ({"model": "/no/such/model"}, r"there is no folder /no/such/model"),
    "no such module": ({"target-modules": "q_proj,qkv"}, r"no linear layer qkv; it has down_proj, gate_proj"),
    "too little room": ({"max-length": 40}, r"none of the 30 rows fits into 40 tokens"),
    "a longer answer": ({"max-length": 100, "too-long": "refuse"}, r"row \d+ .*has \d+ tokens"),
    "pad is the end": ({"pad-token": "<|im_end|>"}, r"<\|im_end\|>"),
    "no CUDA": ({"device": "cuda"}, r"there is no CUDA device"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_a_mistake_is_one_sentence(
    model_folder: Path, corpus: Path, tmp_path: Path, mistake: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from kan_trainer.cli import main

    changes, complaint = BAD[mistake]
    assert main([*arguments(model_folder, corpus, **changes), "--output", str(tmp_path / "run")]) == 2
    told = capfd.readouterr().err
    assert told.startswith("kan-train: ") and told.count("\n") == 1 and told.endswith(".\n")
    assert re.search(complaint, told, re.IGNORECASE)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("split", "content", "complaint"),
    [
        ("train", '{"input": "fn f() {}"}\n{"input": 3, "output": "x"}\n', r"train\.jsonl.*\b1\b"),
        ("train", "", "train"),
        ("validation", "", "validation"),
    ],
)
def test_a_bad_corpus_is_one_sentence(
    model_folder: Path, corpus: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], split: str, content: str,
    complaint: str,
) -> None:  # fmt: skip
    from kan_trainer.cli import main

    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("train", "validation", "test"):
        (bad / f"{name}.jsonl").write_text((corpus / f"{name}.jsonl").read_text() if name != split else content)
    assert main([*arguments(model_folder, bad), "--output", str(tmp_path / "run")]) == 2
    told = capfd.readouterr().err
    assert told.startswith("kan-train: ") and told.count("\n") == 1
    assert re.search(complaint, told)


def test_four_bits_where_bitsandbytes_has_none_are_refused(
    model_folder: Path, corpus: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import bitsandbytes.functional

    from kan_trainer.cli import main

    def unsupported(*_: object, **__: object) -> None:
        raise RuntimeError("no kernel for this device. Look elsewhere")

    monkeypatch.setattr(bitsandbytes.functional, "quantize_4bit", unsupported)
    assert main([*arguments(model_folder, corpus, method="qlora"), "--output", str(tmp_path / "run")]) == 2
    assert capfd.readouterr().err == (
        "kan-train: bitsandbytes cannot hold weights in 4 bits on cpu (no kernel for this device): use --method lora.\n"
    )


def test_a_model_whose_weights_are_a_pickle_is_refused(
    corpus: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import torch

    from kan_trainer.cli import main

    folder = tiny_model_folder(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    assert main([*arguments(folder, corpus), "--output", str(tmp_path / "run")]) == 2
    assert "cannot be loaded" in capfd.readouterr().err
