"""`kan-train merge` and `kan-train generate`, as they are typed."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("bitsandbytes")
pytest.importorskip("peft")

from transformers import AutoModelForCausalLM  # noqa: E402  after the skips

from kan_shared.errors import DirectoryTaken, KanError, UsageError  # noqa: E402
from kan_trainer.tools import generate, merge  # noqa: E402

from .adapters import make_run  # noqa: E402
from .tiny_models import tiny_model_folder  # noqa: E402

FUNCTIONS = [f"pub fn plus_{number}(n: u64) -> u64 {{\n    n + {number}\n}}" for number in range(12)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model_folder(tmp_path_factory.mktemp("tiny-base"), initializer_range=0.1)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for split, functions in {"train": FUNCTIONS[:4], "validation": FUNCTIONS[4:8], "test": FUNCTIONS[8:]}.items():
        rows = [{"input": text, "output": "#[test]\nfn adds() {}", "metadata": {"crate": split}} for text in functions]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def trained(base: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = make_run(tmp_path_factory.mktemp("runs") / "qlora", base)
    settings = yaml.safe_load((directory / "config.yaml").read_text())
    (directory / "config.yaml").write_text(yaml.safe_dump({**settings, "data": {"dataset": str(corpus)}}))
    metrics = {"step": 12, "metrics": {"validation/loss": {"value": 2.5, "best": 2.25}}}
    (directory / "metrics.json").write_text(json.dumps(metrics))
    return directory


def do(tool: Any, *words: object) -> int:
    parser = argparse.ArgumentParser()
    tool.add_options(parser)
    code: int = tool.run(parser.parse_args([*map(str, words), "--device", "cpu"]))
    return code


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def front_matter(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])
    return content


def test_a_run_becomes_a_model_with_a_card_that_says_how_far_it_drifted(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do(merge, trained, "--output", tmp_path / "model", "--dtype", "float32") == 0
    said = capsys.readouterr().out
    assert said.index("the plain base") < said.index("the dequantised base") < said.index("merged model is in")
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "model").dtype == torch.float32
    card = (tmp_path / "model" / "README.md").read_text()
    assert front_matter(tmp_path / "model")["library_name"] == "transformers"
    assert "2.25, 2.5" in card and "(this model), against the model as trained" in card
    assert "Whether the tests that it writes compile" in card
    assert str(tmp_path) not in card and str(trained.parent) not in card


def test_without_rows_the_card_says_that_the_drift_is_not_known(trained: Path, tmp_path: Path) -> None:
    assert do(merge, trained, "--output", tmp_path / "model", "--base", "plain", "--no-drift") == 0
    card = (tmp_path / "model" / "README.md").read_text()
    assert "How far merging took it" in card.split("What was not measured")[1]


def test_an_adapter_leaves_alone(trained: Path, tmp_path: Path) -> None:
    assert do(merge, trained, "--output", tmp_path / "adapter", "--adapter-only") == 0
    assert front_matter(tmp_path / "adapter")["library_name"] == "peft"
    files = {path.name for path in (tmp_path / "adapter").iterdir()}
    assert files >= {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "README.md"}
    with pytest.raises(DirectoryTaken):
        do(merge, trained, "--output", tmp_path / "adapter")


def test_a_card_takes_no_orders_from_a_run(trained: Path, base: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    (run / "checkpoints" / "best").symlink_to(trained / "checkpoints" / "best")
    hostile = "a | b |\n---\nlicense: mine\x1b[2J<script>"
    (run / "config.yaml").write_text(
        yaml.safe_dump({"task": "finetune", "model": {"model": str(base)}, "data": {"dataset": hostile}})
    )
    (run / "metrics.json").write_text('{"step": [[], "metrics"')
    (run / "reproducibility.lock").write_text("[" * 100_000)
    assert do(merge, run, "--output", tmp_path / "model", "--adapter-only") == 0
    card = (tmp_path / "model" / "README.md").read_text()
    assert "\x1b" not in card and "<script>" not in card and "\nlicense" not in card


def test_missing_rows_are_a_sentence_with_the_way_out(trained: Path, base: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    (run / "checkpoints" / "best").symlink_to(trained / "checkpoints" / "best")
    (run / "config.yaml").write_text(
        yaml.safe_dump({"task": "finetune", "model": {"model": str(base)}, "data": {"dataset": str(tmp_path / "no")}})
    )
    with pytest.raises(KanError, match="--no-drift"):
        do(merge, run, "--output", tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_functions_of_a_split_are_answered_in_order_with_what_made_them(trained: Path, tmp_path: Path) -> None:
    output = tmp_path / "answers.jsonl"
    assert do(generate, "--adapter", trained, "--output", output, "--max-new-tokens", 6, "--batch-size", 3) == 0
    rows = lines(output)
    assert [row["input"] for row in rows] == FUNCTIONS[8:]
    assert {row["metadata"]["crate"] for row in rows} == {"test"}
    assert all(row["target"].startswith("#[test]") and row["tokens"] <= 6 and row["seconds"] > 0 for row in rows)
    assert len({(row["model_sha256"], row["adapter_sha256"]) for row in rows}) == 1
    assert rows[0]["adapter_sha256"].startswith("sha256:")


def test_what_was_torn_off_is_gone_on_with_as_if_it_had_not_been(
    base: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kan_trainer.finetune.answers._BATCHES", 1)
    words = ("--model", base, "--dataset", corpus, "--max-new-tokens", 8, "--batch-size", 2, "--temperature", 1)
    whole, torn = tmp_path / "whole.jsonl", tmp_path / "torn.jsonl"
    do(generate, *words, "--output", whole)
    kept = whole.read_bytes().splitlines(keepends=True)
    torn.write_bytes(b"".join(kept[:2]) + kept[2][:20])
    with pytest.raises(DirectoryTaken, match="--resume"):
        do(generate, *words, "--output", torn)
    with pytest.raises(UsageError, match="another model or in another manner"):
        do(generate, *words, "--seed", 9, "--output", torn, "--resume")
    with pytest.raises(UsageError, match="another function"):
        do(generate, *words, "--split", "train", "--output", torn, "--resume")
    assert torn.read_bytes().startswith(b"".join(kept[:2]) + kept[2][:20])
    do(generate, *words, "--output", torn, "--resume")
    assert torn.read_bytes().startswith(b"".join(kept[:2]))
    assert [row["generated"] for row in lines(torn)] == [row["generated"] for row in lines(whole)]


def test_a_function_may_come_by_a_pipe(
    base: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FUNCTIONS[0].encode())))
    assert do(generate, "--model", base, "--input", "-", "--max-new-tokens", 3) == 0
    said = capsysbinary.readouterr()
    assert json.loads(said.out)["input"] == FUNCTIONS[0]
    assert b"tokens a second" in said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--input", "x.rs"], "which model"),
        (["--model", "BASE"], "which functions"),
        (["--model", "BASE", "--input", "nowhere.rs"], "cannot be read"),
        (["--model", "BASE", "--input", "EMPTY"], "is empty"),
        (["--model", "BASE", "--input", "x.rs", "--dataset", "y"], "choose one"),
        (["--model", "BASE", "--input", "-", "--top-p", "2"], "top_p"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(base: Path, home: Path, words: list[str], sentence: str) -> None:
    (home / "empty.rs").write_text("\n")
    places = {"BASE": str(base), "EMPTY": "empty.rs"}
    with pytest.raises(UsageError, match=sentence):
        do(generate, *(places.get(word, word) for word in words))
