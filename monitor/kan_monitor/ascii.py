"""The same lines for fonts that have neither Braille nor box drawing: every glyph in ASCII, every cell where it was.

What the app draws has a stand-in of its own; what else a run writes becomes a question mark for each of its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from kan_monitor.ink import Line, Span

_DRAWN: Final = {
    # frames, axes and ticks
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
    "│": "|",
    "─": "-",
    # bars: filled, the half cell at the end, and the empty track of what is not known
    "━": "=",
    "╸": "-",
    "┄": ".",
    # loads, by eighths
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),
    # where something is going, and what happened
    **dict(zip("↓→↑←▲▼▴▾▸◂›", "v>^<^v^v><>", strict=True)),
    **dict(zip("●○•◆✓✕×■‖↻φ", '*o**+xx#"@f', strict=True)),
    # the upright lines of charts, and the place where one types
    **dict(zip("┃┊▏", "|:_", strict=True)),
    # in figures and between words
    **dict(zip("—–−∞·…°≤≥±⇧␊", "---I.~'<>~^/", strict=True)),
    "\u00a0": " ",
    "\u202f": " ",
}
_BRAILLE: Final = 0x2800
_LEFT: Final = (0x01, 0x02, 0x04, 0x40)
_RIGHT: Final = (0x08, 0x10, 0x20, 0x80)


def in_ascii(lines: Sequence[Line]) -> list[Line]:
    """The lines in ASCII, as wide as they were."""
    return [[Span(_text(span.text), span.ink) for span in line] for line in lines]


def _text(text: str) -> str:
    return text if text.isascii() else text.translate(_GLYPHS)


def _dots(bits: int) -> str:
    """The character that looks most like a Braille cell: by where its dots are, and which way they go."""
    left = [row for row, bit in enumerate(_LEFT) if bits & bit]
    right = [row for row, bit in enumerate(_RIGHT) if bits & bit]
    count = len(left) + len(right)
    if count >= 6:
        return "#"
    if not (left and right):
        return _upright(left or right)
    slope = sum(left) / len(left) - sum(right) / len(right)
    if abs(slope) >= 1:
        return "/" if slope > 0 else "\\"
    middle = sum(left + right) / count
    return "=" if count >= 4 else '"' if middle < 0.75 else "-" if middle < 2.5 else "_"


def _upright(rows: list[int]) -> str:
    """The dots of one column, where the other one has none."""
    if len(rows) >= 3:
        return "|"
    if sum(rows) == 3 and len(rows) == 2:
        return ":"
    return " " if not rows else "'" if sum(rows) / len(rows) < 1.5 else "."


class _Glyphs(dict[int, str]):
    """What `str.translate` asks, also for what nobody has thought of."""

    def __missing__(self, code: int) -> str:
        return "?" * cell_len(chr(code))


_GLYPHS: Final = _Glyphs(
    {code: chr(code) for code in range(128)}
    | {ord(glyph): stand_in for glyph, stand_in in _DRAWN.items()}
    | {_BRAILLE + bits: _dots(bits) for bits in range(256)}
)
