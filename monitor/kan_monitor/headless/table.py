"""Text in columns: as wide as what is in them, in cells of a terminal, without a library that draws."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import Final

_GAP: Final = "  "


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[str] = ()) -> str:
    """The rows under their headings, each line ended by a newline; columns of figures stand at the right."""
    lines = [headings, *rows]
    widths = [max(map(cells_of, column)) for column in zip_longest(*lines, fillvalue="")]
    at_right = [heading in right for heading in headings]
    drawn = [
        _GAP.join(_padded(text, width, side) for text, width, side in zip(line, widths, at_right, strict=True))
        for line in lines
    ]
    return "".join(f"{line.rstrip()}\n" for line in drawn)


def cells_of(text: str) -> int:
    """How many cells of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, width: int, at_right: bool) -> str:
    blanks = " " * (width - cells_of(text))
    return blanks + text if at_right else text + blanks
