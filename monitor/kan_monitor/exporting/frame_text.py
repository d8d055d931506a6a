"""A frame as text: plain, or with the colours of a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.color import ColorSystem
from rich.style import Style

from kan_monitor.colour import ColourMode
from kan_monitor.ink import Ink, Line, plain_text

_SYSTEMS: Final[dict[ColourMode, ColorSystem]] = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
}


def frame_text(lines: Sequence[Line], inks: Mapping[Ink, Style], mode: ColourMode) -> str:
    """The lines as they would be printed to a terminal of that colour mode; plain text for one of no colours."""
    if (system := _SYSTEMS.get(mode)) is None:
        return plain_text(lines) + "\n"
    return "".join(
        "".join(inks[span.ink].render(span.text, color_system=system) for span in line) + "\n" for line in lines
    )
