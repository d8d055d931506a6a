"""`kan-train finetune` as processes: killed, several at once, and told what cannot be."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from kan_shared.store import read_state

from .commands import command, series, start_and_signal
from .small_finetuning import adapter_sha256
from .tiny_models import tiny_model_folder

CORPUS = 30


@pytest.fixture(scope="module", autouse=True)
def _offline() -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Functions that add, and tests of various lengths."""
    folder, chance = tmp_path_factory.mktemp("corpus"), random.Random(0)
    for split, count in (("train", CORPUS), ("validation", 4), ("test", 4)):
        with open(folder / f"{split}.jsonl", "w") as file:
            for number in range(count):
                name, more = f"add_{split}_{number}", chance.randrange(90)
                function = f"pub fn {name}(x: i64) -> i64 {{\n    x + {more}\n}}"
                asserts = "".join(f"    assert_eq!({name}({x}), {x + more});\n" for x in range(chance.randrange(1, 9)))
                row = {"input": function, "output": f"#[test]\nfn adds() {{\n{asserts}}}", "metadata": {"crate": name}}
                file.write(json.dumps(row) + "\n")
    return folder


def arguments(base: Path, corpus: Path, **more: object) -> list[str]:
    """Forty steps with a checkpoint at every third."""
    told: dict[str, object] = {"model": base, "dataset": corpus, "method": "lora", "rank": 4, "epochs": 10}
    told |= {"batch-size": 2, "gradient-accumulation-steps": 4, "learning-rate": 0.01, "save-steps": 3, "threads": 1}
    told |= {"device": "cpu", "sample-count": 0, "validate-steps": 10, **more}
    return ["finetune", *(part for name, value in told.items() for part in (f"--{name}", str(value)))]


def same_stream(directory: Path, whole: Path) -> bool:
    found, expected = ({step: value for step, value, _ in series(place, "train/loss")} for place in (directory, whole))
    return found == expected


def test_a_run_that_is_killed_again_and_again_ends_in_the_same_bytes(
    model_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    """kill -9 in the midst of epochs, and once after a checkpoint: stream and adapter are the same."""
    told = arguments(model_folder, corpus)
    assert subprocess.run(command(*told, "--output", str(tmp_path / "whole")), timeout=120).returncode == 0
    killed = tmp_path / "killed"
    code, _ = start_and_signal(killed, 8, signal.SIGKILL, *told)
    assert code == -signal.SIGKILL
    code, _ = start_and_signal(killed, 26, signal.SIGKILL, "finetune", "--resume")
    assert code == -signal.SIGKILL
    last = subprocess.run(command("finetune", "--resume", "--output", str(killed)), capture_output=True, text=True)
    assert (last.returncode, last.stderr) == (0, "")
    assert same_stream(killed, tmp_path / "whole")
    for name in ("step-40", "best"):
        assert adapter_sha256(killed, name) == adapter_sha256(tmp_path / "whole", name)


def torchrun(count: int, *argv: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={count}"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*run, "-m", "kan_trainer", *argv], capture_output=True, text=True, timeout=240, env=environment
    )


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_two_processes_learn_what_one_does(model_folder: Path, corpus: Path, tmp_path: Path, method: str) -> None:
    """With dropout: what is dropped depends on the row's place in the run, not on who computes it."""
    told = arguments(model_folder, corpus, epochs=3, method=method, precision="float32", dropout=0.1)
    told[told.index("--gradient-accumulation-steps") + 1] = "3"  # does not come out even
    for count in (1, 2):
        done = torchrun(count, *told, "--output", str(tmp_path / str(count)))
        assert done.returncode == 0, done.stderr
    one, two = ([value for _, value, _ in series(tmp_path / str(count), "train/loss")] for count in (1, 2))
    assert len(one) == 15 and one[-1] < one[0]
    assert two == pytest.approx(one, abs=1e-5)
    assert read_state(tmp_path / "2" / "state.json").world_size == 2
    assert (tmp_path / "2" / "ranks" / "1.json").exists()


def test_more_processes_than_there_is_work_are_refused(model_folder: Path, corpus: Path, tmp_path: Path) -> None:
    told = arguments(model_folder, corpus)
    told[told.index("--gradient-accumulation-steps") + 1] = "1"
    done = torchrun(2, *told, "--output", str(tmp_path / "run"))
    assert done.returncode != 0 and not (tmp_path / "run").exists()
    assert "2 processes share the gradient_accumulation_steps of each step, of which there are 1" in done.stderr


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
