"""Lines of ink: measured in terminal cells, cut, padded, wrapped and put side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from rich.cells import cell_len, set_cell_size

from kan_monitor.dashboard import Figure, Gauge
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.thresholds import Severity

#: Panels with so few rows draw no frame.
LINE_FORM_ROWS: Final = 3
_NEEDS_A_LOOK: Final[tuple[Severity, ...]] = ("warn", "bad", "info")
_SEVERITY_INK: Final[dict[Severity, Ink]] = {
    "none": "strong",
    "great": "great",
    "good": "good",
    "warn": "warn",
    "bad": "bad",
    "info": "info",
}


def ink_of(severity: Severity, otherwise: Ink = "strong") -> Ink:
    """The ink of a severity; `otherwise` where there is nothing to say."""
    return otherwise if severity == "none" else _SEVERITY_INK[severity]


def width_of(line: Iterable[Span]) -> int:
    """The cells that a line takes."""
    return sum(cell_len(span.text) for span in line)


def fit(line: Iterable[Span], width: int) -> Line:
    """The line at exactly `width` cells: padded, or cut with an ellipsis where more than blanks is lost."""
    spans = list(line)
    if width_of(spans) > width:
        spans = _without_blanks_at_the_end(spans)
    missing = width - width_of(spans)
    if missing < 0:
        return _cut(spans, width)
    return [*spans, Span(" " * missing)] if missing else spans


def with_more(line: Iterable[Span], width: int) -> Line:
    """The line at exactly `width` cells, with an ellipsis behind it: there was more."""
    return fit([*_without_blanks_at_the_end(list(line)), Span(" …", "label")], width)


def _without_blanks_at_the_end(spans: Line) -> Line:
    end = len(spans)
    while end and not spans[end - 1].text.rstrip(" "):
        end -= 1
    return [*spans[: end - 1], Span(spans[end - 1].text.rstrip(" "), spans[end - 1].ink)] if end else []


def _cut(spans: Line, width: int) -> Line:
    """As much as fits before an ellipsis in the last cell, of a line that is longer."""
    cut: Line = []
    left = width - 1
    for span in spans:
        cells = cell_len(span.text)
        if cells > left:
            return [*cut, Span(set_cell_size(span.text, left) + "…", span.ink)] if width > 0 else []
        cut.append(span)
        left -= cells
    return cut


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut in its middle: names are told apart by how they begin and how they end."""
    if cell_len(text) <= width:
        return text
    head = set_cell_size(text, max(0, width - 1) // 3)
    tail = text[len(head) :]
    while tail and cell_len(head) + 1 + cell_len(tail) > width:
        tail = tail[1:]
    return f"{head}…{tail}" if width > 0 else ""


def joined(parts: Iterable[Line], width: int, *, gap: int) -> Line:
    """As many of the parts as fit, each as a whole: a figure that is cut would be taken for another one."""
    line: Line = []
    for part in parts:
        piece = [*([Span(" " * gap)] if line else []), *part]
        if line and width_of(line) + width_of(piece) > width:
            break
        line += piece
    return line


def stack(lines: Sequence[Line], width: int, height: int) -> list[Line]:
    """The lines as a block of exactly `width` × `height` cells."""
    block = [fit(line, width) for line in lines[:height]]
    return block + [[Span(" " * width)] for _ in range(height - len(block))]


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken anywhere: code has its own line ends."""
    return [piece for line in text.split("\n") for piece in _pieces(line, width)]


def wrap_line(line: Line, width: int, most: int) -> list[Line]:
    """`wrap` for a text in several inks, which has line ends in it; not many more lines than `most`."""
    lines: list[Line] = []
    at = 0
    for row in "".join(span.text for span in line).split("\n"):
        for piece in _pieces(row, width):
            lines.append(_between(line, at, at + len(piece)))
            at += len(piece)
            if len(lines) > most:
                return lines
        at += 1
    return lines


def _pieces(line: str, width: int) -> Iterator[str]:
    while cell_len(line) > width > 0:
        head = set_cell_size(line, width).rstrip(" ")
        cut = max(1, len(head))
        yield line[:cut]
        line = line[cut:]
    yield line


def _between(line: Line, start: int, stop: int) -> Line:
    """The characters from `start` to `stop`, in their inks."""
    begins = accumulate((len(span.text) for span in line), initial=0)
    cut = (
        Span(span.text[max(0, start - at) : max(0, stop - at)], span.ink)
        for span, at in zip(line, begins, strict=False)
    )
    return [span for span in cut if span.text]


def wrap_words(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken between words where they fit."""
    lines = [""]
    for word in text.split():
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width and lines[-1]:
            lines[-1] += f" {word}"
        else:
            lines += wrap(word, width)
    return lines[1:] or [""]


def bar(fraction: float | None, width: int, ink: Ink) -> Line:
    """A thin bar on a faint track; an unknown fraction is an empty track, not a zero."""
    if fraction is None:
        return [Span("┄" * width, "track")]
    halves = round(min(1.0, max(0.0, fraction)) * width * 2)
    filled = "━" * (halves // 2) + "╸" * (halves % 2)
    return [Span(filled, ink), Span("─" * (width - len(filled)), "track")]


def figure(value: Figure, *, ink: Ink = "strong", unit_ink: Ink = "plain") -> Line:
    """A figure with its unit, in the ink of its severity where that needs a look: what is well needs no colour."""
    unit = f" {value.unit}" if value.unit and value.known else ""
    shown = ink_of(value.severity, ink) if value.severity in _NEEDS_A_LOOK else ink
    return [Span(value.text, shown), Span(unit, unit_ink)]


def warning(value: Figure) -> Line:
    """The word of a figure that needs a look, so that colour is never alone."""
    if value.severity not in _NEEDS_A_LOOK or not value.word:
        return []
    return [Span(f" {value.word}", ink_of(value.severity))]


def gauge_ink(gauge: Gauge, otherwise: Ink = "good") -> Ink:
    """The ink of a gauge's bar."""
    return ink_of(gauge.figure.severity, otherwise)
