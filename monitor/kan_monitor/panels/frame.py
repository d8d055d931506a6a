"""The frame of a panel: thin, rounded, its title on the left and a note on the right."""

from __future__ import annotations

from collections.abc import Sequence

from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.lines import fit, stack, width_of


def inner_size(width: int, height: int) -> tuple[int, int]:
    """The cells inside a frame of that size: a column of air at each side, none above or below."""
    return max(0, width - 4), max(0, height - 2)


def framed(
    lines: Sequence[Line], width: int, height: int, *, title: str, note: str = "", focused: bool = False
) -> list[Line]:
    """`lines` inside a frame of exactly `width` × `height` cells; without one where it would have no inside."""
    if width < 4 or height < 2:
        return stack(lines, width, height)
    ink: Ink = "key" if focused else "frame"
    inner_width, inner_height = inner_size(width, height)
    edge = Span("│", ink)
    body = [[edge, Span(" "), *line, Span(" "), edge] for line in stack(lines, inner_width, inner_height)]
    bottom: Line = [Span("╰" + "─" * (width - 2) + "╯", ink)]
    return [_top(title, note, width, focused), *body, bottom]


def _top(title: str, note: str, width: int, focused: bool) -> Line:
    ink: Ink = "key" if focused else "frame"
    left: Line = [Span("╭─ ", ink), Span(title, "key" if focused else "title"), Span(" ", ink)]
    right: Line = [Span(" ", ink), Span(note, "label"), Span(" ─╮", ink)] if note else [Span("─╮", ink)]
    gap = width - width_of(left) - width_of(right)
    if gap < 1 and note:
        return _top(title, "", width, focused)
    return fit([*left, Span("─" * max(0, gap), ink), *right], width)
