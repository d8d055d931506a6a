"""A part of something long: the rows of a window over entries that take a row or more, and what was searched for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from kan_monitor.ink import Line, Span

#: Gives the rows of an entry, by its number.
RowsOf = Callable[[int], Sequence[Line]]


def rows_from(first: int, total: int, rows_of: RowsOf, height: int) -> list[Line]:
    """As many rows as fit, from the entry `first` on."""
    return list(islice((row for number in range(first, total) for row in rows_of(number)), height))


def first_at_end(total: int, rows_of: RowsOf, height: int) -> int:
    """The entry with which a window of so many rows begins that shows the last entry to its end."""
    left = height
    for number in range(total - 1, -1, -1):
        left -= len(rows_of(number))
        if left < 0:
            return min(number + 1, total - 1)
    return 0


def matches(text: str, wanted: str) -> bool:
    """Whether `wanted` is somewhere in `text`; upper and lower case are the same unless `wanted` has upper case."""
    return wanted in text if wanted != wanted.lower() else wanted in text.lower()


def find(texts: Callable[[int], str], numbers: Iterable[int], wanted: str) -> int | None:
    """The first of the entries `numbers` in whose text `wanted` is."""
    return next((number for number in numbers if matches(texts(number), wanted)), None)


def highlighted(line: Line, wanted: str) -> Line:
    """The line with what was searched for in an ink of its own."""
    if not wanted:
        return line
    return [piece for span in line for piece in _split(span, wanted)]


def _split(span: Span, wanted: str) -> Line:
    text = span.text if wanted != wanted.lower() else span.text.lower()
    if len(text) != len(span.text):  # a letter whose lower case is two
        return [span]
    pieces, at = [], 0
    while (found := text.find(wanted, at)) >= 0:
        pieces += [Span(span.text[at:found], span.ink), Span(span.text[found : found + len(wanted)], "found")]
        at = found + len(wanted)
    return [piece for piece in (*pieces, Span(span.text[at:], span.ink)) if piece.text]
