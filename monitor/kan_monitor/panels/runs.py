"""The list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.ink import Line, Span
from kan_monitor.panels import footer
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import figure, fit, ink_of
from kan_monitor.view.runs import RunRow

#: Rows of the screen above the first run (frame, heading), and around all of them (these, frame, footer).
ROWS_ABOVE: Final = 2
ROWS_AROUND: Final = ROWS_ABOVE + 2
_KEYS: Final = (("enter", "watch"), ("↑↓", "choose"), ("esc", "back"), ("?", "help"), ("q", "quit"))
#: The columns after the name: their headings and widths.
_COLUMNS: Final = (("condition", 14), ("done", 8), ("loss", 12), ("written", 12))
#: What the task, behind them all, has of a screen that is wide enough.
_TASK: Final = 24


def draw(rows: Sequence[RunRow], width: int, height: int, *, root: str, cursor: int | None, total: int) -> list[Line]:
    """The list; `cursor` is the row that is chosen."""
    inner_width, _ = inner_size(width, height - 1)
    room = inner_width - 2 - sum(size for _, size in _COLUMNS)
    name_width = max(10, min(48, room - _TASK if room >= 2 * _TASK else room))
    task_width = max(0, room - name_width)
    lines = [_heading(name_width, task_width)]
    lines += [_row(row, name_width, task_width, chosen=index == cursor) for index, row in enumerate(rows)]
    if not rows:
        lines.append([Span(f"no runs under {root} yet", "label")])
    body = framed(lines, width, max(2, height - 1), title="runs", note=f"{total} under {root}")
    return [*body, *footer.draw(_KEYS, width)]


def _heading(name_width: int, task_width: int) -> Line:
    names = [("  run", name_width + 2), *_COLUMNS, ("task", task_width)]
    return [Span(name.ljust(size)[:size], "label") for name, size in names]


def _row(row: RunRow, name_width: int, task_width: int, *, chosen: bool) -> Line:
    condition = [Span(f"{row.badge.mark} {row.badge.word}", ink_of(row.badge.severity, "label"))]
    progress = figure(row.progress, ink="plain")
    cells = (condition, progress, figure(row.loss), [Span(row.age and f"{row.age} ago", "label")])
    line: Line = [Span("▸ " if chosen else "  ", "key")]
    line += fit([Span(row.name, "key" if chosen else "strong")], name_width)
    for (_, size), cell in zip(_COLUMNS, cells, strict=True):
        line += fit(cell, size)
    return [*line, *fit([Span(row.subtitle or row.badge.detail, "label")], task_width)]
