"""Inks become colours here and nowhere else: for a dark and a light ground, in many colours, 256, sixteen and none.

Two greys for what is always there, full strength for values, colour only where it means something. On a light ground
the strongest is the darkest. Every column was chosen for itself, none is another one's nearest: how much contrast an
ink has on its ground, and which have to differ for whom, `tests/monitor/test_palette.py` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from rich.style import Style

from kan_monitor.colour import ColourMode, Theme
from kan_monitor.ink import Ink

#: What lies under the inks: as 24 bits, and of the 256 the one that Rich takes for that. Textual turns all colours into
#: 24 bits, and Rich these back into the 256: light greys come out one darker, all else as it was.
BACKGROUND: Final = "#12161f"
_GROUNDS: Final[dict[Theme, tuple[str, int]]] = {"dark": (BACKGROUND, 16), "light": ("#fafbfc", 231)}


class _Looks(NamedTuple):
    """One ink in every mode: 24 bits and of the 256 for a dark and for a light ground, then the sixteen, and none.

    The sixteen are the terminal owner's own, so only those are taken that schemes for a dark ground and for a light
    one both make legible: the six hues, their bright red, blue and magenta, and the default colour, bold or dim. The
    other bright ones, black and white are the ground itself, or nearly, in one scheme or another.
    """

    dark: str
    light: str
    dark_256: int
    light_256: int
    sixteen: str
    none: str


_BOLD: Final[frozenset[Ink]] = frozenset({"strong", "title", "key", "found", "great", "bad"})
_UNDERLINED: Final[frozenset[Ink]] = frozenset({"missing", "extra", "found"})
#: Of the six hues, the one that few schemes darken enough for a white ground.
_SIXTEEN_ON_LIGHT: Final[dict[Ink, str]] = {"warn": "red"}
_TABLE: Final[dict[Ink, _Looks]] = {
    "plain": _Looks("#aeb4c4", "#3b4252", 249, 238, "default", ""),
    "strong": _Looks("#e8ebf4", "#10141c", 255, 233, "default", "bold"),
    "label": _Looks("#7f889e", "#5f6779", 245, 242, "default", "dim"),
    "faint": _Looks("#636b80", "#858d9d", 242, 246, "dim", "dim"),
    "frame": _Looks("#353c4d", "#bcc3cf", 238, 251, "dim", "dim"),
    "grid": _Looks("#2c3342", "#d8dde5", 236, 255, "dim", "dim"),
    "track": _Looks("#353c4d", "#c9cfd9", 238, 252, "dim", "dim"),
    "title": _Looks("#c3c9d8", "#272d3b", 252, 235, "default", "bold"),
    "key": _Looks("#4cc9f0", "#006e9c", 45, 24, "cyan", "bold"),
    "found": _Looks("#ffd166", "#7a4a00", 221, 94, "default", "bold underline"),
    "great": _Looks("#a8ffb4", "#007a5e", 121, 29, "green", "bold"),
    "good": _Looks("#8ae89a", "#0a8152", 114, 29, "green", ""),
    "warn": _Looks("#f5a623", "#b35200", 214, 130, "yellow", "bold"),
    "bad": _Looks("#f4523f", "#98090f", 203, 88, "red", "bold"),
    "info": _Looks("#5b9bff", "#1a30c2", 69, 19, "bright_blue", ""),
    "missing": _Looks("#8ae89a", "#0a8152", 114, 29, "green", "bold"),
    "extra": _Looks("#f4523f", "#98090f", 203, 88, "red", "bold"),
    "train.0": _Looks("#216078", "#9fcbe3", 31, 153, "cyan", ""),
    "train.1": _Looks("#2a86a6", "#66aed2", 38, 81, "cyan", ""),
    "train.2": _Looks("#3fb4dc", "#2b8fbb", 81, 38, "cyan", ""),
    "train.3": _Looks("#82e2ff", "#006e9c", 123, 31, "cyan", "bold"),
    "train.faint": _Looks("#1d3b4b", "#d3e8f2", 237, 254, "dim cyan", "dim"),
    "validation.0": _Looks("#83335f", "#dd97c3", 89, 175, "magenta", ""),
    "validation.1": _Looks("#ae447c", "#cc62a2", 126, 169, "magenta", ""),
    "validation.2": _Looks("#dc5a9f", "#b3307f", 169, 126, "magenta", ""),
    "validation.3": _Looks("#ff70b8", "#8f0a63", 205, 89, "magenta", "bold"),
    "validation.faint": _Looks("#45243a", "#f1d6e6", 53, 225, "dim magenta", "dim"),
    "series.0": _Looks("#ff9e1a", "#b98500", 208, 136, "yellow", ""),
    "series.1": _Looks("#4db6ff", "#1683ff", 75, 33, "cyan", ""),
    "series.2": _Looks("#2bd0aa", "#07737a", 43, 30, "green", ""),
    "series.3": _Looks("#f9ef70", "#5e3700", 227, 94, "magenta", ""),
    "series.4": _Looks("#5c66ff", "#2b0ba5", 63, 18, "blue", ""),
    "series.5": _Looks("#d35c11", "#92590e", 130, 52, "red", ""),
    "series.6": _Looks("#b56a9a", "#dc1ab8", 132, 199, "bright_magenta", ""),
    "series.7": _Looks("#b8fbff", "#3b3158", 159, 240, "default", ""),
    "series.0.faint": _Looks("#4b371e", "#e9dcba", 58, 223, "dim yellow", "dim"),
    "series.1.faint": _Looks("#203c55", "#bfdcfd", 24, 153, "dim cyan", "dim"),
    "series.2.faint": _Looks("#184340", "#bbd8da", 23, 152, "dim green", "dim"),
    "series.3.faint": _Looks("#494a32", "#d1c8ba", 240, 187, "dim magenta", "dim"),
    "series.4.faint": _Looks("#242955", "#c4bde5", 18, 189, "dim blue", "dim"),
    "series.5.faint": _Looks("#40271c", "#dfd1be", 52, 224, "dim red", "dim"),
    "series.6.faint": _Looks("#392a3d", "#f2c0ea", 53, 225, "dim bright_magenta", "dim"),
    "series.7.faint": _Looks("#3a4d55", "#c8c6d1", 238, 252, "dim default", "dim"),
}


def styles(mode: ColourMode, theme: Theme = "dark") -> Mapping[Ink, Style]:
    """The style of every ink in a colour mode, on the ground of a theme."""
    return {ink: Style.parse(_definition(ink, looks, mode, theme)) for ink, looks in _TABLE.items()}


def background(theme: Theme) -> str:
    """The ground that the inks of a theme were chosen for, where there are many colours."""
    return _GROUNDS[theme][0]


def _definition(ink: Ink, looks: _Looks, mode: ColourMode, theme: Theme) -> str:
    """How Rich writes the style."""
    if mode == "none":
        return looks.none or "none"
    weight = "bold " * (ink in _BOLD) + "underline " * (ink in _UNDERLINED)
    if mode == "16":
        darker = _SIXTEEN_ON_LIGHT if theme == "light" else {}
        return weight + darker.get(ink, looks.sixteen)
    true_ground, ground = _GROUNDS[theme]
    if mode == "truecolor":
        return f"{weight}{looks.dark if theme == 'dark' else looks.light} on {true_ground}"
    return f"{weight}color({looks.dark_256 if theme == 'dark' else looks.light_256}) on color({ground})"
