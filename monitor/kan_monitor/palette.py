"""Inks become colours here and nowhere else: a table for terminals with many colours, one for sixteen, one for none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.color import ColorSystem
from rich.style import Style

from kan_monitor.colour import ColourMode
from kan_monitor.ink import Ink

BACKGROUND: Final = "#12161f"

#: Two greys for what is always there, full brightness for values, colour only where it means something.
_DARK: Final[dict[Ink, str]] = {
    "plain": "#aeb4c4",
    "strong": "bold #e8ebf4",
    "label": "#737b90",
    "faint": "#545b6e",
    "frame": "#353c4d",
    "grid": "#2c3342",
    "track": "#353c4d",
    "title": "bold #c3c9d8",
    "key": "bold #4cc9f0",
    "found": "bold underline #ffd166",
    "great": "bold #8ff7a7",
    "good": "#7fdc92",
    "warn": "#f5bd5c",
    "bad": "bold #ff6b6b",
    "info": "#7aa2f7",
    "train.0": "#216078",
    "train.1": "#2a86a6",
    "train.2": "#3fb4dc",
    "train.3": "#86e6ff",
    "train.faint": "#1d3b4b",
    "validation.0": "#83335f",
    "validation.1": "#ae447c",
    "validation.2": "#dc5a9f",
    "validation.3": "#ff86c2",
    "validation.faint": "#45243a",
    # Okabe and Ito's, https://jfly.uni-koeln.de/color, brightened for a dark ground
    "series.0": "#e69f00",
    "series.1": "#56b4e9",
    "series.2": "#2bc49a",
    "series.3": "#f0e442",
    "series.4": "#6f9ce8",
    "series.5": "#f0793a",
    "series.6": "#e08bbd",
    "series.7": "#c8ccd6",
    "series.0.faint": "#4a3505",
    "series.1.faint": "#1d3b4d",
    "series.2.faint": "#0f4033",
    "series.3.faint": "#4c4916",
    "series.4.faint": "#26375a",
    "series.5.faint": "#4d2a17",
    "series.6.faint": "#48303f",
    "series.7.faint": "#3d4048",
}
#: The terminal's own sixteen, which its owner has chosen to be legible on its background.
_SIXTEEN: Final[dict[Ink, str]] = {
    "plain": "default",
    "strong": "bold default",
    "label": "bright_black",
    "faint": "bright_black",
    "frame": "bright_black",
    "grid": "bright_black",
    "track": "bright_black",
    "title": "bold default",
    "key": "bold cyan",
    "found": "bold underline",
    "great": "bold bright_green",
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
    "info": "blue",
    "train.0": "cyan",
    "train.1": "cyan",
    "train.2": "cyan",
    "train.3": "bright_cyan",
    "train.faint": "bright_black",
    "validation.0": "magenta",
    "validation.1": "magenta",
    "validation.2": "magenta",
    "validation.3": "bright_magenta",
    "validation.faint": "bright_black",
    "series.0": "yellow",
    "series.1": "bright_cyan",
    "series.2": "green",
    "series.3": "bright_yellow",
    "series.4": "bright_blue",
    "series.5": "bright_red",
    "series.6": "bright_magenta",
    "series.7": "white",
    "series.0.faint": "bright_black",
    "series.1.faint": "bright_black",
    "series.2.faint": "bright_black",
    "series.3.faint": "bright_black",
    "series.4.faint": "bright_black",
    "series.5.faint": "bright_black",
    "series.6.faint": "bright_black",
    "series.7.faint": "bright_black",
}
_NONE: Final[dict[Ink, str]] = {
    "strong": "bold",
    "title": "bold",
    "key": "bold",
    "found": "bold underline",
    "bad": "bold",
    "warn": "bold",
}


def styles(mode: ColourMode) -> Mapping[Ink, Style]:
    """The style of every ink in a colour mode; 256 colours are the nearest to the many."""
    table = {"truecolor": _DARK, "256": _DARK, "16": _SIXTEEN, "none": _NONE}[mode]
    found = {ink: Style.parse(table.get(ink, "none")) for ink in _DARK}
    if mode in ("16", "none"):
        return found
    below = Style(bgcolor=BACKGROUND)
    return {ink: _within_256(style + below) if mode == "256" else style + below for ink, style in found.items()}


def _within_256(style: Style) -> Style:
    nearest = [colour.downgrade(ColorSystem.EIGHT_BIT) if colour else None for colour in (style.color, style.bgcolor)]
    return Style(color=nearest[0], bgcolor=nearest[1], bold=style.bold)
