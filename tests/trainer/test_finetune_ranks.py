"""`kan-train finetune` by several processes, each with the whole model (DDP) or a part of it (FSDP2): what one alone
learns, whatever ends it, and whoever goes on with it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from torch import distributed
from torch.distributed.tensor import DTensor

from kan_shared.control import make_request, put_request
from kan_shared.experiment import Experiment
from kan_shared.store import read_state
from kan_trainer.finetune.ranks import Sharded

from .commands import series, steps_recorded, until
from .several_ranks import Ranks, done
from .small_finetuning import adapter_sha256, settings, tune, tuning
from .small_training import Crash, train_in

SHARDINGS = ("ddp", "fsdp")
STEPS = 15
CONTROL = "--allow-control"


def arguments(base: Path, corpus: Path, output: Path, **more: object) -> list[str]:
    """Three epochs of five steps, whose micro-batches do not come out even between two."""
    told: dict[str, object] = {"model": base, "dataset": corpus, "method": "lora", "rank": 4, "epochs": 3}
    told |= {"batch-size": 2, "gradient-accumulation-steps": 3, "learning-rate": 0.01, "save-steps": 3, "threads": 1}
    told |= {"device": "cpu", "validate-steps": 5, "precision": "float32", "dropout": 0.1, "output": output}
    told |= {"sample-count": 1, "sample-tokens": 4, **more}
    return ["finetune", *(part for name, value in told.items() for part in (f"--{name}", str(value)))]


def values(directory: Path, name: str = "train/loss") -> dict[int, float]:
    return {step: value for step, value, _ in series(directory, name)}


def samples(directory: Path) -> list[str]:
    lines = (directory / "samples.jsonl").read_text().splitlines()
    return [json.loads(line)["generated"] for line in lines]


@pytest.fixture(scope="module")
def whole(model_folder: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of LoRA that nothing interrupted, by one process and by two with either sharding."""
    folder = tmp_path_factory.mktemp("whole")
    done(1, folder, *arguments(model_folder, corpus, folder / "one"))
    for sharding in SHARDINGS:
        done(2, folder, *arguments(model_folder, corpus, folder / sharding, sharding=sharding))
    return folder


@pytest.mark.parametrize("sharding", SHARDINGS)
def test_two_processes_learn_what_one_does(whole: Path, sharding: str) -> None:
    """With dropout: what is dropped depends on the row's place in the run, not on who computes it."""
    one, two = whole / "one", whole / sharding
    assert len(values(one)) == STEPS and values(one)[STEPS] < values(one)[1]
    for name in ("train/loss", "validation/loss"):
        assert values(two, name) == pytest.approx(values(one, name), abs=1e-5)
    assert samples(two) == samples(one)
    assert read_state(Experiment(two).state).world_size == 2
    assert os.listdir(two / "ranks") == ["1.json"]


@pytest.mark.parametrize(("method", "sharding"), [("qlora", "ddp"), ("qlora", "fsdp"), ("full", "fsdp")])
def test_all_methods_learn_the_same(
    model_folder: Path, corpus: Path, tmp_path: Path, method: str, sharding: str
) -> None:
    told = {"method": method, "epochs": 1, "learning-rate": 0.002}
    done(1, tmp_path, *arguments(model_folder, corpus, tmp_path / "one", **told))
    done(2, tmp_path, *arguments(model_folder, corpus, tmp_path / "two", sharding=sharding, **told))
    for name in ("train/loss", "validation/loss"):
        assert values(tmp_path / "two", name) == pytest.approx(values(tmp_path / "one", name), abs=1e-5)
    assert samples(tmp_path / "two") == samples(tmp_path / "one")


@pytest.mark.parametrize("sharding", SHARDINGS)
def test_a_process_that_is_killed_ends_the_run_which_goes_on_in_the_same_bytes(
    model_folder: Path, corpus: Path, tmp_path: Path, whole: Path, sharding: str
) -> None:  # fmt: skip
    """kill -9 of the second, and then of all: stream and adapter are the same as without."""
    directory = tmp_path / "run"
    ranks = Ranks(2, tmp_path, *arguments(model_folder, corpus, directory, sharding=sharding))
    until(lambda: steps_recorded(directory) >= 4)
    os.kill(ranks.processes[1].pid or 0, signal.SIGKILL)
    assert ranks.codes() == [1, -signal.SIGKILL]
    assert ranks.said[0].count("kan-train: one of the 2 processes that train together has ended") == 1
    assert "Traceback" not in "".join(ranks.said)
    state = read_state(Experiment(directory).state)
    assert state.status == "error" and "has ended or cannot be reached" in (state.message or "")

    ranks = Ranks(2, tmp_path, "finetune", "--resume", "--output", str(directory))
    until(lambda: steps_recorded(directory) >= 8)
    ranks.signal(signal.SIGKILL)
    assert ranks.codes() == [-signal.SIGKILL] * 2
    done(2, tmp_path, "finetune", "--resume", "--output", str(directory))
    assert values(directory) == values(whole / sharding)
    for name in (f"step-{STEPS}", "best"):
        assert adapter_sha256(directory, name) == adapter_sha256(whole / sharding, name)


@pytest.mark.parametrize(
    ("sharding", "number", "code", "count"), [("ddp", signal.SIGTERM, 143, 3), ("fsdp", signal.SIGINT, 130, 1)]
)
def test_a_signal_to_all_ends_in_a_checkpoint_that_any_number_goes_on_with(
    model_folder: Path, corpus: Path, tmp_path: Path, whole: Path, sharding: str, number: signal.Signals, code: int,
    count: int,
) -> None:  # fmt: skip
    directory = tmp_path / "run"
    ranks = Ranks(2, tmp_path, *arguments(model_folder, corpus, directory, sharding=sharding))
    until(lambda: steps_recorded(directory) >= 4)
    ranks.signal(number)
    assert ranks.codes() == [code, 0]
    state = read_state(Experiment(directory).state)
    assert (state.status, state.message) == ("stopped", f"stopped by {number.name}")
    assert (directory / "checkpoints" / f"step-{state.step}").is_dir()
    other = SHARDINGS[sharding == "ddp"]
    done(
        3 if number == signal.SIGTERM else 1,
        tmp_path,
        "finetune",
        "--resume",
        "--sharding",
        other,
        "--output",
        str(directory),
    )
    assert values(directory) == pytest.approx(values(whole / "one"), abs=1e-5)


@pytest.mark.parametrize("sharding", SHARDINGS)
def test_whatever_ends_it_early_ends_all(model_folder: Path, corpus: Path, tmp_path: Path, sharding: str) -> None:
    """A stop from a monitor, validations without a better one, and a loss that is no number."""
    asked = tmp_path / "asked"
    ranks = Ranks(
        2, tmp_path, *arguments(model_folder, corpus, asked, sharding=sharding, epochs=500), "--allow-control"
    )
    until(lambda: steps_recorded(asked) >= 4)
    for action in ("pause", "checkpoint", "stop"):
        state = read_state(Experiment(asked).state)
        request = make_request(action, run_id=state.run_id, segment=state.segment, now=time.time())
        put_request(Experiment(asked).control, request)
        until(lambda: not os.listdir(Experiment(asked).control))
    assert ranks.codes() == [143, 0]
    assert "from a monitor" in (read_state(Experiment(asked).state).message or "")

    early = {"learning-rate": 3.0, "validate-steps": 2, "early-stopping": 2, "epochs": 20}
    done(2, tmp_path, *arguments(model_folder, corpus, tmp_path / "early", sharding=sharding, **early))
    assert max(values(tmp_path / "early")) < 100

    wild = {"learning-rate": 1e30, "on-divergence": "stop", "gradient-clipping": 0}
    ranks = Ranks(2, tmp_path, *arguments(model_folder, corpus, tmp_path / "wild", sharding=sharding, **wild))
    assert ranks.codes() == [1, 0]
    assert read_state(Experiment(tmp_path / "wild").state).status == "error"


@pytest.fixture
def group() -> Iterator[None]:
    """A group of this process alone."""
    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


@pytest.mark.parametrize("method", ["lora", "qlora", "full"])
@pytest.mark.usefixtures("group")
def test_every_weight_is_in_parts(model_folder: Path, tmp_path: Path, method: str) -> None:
    """Those in 4 bits, too; and with one part the stream is the same to the last bit, across a crash."""
    config = settings(model_folder, {"model": {"method": method}, "training": {"learning_rate": 0.002}})
    whole = tune(config, tmp_path / "whole")
    assert not any(isinstance(parameter, DTensor) for parameter in whole.model.parameters())
    for crash_at in (6, 0):
        loop = tuning(config, Sharded(torch.device("cpu")))
        assert all(isinstance(parameter, DTensor) for parameter in loop.model.parameters())
        with pytest.raises(Crash) if crash_at else nullcontext():
            train_in(tmp_path / "parts", loop, crash_at)
    assert values(tmp_path / "parts") == values(tmp_path / "whole")
    for name in ("step-14", "best"):
        assert adapter_sha256(tmp_path / "parts", name) == adapter_sha256(tmp_path / "whole", name)


@pytest.mark.slow
def test_two_nodes_share_one_folder(model_folder: Path, corpus: Path, tmp_path: Path) -> None:
    """torchrun itself, with an agent for each of two nodes; the run is named by the first process."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        place = f"--rdzv-endpoint=localhost:{free.getsockname()[1]}"
    run = [sys.executable, "-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1", "--rdzv-backend=c10d"]
    told = [*run, place, "--rdzv-id=1", "-m", "kan_trainer", *arguments(model_folder, corpus, Path("auto"))]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    nodes = [
        subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
        for _ in range(2)
    ]
    said = [node.communicate(timeout=120) for node in nodes]
    assert [node.returncode for node in nodes] == [0, 0], said
    (directory,) = (tmp_path / "experiments").iterdir()
    assert sorted(bool(out) for out, _ in said) == [False, True]  # the first process alone tells of it
    assert len(values(directory)) == STEPS and os.listdir(directory / "ranks") == ["1.json"]


def test_a_mistake_is_told_once(model_folder: Path, corpus: Path, tmp_path: Path) -> None:
    told = arguments(model_folder, corpus, tmp_path / "run", **{"target-modules": "qkv"})
    ranks = Ranks(2, tmp_path, *told)
    assert ranks.codes() == [2, 2]
    assert "no linear layer qkv" in ranks.said[0] and ranks.said[0].count("\n") == 1
    assert ranks.said[1] == "" and not (tmp_path / "run").exists()
    few = arguments(model_folder, corpus, tmp_path / "run", **{"gradient-accumulation-steps": 1})
    ranks = Ranks(2, tmp_path, *few)
    assert ranks.codes() == [2, 2]
    assert "2 processes share the gradient_accumulation_steps of each step, of which there are 1" in ranks.said[0]
    good = arguments(model_folder, corpus, tmp_path / "run")
    ranks = Ranks(2, tmp_path, *good, last=("--target-modules", "qkv"))
    assert ranks.codes() == [2, 2] and "kan-train: rank 1 cannot take part: target_modules" in ranks.said[0]
    ranks = Ranks(2, tmp_path, *good, last=("--max-length", "100"))
    assert ranks.codes() == [2, 2] and "rank 1 would begin at step 0 of rows" in ranks.said[0]
    assert not (tmp_path / "run").exists()
    ranks = Ranks(2, tmp_path, *told, "--detach")
    assert ranks.codes() == [2, 2] and "start torchrun itself in the background" in ranks.said[0]
