"""Rows as a training sees them, for a person: what is only read is dim, what is learned is bright, and marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from kan_shared.text import safe
from kan_trainer.finetune.tokens import MASKED, TokenRow

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

#: What begins a line that is learned, and one that is read: so it is told without colours, too.
_LEARNED: Final = "▌ "
_READ: Final = "  "


def preview(rows: Sequence[TokenRow], tokenizer: PreTrainedTokenizerBase, console: Console) -> None:
    """Prints `rows` as they are in tokens: each under a line with its counts."""
    for number, row in enumerate(rows, 1):
        console.print(_heading(number, row, tokenizer), soft_wrap=True)
        for line in lines_of(row, tokenizer):
            console.print(line, soft_wrap=True)
        console.print()


def lines_of(row: TokenRow, tokenizer: PreTrainedTokenizerBase) -> Iterator[Text]:
    """The text of a row, line by line."""
    for is_learned, items in groupby(zip(row.ids, row.labels, strict=True), key=lambda item: item[1] != MASKED):
        text = tokenizer.decode([id for id, _ in items], clean_up_tokenization_spaces=False)
        mark, style = (_LEARNED, "bold") if is_learned else (_READ, "dim")
        for line in safe(str(text), len(text)).removesuffix("\n").split("\n"):
            yield Text(mark + line, style)


def _heading(number: int, row: TokenRow, tokenizer: PreTrainedTokenizerBase) -> Text:
    learned = sum(label != MASKED for label in row.labels)
    cut = "" if row.ids[-1] == tokenizer.eos_token_id else ", cut: the end of its answer is not learned"
    return Text(f"row {number}: {len(row.ids)} tokens, {learned} of them learned ({_LEARNED.strip()}){cut}", "reverse")
