"""A tokenizer that training would go wrong with in silence is refused in one sentence."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from kan_shared.errors import UsageError
from kan_trainer.finetune.tokenizer import load_tokenizer


def changed(source: Path, folder: Path, **settings: Any) -> Path:
    """A copy of a tokenizer with other settings; `None` takes one away."""
    shutil.copytree(source, folder)
    file = folder / "tokenizer_config.json"
    merged = {**json.loads(file.read_text()), **settings}
    file.write_text(json.dumps({name: value for name, value in merged.items() if value is not None}))
    return folder


def test_a_tokenizer_gets_our_template_and_ends_with_im_end(tokenizer_folder: Path, tmp_path: Path) -> None:
    base = changed(tokenizer_folder, tmp_path / "base", eos_token="<|endoftext|>", chat_template="{{ messages }}")
    tokenizer = load_tokenizer(str(base))
    assert (tokenizer.eos_token, tokenizer.pad_token) == ("<|im_end|>", "<|endoftext|>")
    assert "generation" in str(tokenizer.chat_template)


def test_a_missing_pad_token_is_the_usual_one_or_the_one_that_is_named(tokenizer_folder: Path, tmp_path: Path) -> None:
    bare = changed(tokenizer_folder, tmp_path / "bare", pad_token=None)
    assert load_tokenizer(str(bare)).pad_token == "<|endoftext|>"
    assert load_tokenizer(str(bare), "<|im_start|>").pad_token == "<|im_start|>"
    with pytest.raises(UsageError, match=r"no single token <pad>: name another with --pad-token"):
        load_tokenizer(str(bare), "<pad>")


def test_nothing_to_pad_with_is_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    bare = changed(tokenizer_folder, tmp_path / "bare", pad_token=None)
    file = bare / "tokenizer.json"
    file.write_text(file.read_text().replace("<|endoftext|>", "<|nothing|>"))
    with pytest.raises(UsageError, match="no padding token: name one of its tokens with --pad-token"):
        load_tokenizer(str(bare))


def test_padding_with_what_ends_an_answer_is_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    same = changed(tokenizer_folder, tmp_path / "same", pad_token="<|im_end|>")
    with pytest.raises(UsageError, match=r"pad with <\|im_end\|>, which ends an answer.* --pad-token"):
        load_tokenizer(str(same))
    assert load_tokenizer(str(same), "<|endoftext|>").pad_token == "<|endoftext|>"


def test_a_tokenizer_without_chatml_is_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    other = changed(tokenizer_folder, tmp_path / "other", eos_token="<|endoftext|>")
    file = other / "tokenizer.json"
    file.write_text(file.read_text().replace("<|im_start|>", "<|begin|>"))
    with pytest.raises(UsageError, match=r"no single token <\|im_start\|>"):
        load_tokenizer(str(other))


@pytest.mark.parametrize("name", ["", "config.json"])
def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path, name: str) -> None:
    if name:
        (tmp_path / name).write_text("{}")
    with pytest.raises(UsageError, match=r"holds no tokenizer \(tokenizer.json\)"):
        load_tokenizer(str(tmp_path))


def test_a_torn_tokenizer_and_an_unknown_name_are_one_sentence(tokenizer_folder: Path, tmp_path: Path) -> None:
    torn = changed(tokenizer_folder, tmp_path / "torn")
    (torn / "tokenizer.json").write_bytes((torn / "tokenizer.json").read_bytes()[:1000])
    for name in (str(torn), "nobody/nothing-of-the-kind", "~nobody/x", "a" * 5000):
        with pytest.raises(UsageError) as refusal:
            load_tokenizer(name)
        assert str(refusal.value).startswith(f"the tokenizer of {name} cannot be loaded (")
        assert len(str(refusal.value)) < 400 + len(name)
        assert "\n" not in str(refusal.value)


def test_code_that_comes_with_a_tokenizer_is_not_run(tokenizer_folder: Path, tmp_path: Path) -> None:
    trap = changed(
        tokenizer_folder,
        tmp_path / "trap",
        tokenizer_class="Trap",
        auto_map={"AutoTokenizer": [None, "trap.Trap"]},
    )
    (trap / "trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\nclass Trap: pass\n")
    with contextlib.suppress(UsageError):
        load_tokenizer(str(trap))
    assert not (tmp_path / "sprung").exists()
