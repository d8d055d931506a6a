"""The keys, where one looks for them."""

from __future__ import annotations

from collections.abc import Sequence

from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import fit, width_of


def draw(keys: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """The footer: as many keys as fit, each with what it does."""
    line: Line = [Span(" ")]
    for key, meaning in keys:
        piece: Line = [Span(key, "key"), Span(f" {meaning}   ", "label")]
        if width_of(line) + width_of(piece) > width + 2:
            break
        line += piece
    return [fit(line, width)]
