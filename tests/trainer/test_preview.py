"""The preview: what is learned is bright and marked, what is read is dim, and no text of a row reaches the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

pytest.importorskip("transformers")

from rich.console import Console
from transformers import PreTrainedTokenizerBase

from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.preview import lines_of, preview
from kan_trainer.finetune.tokenizer import load_tokenizer
from kan_trainer.finetune.tokens import tokenize

ROW = Row("pub fn one() -> u8 {\n    1\n}", "#[test]\nfn it_is_one() {\n    assert_eq!(one(), 1);\n}")


@pytest.fixture(scope="module")
def tokenizer(tokenizer_folder: Path) -> PreTrainedTokenizerBase:
    return load_tokenizer(str(tokenizer_folder))


def shown(row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int = 4096, **options: object) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=40, **{"color_system": None, **options})  # type: ignore[arg-type]
    preview(tokenize([row], tokenizer, max_length=max_length, too_long="truncate").rows, tokenizer, console)
    return stream.getvalue()


def test_a_row_is_shown_with_what_is_learned_marked(tokenizer: PreTrainedTokenizerBase) -> None:
    (row,) = tokenize([ROW], tokenizer, max_length=4096, too_long="refuse").rows
    learned = sum(label >= 0 for label in row.labels)
    assert shown(ROW, tokenizer) == (
        f"row 1: {len(row.ids)} tokens, {learned} of them learned (▌)\n"
        "  <|im_start|>system\n"
        "  You are a Rust testing expert. Generate comprehensive unit tests and property-based tests for the given"
        " function.\n"
        "  <|im_end|>\n"
        "  <|im_start|>user\n"
        "  Generate tests for this function:\n"
        "  \n"
        "  ```rust\n"
        "  pub fn one() -> u8 {\n"
        "      1\n"
        "  }\n"
        "  ```\n"
        "  <|im_end|>\n"
        "  <|im_start|>assistant\n"
        "▌ #[test]\n"
        "▌ fn it_is_one() {\n"
        "▌     assert_eq!(one(), 1);\n"
        "▌ }\n"
        "▌ <|im_end|>\n\n"
    )


def test_what_is_learned_is_bold_and_what_is_read_is_dim(tokenizer: PreTrainedTokenizerBase) -> None:
    (row,) = tokenize([ROW], tokenizer, max_length=4096, too_long="refuse").rows
    assert [line.style for line in lines_of(row, tokenizer)] == ["dim"] * 13 + ["bold"] * 5
    coloured = shown(ROW, tokenizer, color_system="standard", force_terminal=True)
    assert "\x1b[1m▌ <|im_end|>\x1b[0m" in coloured and "\x1b[2m  <|im_start|>user\x1b[0m" in coloured


def test_a_cut_row_says_that_its_end_is_not_learned(tokenizer: PreTrainedTokenizerBase) -> None:
    (whole,) = tokenize([ROW], tokenizer, max_length=4096, too_long="refuse").rows
    said = shown(ROW, tokenizer, max_length=len(whole.ids) - 1)
    assert said.splitlines()[0].endswith("(▌), cut: the end of its answer is not learned")
    assert not said.rstrip().endswith("<|im_end|>")


def test_text_that_a_terminal_or_rich_obeys_is_shown_as_it_is(tokenizer: PreTrainedTokenizerBase) -> None:
    said = shown(Row("[red]\x1b[2J\u202e[/]", "[bold]\x07\x9b1m \r x"), tokenizer)
    assert "  [red]␛[2J\ufffd[/]\n" in said
    assert "▌ [bold]␇\ufffd1m ␍ x\n" in said
