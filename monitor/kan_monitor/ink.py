"""What the panels draw with: lines of spans, each in an ink that says what it means, not which colour it has.

The palette turns inks into colours, once for each theme and colour mode; plain text ignores them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Ink = Literal[
    "plain",  # text as it is
    "strong",  # the figures one looks for
    "label",  # what names a figure
    "faint",  # what is there but need not be read
    "frame",  # borders
    "grid",  # the chart's dotted lines
    "track",  # the unfilled part of a bar
    "title",  # the app's and the panels' names
    "key",  # a key to press
    "found",  # what was searched for
    # severities
    "great",
    "good",
    "warn",
    "bad",
    "info",
    # what a text lacks of another one, and what it has beyond it
    "missing",
    "extra",
    # series, from the oldest points to the newest, and as a backdrop
    "train.0",
    "train.1",
    "train.2",
    "train.3",
    "train.faint",
    "validation.0",
    "validation.1",
    "validation.2",
    "validation.3",
    "validation.faint",
    # any series among others, by a palette that colour-blind people can tell apart, and as a backdrop
    "series.0",
    "series.1",
    "series.2",
    "series.3",
    "series.4",
    "series.5",
    "series.6",
    "series.7",
    "series.0.faint",
    "series.1.faint",
    "series.2.faint",
    "series.3.faint",
    "series.4.faint",
    "series.5.faint",
    "series.6.faint",
    "series.7.faint",
]


class Span(NamedTuple):
    """A piece of one line, all in one ink."""

    text: str
    ink: Ink = "plain"


Line = list[Span]


def plain_text(lines: Iterable[Line]) -> str:
    """The lines without their inks, trailing blanks cut."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)
