"""The list of runs."""

from __future__ import annotations

from typing import Final, NamedTuple

from kan_monitor.charts.canvas import joined
from kan_monitor.charts.chart import ALIKE
from kan_monitor.ink import Line, Span
from kan_monitor.panels import footer
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import figure, fit, ink_of, shortened, stack
from kan_monitor.view.runs import FilterView, RunRow, RunsView

#: Rows of the screen above the first run: the frame and the heading.
ROWS_ABOVE: Final = 2
_KEYS: Final = (
    ("enter", "watch"),
    ("/", "filter"),
    ("o", "sort"),
    ("space", "mark"),
    ("c", "compare"),
)
_HINT: Final = "enter keeps it, esc undoes it   status:running lr<1e-3 tag:x best<0.3 age<2h not crashed"
_MARK: Final = 3
_NAME: Final = 18


class _Column(NamedTuple):
    """One figure of every run: how the column is called, by what it sorts, and its cells."""

    heading: str
    sort: str
    width: int


#: In the order in which they stand, and in which they get room; what the list is sorted by is never left out for it.
_STATUS: Final = _Column("status", "status", 14)
_FIGURES: Final = (
    _Column("best", "best", 10),
    _Column("done", "progress", 7),
    _Column("written", "age", 11),
    _Column("loss", "loss", 10),
    _Column("duration", "duration", 10),
)
_SMOOTHED: Final = _Column("smoothed", "smooth", 11)
#: Texts share what is left: so wide at least, and at most.
_TEXTS: Final = (
    (_Column("task", "task", 16), 40),
    (_Column("tags", "tag", 12), 32),
    (_Column("judged by", "", 12), 24),
)
#: A name gets so much before there are texts, and so much at most.
_WIDE_NAME: Final = 28
_WIDEST_NAME: Final = 48


def rows_of(height: int, *, typing: bool) -> int:
    """How many runs a screen of so many rows shows."""
    return max(0, height - ROWS_ABOVE - 1 - _rows_below(typing))


def draw(view: RunsView, width: int, height: int) -> list[Line]:
    """The list on exactly `width` × `height` cells."""
    below = _below(view.typing, width)
    columns = _columns(inner_size(width, height)[0], view.sort)
    lines = [
        _heading(columns, view),
        *(_row(row, columns, index == view.cursor) for index, row in enumerate(view.rows)),
    ]
    if not view.rows:
        lines.append([Span(view.nothing, "label")])
    title = f"runs / {view.filter}" if view.filter else "runs"
    title = "".join(span.text for span in fit([Span(title)], max(4, width // 2))).rstrip()
    body = framed(lines, width, max(0, height - len(below)), title=title, note=view.note)
    return stack([*body, *below], width, height)


def _rows_below(typing: bool) -> int:
    return 2 if typing else 1


def _below(typing: FilterView | None, width: int) -> list[Line]:
    """The keys, or the filter that is being typed with what is wrong with it."""
    if typing is None:
        return footer.draw(_KEYS, width, kept=footer.BACK)
    line: Line = [Span(" / ", "key"), Span(typing.before, "strong"), Span("▏", "key"), Span(typing.behind, "strong")]
    note = [Span(f" ! {typing.problem}", "bad")] if typing.problem else [Span(f"   {_HINT}", "label")]
    return [fit(_seen(line, len(typing.before), width), width), fit(note, width)]


def _seen(line: Line, before: int, width: int) -> Line:
    """The line, without its beginning where the cursor would be beyond its end."""
    hidden = max(0, before + 5 - width)
    return [line[0], Span(line[1].text[hidden:], line[1].ink), *line[2:]] if hidden else line


def _columns(width: int, sort: str) -> list[_Column]:
    """The columns that a row of so many cells has room for, the name first; those of text get what is left over."""
    figures = [_SMOOTHED if sort == "smooth" and column.sort == "loss" else column for column in _FIGURES]
    room, fitting = width - _MARK - _NAME, []
    for column in (_STATUS, *sorted(figures, key=lambda column: column.sort != sort)):
        if column.width <= room:
            fitting.append(column)
            room -= column.width
    shown = [column for column in (_STATUS, *figures) if column in fitting]
    name, room = _grown(_Column("run", "name", _NAME), _WIDE_NAME, room, 1)
    texts = []
    for column, widest in _TEXTS:
        if column.width <= room:
            texts.append((column, widest))
            room -= column.width
    name, room = _grown(name, _WIDEST_NAME, room, 1 + len(texts))
    for index, (column, widest) in enumerate(texts):
        wider, room = _grown(column, widest, room, len(texts) - index)
        shown.append(wider)
    return [name._replace(width=max(0, min(name.width, width - _MARK))), *shown]


def _grown(column: _Column, widest: int, room: int, sharers: int) -> tuple[_Column, int]:
    """The column with its share of `room`, and what that leaves to the others."""
    more = min(max(0, room) // sharers, widest - column.width)
    return column._replace(width=column.width + more), room - more


def _heading(columns: list[_Column], view: RunsView) -> Line:
    arrow = "▾" if view.reverse else "▴"
    line: Line = [Span(" " * _MARK)]
    for column in columns:
        chosen = column.sort == view.sort
        text = f"{column.heading} {arrow}" if chosen else column.heading
        line += fit([Span(text, "key" if chosen else "label")], column.width)
    return line


def _row(row: RunRow, columns: list[_Column], chosen: bool) -> Line:
    line: Line = [Span("▸" if chosen else " ", "key"), numbered(row.number)]
    for column in columns:
        line += _cell(row, column, chosen)
    return joined(line)


def numbered(number: int) -> Span:
    """The number of a run that is chosen for a comparison, in the ink of its curve; blank where it is not."""
    return Span(f"{number} ", ALIKE[(number - 1) % len(ALIKE)]) if number else Span("  ")


def _cell(row: RunRow, column: _Column, chosen: bool) -> Line:
    """One cell, with a blank at its end."""
    contents: dict[str, Line] = {
        "run": [Span(shortened(row.name, column.width - 1), "key" if chosen else "strong")],
        "status": [Span(f"{row.badge.mark} {row.badge.word}", ink_of(row.badge.severity, "label"))],
        "best": figure(row.best),
        "done": figure(row.progress, ink="plain"),
        "written": [Span(f"{row.age.text} ago" if row.age.known else "", "label")],
        "loss": figure(row.loss, ink="plain"),
        "smoothed": figure(row.smoothed),
        "duration": figure(row.duration, ink="plain"),
        "task": [Span(row.subtitle or row.badge.detail, "label")],
        "tags": [Span(" ".join(row.tags), "label")],
        "judged by": [Span(row.best_of, "label")],
    }
    return [*fit(contents[column.heading], column.width - 1), Span(" ")] if column.width else []
