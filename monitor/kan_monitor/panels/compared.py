"""The texts of a sample as spans: what differs has an ink of its own, and marks around it where that is not enough."""

from __future__ import annotations

from typing import Final, Literal

from kan_monitor.dashboard import Kind, Piece, SampleView
from kan_monitor.ink import Ink, Line, Span

#: The marks of `wdiff`.
_MARKS: Final[dict[Kind, tuple[str, str]]] = {"missing": ("[-", "-]"), "extra": ("{+", "+}")}


def target(sample: SampleView, *, plain: bool) -> Line:
    """The target, and in it what was not generated."""
    return _shown(sample, "missing", sample.target, "plain", plain=plain)


def generated(sample: SampleView, *, plain: bool) -> Line:
    """What was generated, and in it what is not in the target."""
    return _shown(sample, "extra", sample.generated, "strong", plain=plain)


def compared(sample: SampleView) -> Line:
    """Both in one: the target with what was put in the place of what, always between marks, as the kinds mix."""
    return [span for piece in sample.difference for span in _piece(piece, "plain", plain=True)]


def _shown(sample: SampleView, kind: Literal["missing", "extra"], text: str, ink: Ink, *, plain: bool) -> Line:
    if not sample.difference:
        return [Span(text, ink)]
    pieces = [piece for piece in sample.difference if piece.kind in ("same", kind)]
    return [span for piece in pieces for span in _piece(piece, ink, plain=plain)]


def _piece(piece: Piece, ink: Ink, *, plain: bool) -> Line:
    if piece.kind == "same":
        return [Span(piece.text, ink)]
    before, after = _MARKS[piece.kind] if plain else ("", "")
    return [Span(f"{before}{piece.text}{after}", piece.kind)]
