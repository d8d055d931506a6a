"""Texts as rows of tokens: packed one after another, cut at the same length, every token to be learned."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from kan_shared.errors import UsageError
from kan_trainer.finetune.pretraining.tokenizer_training import SPECIAL_TOKENS

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Rows(Struct, frozen=True):
    """Rows of equally many tokens."""

    train: list[list[int]]
    validation: list[list[int]]


def pack(documents: Sequence[str], tokenizer: Tokenizer, context: int) -> list[list[int]]:
    """The tokens of `documents`, each a turn of its own, in rows of `context`; what is left over is dropped.

    As turns they teach the model the special tokens too, whose embeddings no adapter moves later. Where a document
    spells one, it stays text: nothing in it may end a turn.
    """
    end_of_text, start, end = tokenizer.encode("".join(SPECIAL_TOKENS)).ids
    tokens: list[int] = []
    tokenizer.encode_special_tokens = True
    for encoding in tokenizer.encode_batch_fast(list(documents), add_special_tokens=False):
        tokens += [start, *encoding.ids, end, end_of_text]
    tokenizer.encode_special_tokens = False
    return [tokens[at : at + context] for at in range(0, len(tokens) - context + 1, context)]


def rows_of(documents: Sequence[str], tokenizer: Tokenizer, context: int, held_out: float) -> Rows:
    """Rows to train on, and those of the `held_out` share of the text, which are its last.

    Raises:
        UsageError: The text is too short for a row of each.
    """
    rows = pack(documents, tokenizer, context)
    count = max(1, round(held_out * len(rows)))
    if count >= len(rows):
        raise UsageError(
            f"the text is too short for rows of {context} tokens: give more of it, or a smaller --context."
        )
    return Rows(rows[:-count], rows[-count:])


def repeated(rows: Sequence[list[int]], count: int, seed: int) -> list[list[int]]:
    """As many rows as a run sees: all of `rows` in one order, then in another, up to `count`."""
    chance = random.Random(seed)
    seen: list[list[int]] = []
    while len(seen) < count:
        seen += chance.sample(rows, len(rows))
    return seen[:count]
