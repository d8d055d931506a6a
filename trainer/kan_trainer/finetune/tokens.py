"""Rows as a model reads them: ids, and labels on the answer and `<|im_end|>` alone, verified row by row."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from kan_shared.errors import UsageError
from kan_shared.text import safe_line
from kan_trainer.checks import require
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.prompt import ANSWER_END, ANSWER_START, prompt_messages

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

#: Where there is no loss.
MASKED: Final = -100
#: What is to become of a row that is longer than the context.
TooLong = Literal["truncate", "drop", "refuse"]

_CHUNK: Final = 1000


@dataclass(slots=True)
class TokenRow:
    """A row in tokens; `labels` are the ids where there is a loss, and -100 elsewhere."""

    ids: list[int]
    labels: list[int]


@dataclass(slots=True)
class Tokenized:
    """Rows in tokens, and what became of those that are too long."""

    rows: list[TokenRow] = field(default_factory=list)
    #: Where each of `rows` stood among those that were given.
    positions: list[int] = field(default_factory=list)
    #: Rows whose answer was cut.
    truncated: int = 0
    #: Rows left out: too long and `drop`, or nothing of the answer is within the context.
    dropped: int = 0


def tokenize(
    rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, *, max_length: int, too_long: TooLong
) -> Tokenized:
    """`rows` in tokens, none longer than `max_length`.

    Raises:
        UsageError: A row is too long and to be refused, holds a control token, or has a label that is not its answer's;
            or none is left.
    """
    require(max_length > 0, "max_length", "1 or more", max_length)
    done = Tokenized()
    for number, (prompt, answer) in enumerate(_encoded(rows, tokenizer), 1):
        excess = len(prompt) + len(answer) - max_length
        if excess > 0 and too_long == "refuse":
            raise UsageError(
                f"{_named(rows, number)} has {max_length + excess} tokens, and the context is {max_length}: raise"
                " max_length, or set too_long to truncate or drop."
            )
        if excess >= len(answer) or (excess > 0 and too_long == "drop"):
            done.dropped += 1
            continue
        if excess > 0:
            done.truncated += 1
            answer = answer[:-excess]
        done.rows.append(TokenRow(prompt + answer, [MASKED] * len(prompt) + answer))
        done.positions.append(number - 1)
    if rows and not done.rows:
        raise UsageError(f"None of the {len(rows)} rows fits into {max_length} tokens: raise max_length.")
    return done


def token_counts(rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """How many tokens every row has, uncut; raises as `tokenize` does."""
    return [len(prompt) + len(answer) for prompt, answer in _encoded(rows, tokenizer)]


def checksum(*parts: Sequence[TokenRow]) -> int:
    """A CRC-32 of all tokens and labels: a run goes on with the rows that it began with."""
    total = 0
    for row in (row for part in parts for row in part):
        total = zlib.crc32(array("i", [*row.ids, -1, *row.labels]).tobytes(), total)
    return total


def prompt_ids(functions: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """What a model is given to answer, for every function: what precedes the labels of its row."""
    return _ids([_prompt(function, tokenizer) for function in functions], tokenizer)


def _encoded(rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase) -> Iterator[tuple[list[int], list[int]]]:
    """The tokens of every row's prompt and of its answer with the end.

    Nothing is merged across the token that begins a message, so the two are read apart, each once: the prompt as it is
    when a model is asked, the answer after the start of its message.
    """
    control = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}
    start = _ids([ANSWER_START], tokenizer)[0]
    own = _control_count(prompt_ids(["x"], tokenizer)[0], control)
    for first in range(0, len(rows), _CHUNK):
        chunk = rows[first : first + _CHUNK]
        pairs = zip(prompt_ids([row.input for row in chunk], tokenizer), _answers(chunk, start, tokenizer), strict=True)
        for number, (prompt, answer) in enumerate(pairs, first + 1):
            if answer is None or prompt[-len(start) :] != start:
                raise UsageError(
                    f"{_named(rows, number)} cannot be learned: the tokenizer does not give back its answer as it was,"
                    " so that the labels would be others."
                )
            if (_control_count(prompt, control), _control_count(answer, control)) != (own, 1):
                raise UsageError(f"{_named(rows, number)} holds a control token of this model: take it out.")
            yield prompt, answer


def _answers(rows: Sequence[Row], start: list[int], tokenizer: PreTrainedTokenizerBase) -> Iterator[list[int] | None]:
    """The tokens of every answer, or `None` where they are not read back as what it was."""
    texts = [row.output + ANSWER_END for row in rows]
    messages = _ids([ANSWER_START + text for text in texts], tokenizer)
    answers = [ids[len(start) :] for ids in messages]
    read = tokenizer.batch_decode(answers, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    for text, message, answer, again in zip(texts, messages, answers, read, strict=True):
        yield answer if message[: len(start)] == start and again == _normal(text, tokenizer) else None


def _prompt(function: str, tokenizer: PreTrainedTokenizerBase) -> str:
    return str(tokenizer.apply_chat_template(prompt_messages(function), tokenize=False, add_generation_prompt=True))


def _named(rows: Sequence[Row], number: int) -> str:
    """A row by its number, and by its function: a number says little of a split that was made by a seed."""
    function = rows[number - 1].input
    found = re.search(r"\bfn \w+", function)
    return f"Row {number} ({found.group() if found else safe_line(function, 40)})"


def _ids(texts: list[str], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    ids: list[list[int]] = tokenizer(texts, add_special_tokens=False, return_attention_mask=False)["input_ids"]
    return ids


def _control_count(ids: Sequence[int], control: set[int]) -> int:
    return sum(id in control for id in ids)


def _normal(text: str, tokenizer: PreTrainedTokenizerBase) -> str:
    """`text` as the tokenizer reads it: Qwen's composes what comes as letter and accent."""
    normalizer = getattr(getattr(tokenizer, "backend_tokenizer", None), "normalizer", None)
    return normalizer.normalize_str(text) if normalizer else text
