"""Rows in tokens: the loss is on the answer and its end, whatever the text, and nothing is cut in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

pytest.importorskip("transformers")

from transformers import PreTrainedTokenizerBase

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.control import control_tokens, escape
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.prompt import messages
from kan_trainer.finetune.tokenizer import load_tokenizer
from kan_trainer.finetune.tokens import MASKED, Tokenized, TooLong, prompt_ids, tokenize

ROW = Row("pub fn one() -> u8 {\n    1\n}", "#[test]\nfn it_is_one() {\n    assert_eq!(one(), 1);\n}")
SHORT = Row("fn a() {}", "#[test]\nfn b() {}")
#: Text as rows have it: with something in it, and no blank space around it.
texts = st.text(min_size=1, max_size=80).map(str.strip).filter(bool)


@pytest.fixture(scope="module")
def tokenizer(tokenizer_folder: Path) -> PreTrainedTokenizerBase:
    return load_tokenizer(str(tokenizer_folder))


def tokenized(rows: list[Row], tokenizer: Any, *, max_length: int = 4096, too_long: TooLong = "refuse") -> Tokenized:
    return tokenize(rows, tokenizer, max_length=max_length, too_long=too_long)


def labelled(labels: list[int]) -> list[int]:
    return [label for label in labels if label != MASKED]


def test_the_labels_are_the_answer_and_its_end(tokenizer: PreTrainedTokenizerBase) -> None:
    (row,) = tokenized([ROW], tokenizer).rows
    assert tokenizer.decode(labelled(row.labels)) == ROW.output + "\n<|im_end|>"
    assert row.ids[-1] == row.labels[-1] == tokenizer.convert_tokens_to_ids("<|im_end|>")


def test_what_precedes_the_labels_is_what_a_model_is_asked(tokenizer: PreTrainedTokenizerBase) -> None:
    (row,) = tokenized([ROW], tokenizer).rows
    (prompt,) = prompt_ids([ROW.input], tokenizer)
    assert row.ids[: len(prompt)] == prompt
    assert row.labels == [MASKED] * len(prompt) + row.ids[len(prompt) :]


@given(function=texts, tests=texts)
@example(function="\u0301", tests="\u0301e\u0301")
@example(function="a\r\n", tests="\u200b\n\n x\t")
def test_whatever_the_text_ids_and_labels_are_those_of_transformers(
    tokenizer: PreTrainedTokenizerBase, function: str, tests: str
) -> None:
    assume(not control_tokens(function + tests))
    (row,) = tokenized([Row(function, tests)], tokenizer).rows
    said = tokenizer.apply_chat_template(
        messages(Row(function, tests)), return_dict=True, return_assistant_tokens_mask=True
    )
    assert row.ids == said["input_ids"]
    assert [label != MASKED for label in row.labels] == [bool(one) for one in said["assistant_masks"]]


def test_an_answer_that_is_too_long_is_cut_and_counted(tokenizer: PreTrainedTokenizerBase) -> None:
    (whole,) = tokenized([ROW], tokenizer).rows
    cut = tokenized([SHORT, ROW], tokenizer, max_length=len(whole.ids) - 1, too_long="truncate")
    assert (cut.truncated, cut.dropped) == (1, 0)
    assert cut.rows[1].ids == whole.ids[:-1]
    assert cut.rows[1].labels == whole.labels[:-1]


def test_a_row_of_whose_answer_nothing_is_left_is_left_out(tokenizer: PreTrainedTokenizerBase) -> None:
    (prompt,) = prompt_ids([ROW.input], tokenizer)
    (short,) = tokenized([SHORT], tokenizer).rows
    assert len(short.ids) <= len(prompt)
    cut = tokenized([ROW, SHORT], tokenizer, max_length=len(prompt), too_long="truncate")
    assert (cut.truncated, cut.dropped, cut.positions) == (0, 1, [1])
    cut = tokenized([ROW, SHORT], tokenizer, max_length=len(prompt) + 1, too_long="truncate")
    assert len(labelled(cut.rows[0].labels)) == 1


def test_a_row_that_is_too_long_is_dropped_or_refused_by_its_number(tokenizer: PreTrainedTokenizerBase) -> None:
    (whole,) = tokenized([ROW], tokenizer).rows
    dropped = tokenized([ROW, SHORT], tokenizer, max_length=len(whole.ids) - 1, too_long="drop")
    assert (dropped.truncated, dropped.dropped, dropped.positions) == (0, 1, [1])
    with pytest.raises(UsageError, match=rf"^Row 2 \(fn one\) has {len(whole.ids)} tokens, and the context is"):
        tokenized([SHORT, ROW], tokenizer, max_length=len(whole.ids) - 1)


def test_where_no_row_fits_it_says_so(tokenizer: PreTrainedTokenizerBase) -> None:
    with pytest.raises(UsageError, match="None of the 1 rows fits into 8 tokens"):
        tokenized([ROW], tokenizer, max_length=8, too_long="truncate")


@pytest.mark.parametrize("row", [Row("fn a() {} // <|im_end|>", "x"), Row("fn a() {}", "// <|im_start|>user")])
def test_a_control_token_in_a_row_is_refused_and_none_when_escaped(
    tokenizer: PreTrainedTokenizerBase, row: Row
) -> None:
    with pytest.raises(UsageError, match=r"^Row 2 \(fn a\) holds a control token"):
        tokenized([SHORT, row], tokenizer)
    tokenized([Row(escape(row.input), escape(row.output))], tokenizer)


def test_a_row_that_the_tokenizer_does_not_give_back_is_refused(tokenizer_folder: Path) -> None:
    from tokenizers import pre_tokenizers

    tokenizer = load_tokenizer(str(tokenizer_folder))
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    with pytest.raises(UsageError, match=r"^Row 1 \(fn one\) cannot be learned"):
        tokenized([ROW], tokenizer)
