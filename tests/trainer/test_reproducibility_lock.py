"""The lock file: what every training leaves in it, and what a reader makes of one that is damaged."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import torch
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared.errors import KanError, NewerSchema
from kan_trainer.cli import main
from kan_trainer.reproducibility import machine
from kan_trainer.reproducibility.lock import MAX_YAML_BYTES, Lock, Resumed, read_lock, write_lock
from kan_trainer.reproducibility.repository import git_commit
from kan_trainer.reproducibility.versions import versions_of

from .commands import LONG, SHORT, start_and_signal
from .locks import LOCK

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
TINY = [*SHORT, "--checkpoint-every", "10"]


def lock_in(directory: Path) -> Lock:
    return read_lock(directory / "reproducibility.lock")


@given(
    seed=st.integers(0, 2**63 - 1),
    words=st.dictionaries(texts, texts, max_size=5),
    text=texts,
    resumed=st.lists(st.builds(Resumed, timestamp=texts, differences=st.lists(texts, max_size=3).map(tuple))),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(
    tmp_path: Path, seed: int, words: dict[str, str], text: str, resumed: list[Resumed]
) -> None:
    tracked = msgspec.structs.replace(LOCK.experiment, id=text, git_commit=None, resumed=tuple(resumed))
    lock = msgspec.structs.replace(LOCK, seed=seed, environment=words, cuda_version=text, experiment=tracked)
    write_lock(tmp_path / "lock", lock)
    assert read_lock(tmp_path / "lock") == lock


def test_it_has_the_fields_that_were_specified(tmp_path: Path) -> None:
    write_lock(tmp_path / "lock", LOCK)
    content = yaml.safe_load((tmp_path / "lock").read_text())
    assert {"cuda_version", "cudnn_version", "torch_version", "dependencies", "hardware", "checksum"} <= content.keys()
    assert {"gpu", "driver"} <= content["hardware"].keys()
    assert content["checksum"].keys() >= {"model", "dataset", "adapters"}
    assert content["experiment"].keys() >= {"id", "timestamp", "git_commit", "config_hash"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is damaged"),
        (b"\xff\xfe\x00", "is no YAML file"),
        (b"{" * 5000, "is no YAML file"),
        (b"- 1\n- 2\n", "is damaged"),
        (b"seed: !!python/object:os.system {}\n", "is no YAML file"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nseed: [*b, *b]\n", "is damaged"),
        (b"seed: 1\n", "is damaged"),
        (b"#" * (MAX_YAML_BYTES + 1), "is longer than any such file"),
    ],
)
def test_a_damaged_lock_is_said_to_be_one(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "reproducibility.lock"
    path.write_bytes(content)
    with pytest.raises(KanError, match=complaint) as raised:
        read_lock(path)
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 500


def test_a_pipe_in_its_place_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    with pytest.raises(KanError, match="cannot be read"):
        read_lock(tmp_path / "lock")


def test_a_later_lock_is_left_to_a_later_version(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("schema_version: 2\nseed: none\n")
    with pytest.raises(NewerSchema, match="later version"):
        read_lock(tmp_path / "lock")


def test_a_training_leaves_one(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b,y\n" + "\n".join(f"{n},{n % 7},{n * 2}" for n in range(60)))
    argv = ["regress", "--csv", str(tmp_path / "data.csv"), "--target", "y", "--epochs", "2", "--seed", "7"]
    assert main([*argv, "--output", str(tmp_path / "run")]) == 0
    lock = lock_in(tmp_path / "run")
    assert (lock.seed, lock.torch_version, lock.hardware.threads) == (7, str(torch.__version__), 1)
    assert lock.hardware.cpu_capability == torch.backends.cpu.get_cpu_capability()
    data = hashlib.sha256((tmp_path / "data.csv").read_bytes()).hexdigest()
    assert (lock.checksum.dataset, lock.checksum.model) == (f"sha256:{data}", None)
    weights = lock.checksum.adapters
    assert sorted(weights) == ["checkpoints/best/model.safetensors", "checkpoints/step-2/model.safetensors"]
    for name, known in weights.items():
        assert known == f"sha256:{hashlib.sha256((tmp_path / 'run' / name).read_bytes()).hexdigest()}"
    assert lock.experiment.id == "run" and lock.experiment.finished is not None


def test_it_is_there_while_the_training_goes_and_stays_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "run"
    start_and_signal(directory, 150, signal.SIGTERM, *LONG)
    begun = lock_in(directory)
    assert (begun.checksum.adapters, begun.experiment.finished) == ({}, None)
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    assert main(["regress", "--resume", "--output", str(directory)]) == 0
    ended = lock_in(directory)
    (resumed,) = ended.experiment.resumed
    assert resumed.differences == ("environment variable MKL_CBWR none there, COMPATIBLE here",)
    assert "not as when the run began: environment variable MKL_CBWR" in (directory / "training.log").read_text()
    assert ended.experiment.timestamp == begun.experiment.timestamp and ended.environment == begun.environment
    assert ended.experiment.finished is not None and len(ended.checksum.adapters) == 2


def test_a_lock_that_cannot_be_written_does_not_end_the_training(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    (directory / "reproducibility.lock").mkdir(parents=True)
    assert main([*TINY, "--output", str(directory)]) == 0
    assert "reproducibility.lock cannot be written" in (directory / "training.log").read_text()


def test_the_commit_is_that_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert git_commit() == (None, None)
    identity = ["-c", "user.name=n", "-c", "user.email=e"]
    (tmp_path / "file").write_text("as it was")
    for command in (["init", "-q"], ["add", "file"], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    assert git_commit() == (commit, False)
    (tmp_path / "file").write_text("changed")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    subprocess.run(["git", "config", "core.fsmonitor", str(trap)], check=True)
    assert git_commit() == (commit, True)
    assert not (tmp_path / "sprung").exists()
    monkeypatch.setenv("PATH", "/nowhere")
    assert git_commit() == (None, None)


def test_only_instructions_that_sums_are_made_with_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cpuinfo = (
        "processor : 0\nmodel name : Some CPU\nflags : fpu smep smap avx2 avx512_bf16 amx_tile fma\n\nprocessor : 1"
    )
    (tmp_path / "cpuinfo").write_text(cpuinfo)
    monkeypatch.setattr(machine, "_CPUINFO", tmp_path / "cpuinfo")
    found = machine.hardware("cpu", 3)
    assert (found.cpu, found.cpu_flags) == ("Some CPU", ("amx_tile", "avx2", "avx512_bf16", "fma"))
    assert (found.threads, found.device, found.gpu) == (3, "cpu", None)
    monkeypatch.setattr(machine, "_CPUINFO", tmp_path / "none")
    assert machine.hardware("cpu", 1).cpu_flags == ()


def test_the_environment_is_what_mathematical_libraries_heed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ONEDNN_MAX_CPU_ISA": "AVX2", "AWS_SECRET_ACCESS_KEY": "secret", "MKL_X": "a" * 1000}.items():
        monkeypatch.setenv(name, value)
    found = machine.environment()
    assert found["ONEDNN_MAX_CPU_ISA"] == "AVX2" and len(found["MKL_X"]) == 400
    assert "secret" not in found.values()


def test_versions_are_those_that_a_task_needs() -> None:
    assert {"torch", "numpy", "kan-monitor"} <= versions_of("regress").keys()
    assert "scikit-learn" in versions_of("classify") and "scikit-learn" not in versions_of("regress")
    assert "nothing" not in versions_of("nothing")


def test_importing_it_loads_no_torch_and_no_yaml() -> None:
    modules = "keeping, comparison, reproduction, hashes, machine, lock, versions"
    code = f"import sys; from kan_trainer.reproducibility import {modules}; import kan_trainer.tools.reproduce"
    done = subprocess.run([sys.executable, "-c", f"{code}; print(*sys.modules)"], capture_output=True, text=True)
    assert done.returncode == 0
    assert {"torch", "yaml", "transformers"} & set(done.stdout.split()) == set()
