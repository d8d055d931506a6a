"""What the model does: the last sample, input, target and what it generated."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import SampleView
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, gauge_ink, stack, warning, wrap

_LABEL: Final = 10


def draw(sample: SampleView | None, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The sample panel."""
    if height <= LINE_FORM_ROWS:
        return stack([_one_line(sample)], width, height)
    if sample is None:
        return framed([[Span("no sample yet", "label")]], width, height, title="sample", focused=focused)
    inner_width, inner_height = inner_size(width, height)
    lines = _texts(sample, inner_width, inner_height - 1)
    lines += [[] for _ in range(inner_height - 1 - len(lines))]
    lines.append(_match(sample, inner_width))
    note = f"step {sample.step.text} · {sample.position}"
    return framed(lines, width, height, title="sample", note=note, focused=focused)


def _texts(sample: SampleView, width: int, rows: int) -> list[Line]:
    texts: tuple[tuple[str, str, Ink], ...] = (
        ("input", sample.input, "plain"),
        ("target", sample.target, "plain"),
        ("generated", sample.generated, "strong"),
    )
    wrapped = [wrap(text, width - _LABEL) for _, text, _ in texts]
    shares = _share_out([len(lines) for lines in wrapped], rows)
    drawn: list[Line] = []
    for (label, _, ink), lines, share in zip(texts, wrapped, shares, strict=True):
        drawn += _labelled(label, lines, share, ink)
    return drawn


def _labelled(label: str, lines: list[str], rows: int, ink: Ink) -> list[Line]:
    shown = lines[:rows]
    if len(lines) > rows > 0:
        shown[-1] = shown[-1] + " …"
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
    return [
        Span(" sample ", "label"),
        *figure(sample.match.figure),
        Span("  " + " ".join(sample.generated.split())[:200], "plain"),
    ]
