"""Control tokens inside user text: a tokenizer would take `<|im_end|>` in a comment for the end of a message."""

from __future__ import annotations

import re
from typing import Final, Literal

from kan_trainer.finetune.corpus.row import Row

#: What is to become of a row that holds one.
ControlTokens = Literal["refuse", "escape"]

#: All of the form that models of today use: `<|im_start|>`, `<|fim_prefix|>`, and DeepSeek's, with bars of their own.
_TOKEN: Final = re.compile(r"<([|｜])([\w▁]+)([|｜])>")


def control_tokens(text: str) -> list[str]:
    """The control tokens in `text`, as they come."""
    return [match.group() for match in _TOKEN.finditer(text)]


def escape(text: str) -> str:
    """`text` with a space after the first bar of every control token, so that no tokenizer knows it any more."""
    return _TOKEN.sub(r"<\1 \2\3>", text)


def guarded(row: Row, policy: ControlTokens) -> tuple[Row, bool]:
    """`row` without control tokens, and whether it had any.

    Raises:
        ValueError: It had, and `policy` is to refuse it.
    """
    found = control_tokens(row.input) + control_tokens(row.output)
    if not found:
        return row, False
    if policy == "refuse":
        raise ValueError(f"holds the control token {found[0]}")
    return Row(escape(row.input), escape(row.output), row.metadata), True
