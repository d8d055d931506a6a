"""A line of a log as it is shown: what a terminal would have made of it, and nothing that it would obey."""

from __future__ import annotations

import re
from typing import Final

from kan_shared.text import safe_line

#: Colours, cursor movements and titles, well-formed: a reader of the log wants none of them.
_SEQUENCES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_LONGEST: Final = 4000


def log_line(raw: str) -> str:
    """`raw` without colour sequences; of a progress bar that overwrote itself only the last state."""
    text = _SEQUENCES.sub("", raw[: 16 * _LONGEST]) if "\x1b" in raw else raw
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    return safe_line(text, _LONGEST)
