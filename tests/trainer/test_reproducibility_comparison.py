"""What two locks differ in: a sentence each, and what it can do."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kan_trainer.reproducibility.comparison import Consequence, differences
from kan_trainer.reproducibility.lock import Lock

from .locks import LOCK


def changed(path: str, value: Any) -> Lock:
    """`LOCK` with another value at `path`; `None` takes an entry away."""
    content = msgspec.to_builtins(LOCK)
    section, _, name = path.rpartition(".")
    (content[section] if section else content)[name] = value
    if section in ("dependencies", "environment") and value is None:
        del content[section][name]
    return msgspec.convert(content, Lock)


def test_a_lock_differs_from_itself_in_nothing() -> None:
    assert differences(LOCK, LOCK) == []


@pytest.mark.parametrize(
    ("path", "value", "text", "consequence"),
    [
        ("seed", 7, "seed 42 there, 7 here", "inputs"),
        ("checksum.model", "sha256:9", "the model's files changed", "inputs"),
        ("checksum.dataset", None, "the data unknown here", "inputs"),
        ("experiment.config_hash", "sha256:9", "config.yaml changed", "inputs"),
        ("torch_version", "2.12.0", "PyTorch 2.13.0+cu126 there, 2.12.0 here", "bits"),
        ("cudnn_version", None, "cuDNN 91002 there, none here", "bits"),
        ("dependencies.peft", "0.20", "peft 0.21.2 there, 0.20 here", "bits"),
        ("dependencies.peft", None, "peft 0.21.2 there, none here", "bits"),
        ("environment.MKL_CBWR", "AVX2", "environment variable MKL_CBWR none there, AVX2 here", "bits"),
        ("hardware.cpu_flags", ["amx", "avx2"], "processor's instructions avx512f only there, amx only here", "bits"),
        ("hardware.threads", 2, "CPU threads 1 there, 2 here", "bits"),
        ("hardware.gpu", "NVIDIA A100", "GPU NVIDIA H200 there, NVIDIA A100 here", "bits"),
        ("deterministic.cudnn_benchmark", True, "cudnn_benchmark no there, yes here", "bits"),
        ("checksum.code", "sha256:9", "the code of kan-train changed", "bits"),
        ("hardware.platform", "macOS", "operating system Linux there, macOS here", "nothing"),
        ("experiment.git_commit", "abc", "git commit ef30bd8 there, abc here", "nothing"),
        ("experiment.git_dirty", True, "changes that are not committed no there, yes here", "nothing"),
    ],
)
def test_a_difference_is_a_sentence(path: str, value: Any, text: str, consequence: Consequence) -> None:
    (found,) = differences(LOCK, changed(path, value))
    assert (found.text, found.consequence) == (text, consequence)


@pytest.mark.parametrize("path", ["experiment.timestamp", "experiment.finished", "experiment.id"])
def test_when_it_was_and_how_it_is_called_is_no_difference(path: str) -> None:
    assert differences(LOCK, changed(path, "other")) == []


def test_what_came_out_and_what_is_not_known_yet_is_no_difference() -> None:
    assert differences(LOCK, changed("checksum.adapters", {})) == []
    assert differences(LOCK, changed("deterministic", None)) == []


def test_the_gravest_comes_first() -> None:
    other = msgspec.structs.replace(changed("experiment.git_commit", "abc"), seed=1, python_version="3.14")
    assert [difference.consequence for difference in differences(LOCK, other)] == ["inputs", "bits", "nothing"]


def test_every_entry_of_a_lock_is_compared_or_left_out_on_purpose() -> None:
    """A new field must not be forgotten."""
    left_out = {"schema_version", "checksum.adapters"} | {f"experiment.{name}" for name in ("id", "timestamp")}
    left_out |= {"experiment.finished", "experiment.resumed"}
    paths = set()
    for key, value in msgspec.to_builtins(LOCK).items():
        paths |= {f"{key}.{name}" for name in value} if isinstance(value, dict) else {key}
    for path in paths - left_out:
        section, _, name = path.rpartition(".")
        content = msgspec.to_builtins(LOCK)
        place = content[section] if section else content
        place[name] = _other(place[name])
        assert len(differences(LOCK, msgspec.convert(content, Lock))) == 1, path


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return [*value, "more"] if isinstance(value, list | tuple) else f"{value}0"
