"""What the model does: a sample's input, target and what was generated, with what differs between the two.

An input that is tall and narrow is a picture: it stands on the left, and what is said about it beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from kan_monitor.charts.chart import sparkline
from kan_monitor.dashboard import SampleView
from kan_monitor.ink import Line, Span
from kan_monitor.panels import compared
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import (
    LINE_FORM_ROWS,
    bar,
    figure,
    gauge_ink,
    stack,
    warning,
    width_of,
    with_more,
    wrap_line,
)
from kan_monitor.text import count

#: What a text is called, and the text.
Text = tuple[str, Line]

_LABEL: Final = 10
_GAP: Final = 3
#: Below this width two columns would be too narrow for a line of code each.
_TWO_COLUMNS: Final = 64
#: Rows that two columns have at least, whatever the input takes.
_LEAST_ROWS: Final = 3
#: Of the match over time, two samples a cell.
_LONGEST_COURSE: Final = 48
_PICTURE_ROWS: Final = 3
#: More rows than any sample has.
_ALL_ROWS: Final = 10**6
#: Up to this height the match keeps its place at the bottom, whatever the texts; in a taller panel it would be lost
#: there.
_ANCHORED_ROWS: Final = 12


def draw(
    sample: SampleView | None, width: int, height: int, *, plain: bool = False, focused: bool = False
) -> list[Line]:
    """The sample panel; `plain` is without colour, with marks around what differs."""
    if height <= LINE_FORM_ROWS:
        return stack([_one_line(sample)], width, height)
    if sample is None:
        return framed([[Span("no sample yet", "label")]], width, height, title="sample", focused=focused)
    lines, _ = _content(sample, *inner_size(width, height), plain=plain)
    return framed(lines, width, height, title="sample", note=_note(sample), focused=focused)


def draw_scrolled(sample: SampleView, width: int, height: int, first: int, *, plain: bool = False) -> list[Line]:
    """The sample panel of one who wants all of it: where it has not room, the part from the row `first` on."""
    inner_width, inner_height = inner_size(width, height)
    hidden = hidden_rows(sample, width, height, plain=plain)
    if not hidden:
        return draw(sample, width, height, plain=plain)
    first = min(max(0, first), hidden)
    lines = _all_rows(sample, inner_width, plain=plain)[first : first + inner_height - 1]
    above, below = (
        f"{count(rows)} more {arrow}" if rows else "" for rows, arrow in ((first, "↑"), (hidden - first, "↓"))
    )
    more: Line = [Span("   ".join(filter(None, (above, below))), "label")]
    return framed([*lines, more], width, height, title="sample", note=_note(sample))


def hidden_rows(sample: SampleView, width: int, height: int, *, plain: bool = False) -> int:
    """How far a sample that has not room in a panel of that size can be scrolled."""
    inner_width, inner_height = inner_size(width, height)
    if height <= LINE_FORM_ROWS or _content(sample, inner_width, inner_height, plain=plain)[1]:
        return 0
    return max(0, len(_all_rows(sample, inner_width, plain=plain)) - (inner_height - 1))


def _note(sample: SampleView) -> str:
    return f"step {sample.step.text} · {sample.position}"


def _content(sample: SampleView, width: int, height: int, *, plain: bool) -> tuple[list[Line], bool]:
    """What is inside the frame, and whether all of it is."""
    picture = _picture(sample.input, width // 2)
    if picture:
        room = width - cell_len(picture[0]) - 3
        texts, whole = _texts(sample, [], room, height - 2, plain=plain)
        return _beside(picture, [*texts, [], _match(sample, room)]), whole and len(picture) <= height
    lines, whole = _texts(sample, [("input", [Span(sample.input)])], width, height - 1, plain=plain)
    lines += [[]] * (height - 1 - len(lines) if height <= _ANCHORED_ROWS else 1)
    return [*lines, _match(sample, width)], whole


def _all_rows(sample: SampleView, width: int, *, plain: bool) -> list[Line]:
    """Everything, side by side where there is room, as long texts are compared row by row."""
    if width < _TWO_COLUMNS or _picture(sample.input, width // 2):
        return _content(sample, width, _ALL_ROWS, plain=plain)[0]
    target, generated = compared.target(sample, plain=plain), compared.generated(sample, plain=plain)
    lines, _ = _side_by_side([("input", [Span(sample.input)])], target, generated, width, _ALL_ROWS)
    return [_match(sample, width), [], *lines]


def _picture(text: str, widest: int) -> list[str]:
    """The rows of an input that is a picture, all of one width; none of one that is not."""
    rows = text.split("\n")
    width = max(cell_len(row) for row in rows)
    if len(rows) < _PICTURE_ROWS or not 0 < width <= widest or any(row.isascii() and row.strip() for row in rows):
        return []
    return [row + " " * (width - cell_len(row)) for row in rows]


def _beside(picture: list[str], lines: list[Line]) -> list[Line]:
    blank = " " * cell_len(picture[0])
    rows = max(len(picture), len(lines))
    left = picture + [blank] * (rows - len(picture))
    right = lines + [[]] * (rows - len(lines))
    return [[Span(row, "strong"), Span("   "), *line] for row, line in zip(left, right, strict=True)]


def _texts(sample: SampleView, given: Sequence[Text], width: int, rows: int, *, plain: bool) -> tuple[list[Line], bool]:
    """The texts in the first way in which they are whole: under each other, side by side, both in one; whether they
    are."""
    target, generated = compared.target(sample, plain=plain), compared.generated(sample, plain=plain)
    ways = [_under_each_other([*given, ("target", target), ("generated", generated)], width, rows)]
    if width >= _TWO_COLUMNS:
        ways.append(_side_by_side(given, target, generated, width, rows))
    if sample.difference:
        both: Text = ("compared", compared.compared(sample))
        ways.append(_under_each_other([*given, both], width, rows))
    return next((way for way in ways if way[1]), ways[-1])


def _under_each_other(texts: Sequence[Text], width: int, rows: int) -> tuple[list[Line], bool]:
    """The texts behind what they are called, and whether all of them fit."""
    room = max(1, width - _LABEL)
    wrapped = [wrap_line(line, room, rows) for _, line in texts]
    shares = _share_out([len(lines) for lines in wrapped], rows)
    drawn: list[Line] = []
    for (label, _), lines, share in zip(texts, wrapped, shares, strict=True):
        heads = [label, *[""] * share]
        shown = _cut(lines, share, room)
        drawn += [[Span(head.ljust(_LABEL), "label"), *line] for head, line in zip(heads, shown, strict=False)]
    return drawn, all(len(lines) <= share for lines, share in zip(wrapped, shares, strict=True))


def _side_by_side(
    given: Sequence[Text], target: Line, generated: Line, width: int, rows: int
) -> tuple[list[Line], bool]:
    """Two columns under what is given, and whether all of it fits."""
    above, whole = _under_each_other(given, width, max(0, rows - _LEAST_ROWS))
    column, room = (width - _GAP) // 2, max(0, rows - len(above) - 1)
    halves = [wrap_line(line, column, room) for line in (target, generated)]
    longest = min(room, max(map(len, halves)))
    heads: list[Line] = [[Span("target", "label")], [Span("generated", "label")]]
    columns = [
        stack([head, *_cut(lines, room, column)], column, longest + 1)
        for head, lines in zip(heads, halves, strict=True)
    ]
    beside = [[*left, Span(" " * _GAP), *right] for left, right in zip(*columns, strict=True)]
    return [*above, *beside], whole and max(map(len, halves)) <= room


def _cut(lines: Sequence[Line], rows: int, width: int) -> list[Line]:
    """As many lines as there are rows for; the last one says so where there were more."""
    shown = list(lines[:rows])
    if len(lines) > rows > 0:
        shown[-1] = with_more(shown[-1], width)
    return shown


def _share_out(needs: list[int], rows: int) -> list[int]:
    """`rows` among texts that need so many: who needs little gets it, the others share the rest evenly."""
    shares = [0] * len(needs)
    for left, index in zip(range(len(needs), 0, -1), sorted(range(len(needs)), key=needs.__getitem__), strict=True):
        shares[index] = min(needs[index], max(0, rows - sum(shares)) // left)
    return shares


def _match(sample: SampleView, width: int) -> Line:
    """How well it did, and how well they all did."""
    match = sample.match
    length = max(4, min(24, width // 3))
    line: Line = [Span("match".ljust(_LABEL), "label"), *bar(match.fraction, length, gauge_ink(match)), Span("  ")]
    line += [*figure(match.figure), *warning(match.figure)]
    room = min((len(sample.matches) + 1) // 2, _LONGEST_COURSE, width - width_of(line) - 3)
    if room > 1:
        line += [Span("   "), *sparkline(sample.matches, width=room, ink="info", low=0.0, high=1.0, dots=True)]
    return line


def _one_line(sample: SampleView | None) -> Line:
    if sample is None:
        return [Span(" sample ", "label"), Span("none yet", "label")]
    generated = " ".join(sample.generated.split())[:200]
    match = [*figure(sample.match.figure), *warning(sample.match.figure)]
    return [Span(" sample ", "label"), *match, Span(f"  {generated}", "plain")]
