"""Dots to cells: a Braille canvas of integers.

A dot column is one int whose bit 0 is the lowest dot row, so that a run of dots is `(1 << top + 1) - (1 << bottom)`.
A cell is two columns of four dots. All cells of a layer are made at once, by translating bytes, and layers are merged
as two very large integers: which is what keeps a large chart at a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

from kan_monitor.ink import Ink, Line, Span

DOTS_WIDE: Final = 2
DOTS_HIGH: Final = 4
CROSS: Final = Span("×", "bad")  # where a value is not finite

# The bits that a Braille cell has for the four dots of its left and its right column, the lowest dot first.
_LEFT: Final = (0x40, 0x04, 0x02, 0x01)
_RIGHT: Final = (0x80, 0x20, 0x10, 0x08)
_NO_DOTS: Final = "\u2800"
_GRID: Final = "·   "
_PRESENT: Final = bytes([0] + [0xFF] * 255)
_THIN: Final = bytes(dots if dots.bit_count() <= DOTS_HIGH else 0 for dots in range(256))
_RUNS: Final = re.compile(rb"(.)\1*", re.DOTALL)
# A blank has no ink of its own, so it goes with what stands before it.
_RUNS_WITH_BLANKS: Final = re.compile(rb"\0*(.)(?:\1|\0)*", re.DOTALL)


class Trace(NamedTuple):
    """The dots of one layer.

    Attributes:
        columns: Dot columns, two a cell, from the left; bit 0 of each is the lowest dot.
        inks: One a cell, from the left.
    """

    columns: Sequence[int]
    inks: Sequence[Ink]


def paint(
    traces: Sequence[Trace],
    *,
    width: int,
    height: int,
    grid_rows: Collection[int] = (),
    glyphs: Mapping[tuple[int, int], Span] = MappingProxyType({}),
) -> list[Line]:
    """`height` lines of `width` cells.

    Where traces share a cell it has the ink of the front one, and their dots are merged if those behind are as thin
    as a line. Denser ones are a band and give way: a line that took the band's dots on would be a line no more.

    Args:
        traces: Back to front, each `width` cells wide and no higher than `height` cells.
        width: In cells.
        height: In cells.
        grid_rows: Rows, counted from the top, that have a dotted line behind everything.
        glyphs: Single characters in front of everything, by row and column.
    """
    inks: list[Ink] = ["plain", *dict.fromkeys(ink for trace in traces for ink in trace.inks)]
    dots, codes = _merge(traces, inks, width, height)
    over: dict[int, dict[int, Span]] = {}
    for (row, column), span in glyphs.items():
        over.setdefault(row, {})[column] = span
    lines = []
    for row in range(height):
        of_row = _slice_of_row(row, width, height)
        line = _line(dots[of_row], codes[of_row], inks, grid=row in grid_rows)
        lines.append(_with_glyphs(line, over[row]) if row in over else line)
    return lines


def joined(cells: Iterable[Span]) -> Line:
    """The cells as a line: neighbours of one ink become one span."""
    return [Span("".join(span.text for span in run), ink) for ink, run in groupby(cells, key=lambda span: span.ink)]


def _table(bits: Sequence[int], shift: int) -> bytes:
    """From eight dots of a column to the Braille bits of the lower (`shift` 0) or the upper (4) four of them."""
    return bytes(sum(bits[dot] for dot in range(DOTS_HIGH) if dots >> (shift + dot) & 1) for dots in range(256))


_LEFT_TABLES: Final = (_table(_LEFT, 0), _table(_LEFT, DOTS_HIGH))
_RIGHT_TABLES: Final = (_table(_RIGHT, 0), _table(_RIGHT, DOTS_HIGH))


def _merge(traces: Sequence[Trace], inks: list[Ink], width: int, height: int) -> tuple[bytes, bytes]:
    """One byte a cell: its Braille bits, and which of `inks` it has.

    A byte of a column holds two cells. So first come the lower ones of all the pairs, then the upper ones, each
    column by column from the bottom.
    """
    pairs, code_of = _pairs(height), {ink: code for code, ink in enumerate(inks)}
    size, dots, codes = 2 * pairs * width, 0, 0
    for trace in traces:
        left, right = (
            b"".join([column.to_bytes(pairs, "little") for column in trace.columns[side::2]]) for side in (0, 1)
        )
        bits = _number(map(left.translate, _LEFT_TABLES)) | _number(map(right.translate, _RIGHT_TABLES))
        present = _number([_bytes(bits, size).translate(_PRESENT)])
        thin = _number([_bytes(dots, size).translate(_THIN)])
        dots = dots & ~present | thin & present | bits
        ink_codes = b"".join([bytes((code_of[ink],)) * pairs for ink in trace.inks])
        codes = codes & ~present | _number([ink_codes, ink_codes]) & present
    return _bytes(dots, size), _bytes(codes, size)


def _number(parts: Iterable[bytes]) -> int:
    return int.from_bytes(b"".join(parts), "little")


def _bytes(number: int, count: int) -> bytes:
    return number.to_bytes(count, "little")


def _pairs(height: int) -> int:
    return (height + 1) // 2


def _slice_of_row(row: int, width: int, height: int) -> slice:
    pair, upper = divmod(height - 1 - row, 2)
    plane = _pairs(height) * width
    return slice(upper * plane + pair, (upper + 1) * plane, _pairs(height))


def _line(dots: bytes, codes: bytes, inks: list[Ink], *, grid: bool) -> Line:
    braille = bytearray(b"\x00\x28" * len(dots))
    braille[::2] = dots  # U+2800 and the bits, in UTF-16
    text = braille.decode("utf-16-le").replace(_NO_DOTS, " ")
    if not grid:
        return [_span(text, run.span(), inks[codes[run.start(1)]]) for run in _RUNS_WITH_BLANKS.finditer(codes)]
    behind = (_GRID * len(dots))[: len(dots)]
    runs = [(run.span(), codes[run.start()]) for run in _RUNS.finditer(codes)]
    return [_span(text, ends, inks[code]) if code else _span(behind, ends, "grid") for ends, code in runs]


def _span(text: str, ends: tuple[int, int], ink: Ink) -> Span:
    return Span(text[ends[0] : ends[1]], ink)


def _with_glyphs(line: Line, glyphs: Mapping[int, Span]) -> Line:
    cells = [Span(cell, span.ink) for span in line for cell in span.text]
    for column, span in glyphs.items():
        cells[column] = span
    return joined(cells)
