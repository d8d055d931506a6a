"""`kan-train corpus`: what it says of a corpus, and what it writes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.row import Metadata, Row
from kan_trainer.finetune.corpus.sources import read_corpus
from kan_trainer.tools import corpus as tool

from .corpus_files import distinct, jsonl, row


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    tool.add_options(parser)
    return tool.run(parser.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Split files with a duplicate, a leak and rows with property tests."""
    train = [Row("fn one() {}", "proptest! {}", Metadata("a")), row("f", "a"), distinct("b", "b"), distinct("b", "b")]
    jsonl(tmp_path / "mine" / "train.jsonl", train)
    jsonl(tmp_path / "mine" / "test.jsonl", [row("g", "c")])
    jsonl(tmp_path / "mine" / "validation.jsonl", [distinct("d", "b")])
    return tmp_path / "mine"


def test_a_summary_says_what_is_in_it_and_what_was_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 0
    title, _, _, *lines = capsys.readouterr().out.splitlines()
    assert title.startswith("mine  sha256 ") and len(title) == len("mine  sha256 ") + 64
    table = {line[:21].strip(): line[21:].split() for line in lines[:5]}
    assert table["rows"] == ["3", "1", "1"]
    assert table["crates"] == ["2", "1", "1"]
    assert table["with property tests"] == ["33", "%", "0", "%", "0", "%"]
    assert table["function, characters"][:4] == ["9", "11", "174", "174"]
    assert lines[-4:] == [
        "Rows left out, since they are another one but for blank space: 1.",
        "Rows with a near-twin, the same function but for names and constants: 2.",
        "Rows of train with a near-twin in validation or test, where the files put them: 1.",
        "Crates in several splits, where the files put them: 1.",
    ]


def test_the_same_is_said_in_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--format", "json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["findings"] == {"duplicates": 1, "twins": 2, "leaks": 1, "straddling_crates": 1, "escaped": 0}
    assert said["splits"]["train"]["rows"] == 3
    assert said["splits"]["train"]["function_characters"] == {
        "least": 9,
        "median": 11,
        "percentile_95": 174,
        "most": 174,
    }
    assert said["splits"]["train"]["tokens"] is said["splits"]["train"]["too_long"] is said["max_length"] is None


def test_with_a_model_it_counts_tokens_and_rows_that_are_too_long(
    folder: Path, tokenizer_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("transformers")
    assert run(folder, "--model", tokenizer_folder, "--max-length", 120, "--format", "json") == 0
    said = json.loads(capsys.readouterr().out)
    train = said["splits"]["train"]
    assert 0 < train["tokens"]["least"] < 120 < train["tokens"]["most"]
    assert (train["too_long"], said["max_length"]) == (1, 120)
    assert run(folder, "--model", tokenizer_folder, "--max-length", 120) == 0
    assert "over 120 tokens" in capsys.readouterr().out


def test_all_bad_lines_are_listed_before_the_first_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = jsonl(folder / "train.jsonl", [distinct("a"), *["[]"] * 9])
    with pytest.raises(UsageError, match=r"9 lines that cannot be used: line 2: .*; and 4 more"):
        run(folder)
    listed = capsys.readouterr().err.splitlines()
    assert listed == [f"{path}:{number}: expected `object`, got `array`" for number in range(2, 11)]


def test_what_it_writes_is_the_same_corpus_again(tmp_path: Path) -> None:
    rows = [
        Row(f"fn f{number}() {{}}", "t\n\x1b é", Metadata(f"c{number}", 3, True, None, "std")) for number in range(10)
    ]
    assert run(jsonl(tmp_path / "all.jsonl", rows), "--write", tmp_path / "new" / "split", "--seed", 3) == 0
    settings = {"validation_fraction": 0.1, "test_fraction": 0.1, "control_tokens": "refuse"}
    before = read_corpus(str(tmp_path / "all.jsonl"), seed=3, **settings)  # type: ignore[arg-type]
    after = read_corpus(str(tmp_path / "new" / "split"), seed=4, **settings)  # type: ignore[arg-type]
    assert after.splits() == before.splits()
    assert after.sha256 == before.sha256
    assert len(after.test) == len(after.validation) == 1


def test_what_it_writes_replaces_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "test.jsonl").write_text("mine")
    with pytest.raises(UsageError, match=r"new/test\.jsonl is there already: choose another folder"):
        run(folder, "--write", tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["test.jsonl"]
    assert (tmp_path / "new" / "test.jsonl").read_text() == "mine"


def test_where_nothing_can_be_written_it_says_so(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be written \("):
        run(folder, "--write", folder / "train.jsonl" / "below")
