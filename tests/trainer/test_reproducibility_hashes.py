"""Checksums of files, folders, rows and settings."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from kan_trainer.reproducibility.hashes import (
    code_sha256,
    file_sha256,
    folder_sha256,
    rows_sha256,
    settings_sha256,
    weights_sha256,
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="ascii")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=3)
    ),
    max_leaves=8,
)


def model_in(folder: Path, names: list[str]) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f"content of {name}")
    return folder


def test_of_a_file_it_is_what_sha256sum_says(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(content)
    assert file_sha256(tmp_path / "file") == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_of_a_folder_it_is_that_of_the_list_of_its_files(tmp_path: Path) -> None:
    """So that anybody can check it: `sha256sum` of these lines."""
    folder = model_in(tmp_path / "model", ["model.safetensors", "config.json"])
    lines = "".join(f"{name} {file_sha256(folder / name)}\n" for name in ("config.json", "model.safetensors"))
    assert folder_sha256(folder) == f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


def test_a_folder_is_its_model_and_nothing_beside_it(tmp_path: Path) -> None:
    names = ["model.safetensors", "config.json", "tokenizer.json"]
    one, other = model_in(tmp_path / "one", names), model_in(tmp_path / "other", names[::-1])
    (other / "README.md").write_text("beside it")
    (other / "runs").mkdir()
    assert folder_sha256(one) == folder_sha256(other)
    (other / "config.json").rename(other / "generation_config.json")
    assert folder_sha256(one) != folder_sha256(other)


def test_a_folder_without_a_model_has_none(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none of the files"):
        folder_sha256(model_in(tmp_path / "empty", ["README.md"]))


def test_a_pipe_in_a_folder_keeps_nobody_waiting(tmp_path: Path) -> None:
    folder = model_in(tmp_path / "model", ["config.json"])
    os.mkfifo(folder / "model.safetensors")
    with pytest.raises(OSError, match="not a regular file"):
        folder_sha256(folder)


def test_rows_are_told_apart_by_their_order_and_by_where_they_end() -> None:
    class Row(Struct):
        input: str
        output: str

    rows = [Row("a", "b"), Row("c", "d")]
    assert rows_sha256(rows) == rows_sha256(iter(rows)) == rows_sha256([{"output": "b", "input": "a"}, rows[1]])
    assert len({rows_sha256(rows), rows_sha256(rows[::-1]), rows_sha256([Row("a\n", "b"), rows[1]])}) == 3


@given(st.dictionaries(st.text(st.characters(codec="ascii"), min_size=1), plain, max_size=4))
def test_settings_are_the_same_in_any_order_and_after_their_file(config: dict[str, Any]) -> None:
    backwards = dict(reversed(config.items()))
    written = yaml.safe_load(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    assert settings_sha256(config) == settings_sha256(backwards) == settings_sha256(written)
    assert settings_sha256({**config, "one": "more"}) != settings_sha256(config)


def test_of_the_code_there_is_one(tmp_path: Path) -> None:
    assert code_sha256() == code_sha256()


def test_weights_are_the_newest_and_the_best(tmp_path: Path) -> None:
    for name in ("step-9", "step-10", "best", ".step-11.new", "step-x"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        (tmp_path / "checkpoints" / name / "adapter_model.safetensors").write_text(name)
        (tmp_path / "checkpoints" / name / "training.safetensors").write_text("moments")
    best, newest = (f"checkpoints/{name}/adapter_model.safetensors" for name in ("best", "step-10"))
    assert weights_sha256(tmp_path) == {name: file_sha256(tmp_path / name) for name in (best, newest)}
    assert weights_sha256(tmp_path / "nowhere") == {}
