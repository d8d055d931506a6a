"""A tokenizer that is trained: whatever it is given comes back, and the same text gives the same tokenizer."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kan_shared.errors import UsageError
from kan_trainer.finetune.pretraining.tokenizer_training import (
    SMALLEST_VOCABULARY,
    SPECIAL_TOKENS,
    for_transformers,
    train_tokenizer,
)

TEXTS = [
    "pub fn add(left: i32, right: i32) -> i32 {\n    left + right\n}\n\n",
    "#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n",
    "/// Größe in Bytes.\r\nfn size() -> usize {\r\n\t1024\r\n}\r\n",
] * 3
TOKENIZER = train_tokenizer(TEXTS, 320)


@given(st.text(st.characters(exclude_categories=("Cs",))))
@example("e\u0301 = é")
@example("🦀 👩‍👩‍👧\r\n\t\0 \u2028x")
@example("<|im_start|>user\n<|im_end|>")
def test_any_text_comes_back_in_its_normal_form(text: str) -> None:
    encoded = TOKENIZER.encode(text)
    assert TOKENIZER.decode(encoded.ids, skip_special_tokens=False) == TOKENIZER.normalizer.normalize_str(text)


def test_special_tokens_are_one_token_each_and_the_last_of_all() -> None:
    size = TOKENIZER.get_vocab_size()
    assert size == 320
    assert [TOKENIZER.encode(token).ids for token in SPECIAL_TOKENS] == [[size - 3], [size - 2], [size - 1]]


def test_words_of_the_text_become_tokens_and_digits_stay_apart() -> None:
    tokenizer = train_tokenizer(TEXTS, 4096)
    assert tokenizer.encode("    assert_eq!(").tokens == ["ĠĠĠ", "Ġassert", "_eq", "!("]
    assert tokenizer.encode("1024").tokens == ["1", "0", "2", "4"]


def test_text_too_short_for_the_vocabulary_gives_a_smaller_one() -> None:
    assert train_tokenizer(["ab ab"], 4096).get_vocab_size() == SMALLEST_VOCABULARY + 2  # "ab", " ab"


def test_a_vocabulary_without_room_for_every_byte_is_refused() -> None:
    with pytest.raises(UsageError, match="vocabulary must be at least 259, not 258"):
        train_tokenizer(TEXTS, 258)


def test_another_process_trains_the_same_tokenizer_to_the_byte() -> None:
    code = (
        "import sys, ast; from kan_trainer.finetune.pretraining.tokenizer_training import train_tokenizer;"
        "print(train_tokenizer(ast.literal_eval(sys.argv[1]), 320).to_str())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, repr(TEXTS)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.rstrip("\n") == TOKENIZER.to_str()


def test_transformers_ends_a_text_with_the_turn_and_pads_with_another_token() -> None:
    tokenizer = for_transformers(TOKENIZER, 128)
    assert (tokenizer.eos_token, tokenizer.pad_token) == ("<|im_end|>", "<|endoftext|>")
    assert tokenizer("fn add", add_special_tokens=True)["input_ids"] == TOKENIZER.encode("fn add").ids
