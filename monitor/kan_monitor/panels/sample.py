"""What the model does: the last sample, input, target and what it generated.

An input that is tall and narrow is a picture: it stands on the left, and what is said about it beside it.
"""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from kan_monitor.dashboard import SampleView
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, fit, gauge_ink, stack, warning, wrap

_LABEL: Final = 10
_PICTURE_ROWS: Final = 3
#: Up to this height the match keeps its place at the bottom, whatever the texts; in a taller panel it would be lost
#: there.
_ANCHORED_ROWS: Final = 12


def draw(sample: SampleView | None, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The sample panel."""
    if height <= LINE_FORM_ROWS:
        return stack([_one_line(sample)], width, height)
    if sample is None:
        return framed([[Span("no sample yet", "label")]], width, height, title="sample", focused=focused)
    inner_width, inner_height = inner_size(width, height)
    picture = _picture(sample.input, inner_width // 2)
    if picture:
        lines = _beside(picture, _body(sample, inner_width - cell_len(picture[0]) - 3, inner_height, with_input=False))
    else:
        lines = _body(sample, inner_width, inner_height, with_input=True)
    note = f"step {sample.step.text} · {sample.position}"
    return framed(lines, width, height, title="sample", note=note, focused=focused)


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


def _body(sample: SampleView, width: int, rows: int, *, with_input: bool) -> list[Line]:
    """The texts under each other, and the match below them."""
    texts: list[tuple[str, str, Ink]] = [("input", sample.input, "plain")] if with_input else []
    texts += [("target", sample.target, "plain"), ("generated", sample.generated, "strong")]
    wrapped = [wrap(text, max(1, width - _LABEL)) for _, text, _ in texts]
    shares = _share_out([len(lines) for lines in wrapped], rows - 1)
    drawn: list[Line] = []
    for (label, _, ink), lines, share in zip(texts, wrapped, shares, strict=True):
        drawn += _labelled(label, lines, share, ink, width)
    anchored = with_input and rows <= _ANCHORED_ROWS
    drawn += [[] for _ in range(rows - 1 - len(drawn))] if anchored else [[]]
    return [*drawn, _match(sample, width)]


def _labelled(label: str, lines: list[str], rows: int, ink: Ink, width: int) -> list[Line]:
    """As many lines as there are rows for; the last one says so where there were more."""
    shown = lines[:rows]
    if len(lines) > rows > 0:
        last = "".join(span.text for span in fit([Span(shown[-1])], width - _LABEL - 2))
        shown[-1] = last.rstrip(" …") + " …"
    heads = [label, *[""] * len(shown)]
    return [[Span(head.ljust(_LABEL), "label"), Span(line, ink)] for head, line in zip(heads, shown, strict=False)]


def _share_out(needs: list[int], rows: int) -> list[int]:
    """`rows` among texts that need so many: who needs little gets it, the others share the rest evenly."""
    shares = [0] * len(needs)
    for left, index in zip(range(len(needs), 0, -1), sorted(range(len(needs)), key=needs.__getitem__), strict=True):
        shares[index] = min(needs[index], max(0, rows - sum(shares)) // left)
    return shares


def _match(sample: SampleView, width: int) -> Line:
    match = sample.match
    length = max(4, min(24, width // 3))
    line: Line = [Span("match".ljust(_LABEL), "label"), *bar(match.fraction, length, gauge_ink(match)), Span("  ")]
    return [*line, *figure(match.figure), *warning(match.figure)]


def _one_line(sample: SampleView | None) -> Line:
    if sample is None:
        return [Span(" sample ", "label"), Span("none yet", "label")]
    generated = " ".join(sample.generated.split())[:200]
    match = [*figure(sample.match.figure), *warning(sample.match.figure)]
    return [Span(" sample ", "label"), *match, Span(f"  {generated}", "plain")]
