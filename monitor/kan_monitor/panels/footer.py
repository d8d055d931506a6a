"""The keys, where one looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import fit, width_of

Keys = Sequence[tuple[str, str]]
#: The way out, which every screen over another one shows, however narrow it is.
BACK: Final[Keys] = (("esc", "back"), ("?", "help"), ("q", "quit"))


def draw(keys: Keys, width: int, *, kept: Keys = ()) -> list[Line]:
    """The footer: as many keys as fit, each with what it does; behind them `kept`, which have their room first."""
    line: Line = [Span(" ")]
    room = width + 2 - sum(map(width_of, map(_piece, kept)))
    for group, end in ((keys, room), (kept, width + 2)):
        for piece in map(_piece, group):
            if width_of(line) + width_of(piece) > end:
                break
            line += piece
    return [fit(line, width)]


def _piece(key: tuple[str, str]) -> Line:
    return [Span(key[0], "key"), Span(f" {key[1]}   ", "label")]
