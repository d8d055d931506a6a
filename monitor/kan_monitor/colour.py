"""How many colours the terminal has, and on which ground, worked out once.

The colours by the flag, NO_COLOR, COLORTERM, TERM, in that order; the ground by the flag, then COLORFGBG.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ColourMode = Literal["truecolor", "256", "16", "none"]
Theme = Literal["dark", "light"]


def detect(environment: Mapping[str, str]) -> ColourMode:
    """The colour mode of the terminal that `environment` describes (https://no-color.org for the first rule)."""
    if environment.get("NO_COLOR"):
        return "none"
    term, colorterm = environment.get("TERM", ""), environment.get("COLORTERM", "").lower()
    if term in ("dumb", "unknown"):
        return "none"
    if colorterm in ("truecolor", "24bit") or term.endswith("-direct"):
        return "truecolor"
    if "256color" in term or "kitty" in term or "alacritty" in term or "ghostty" in term:
        return "256"
    return "16"


def detect_theme(environment: Mapping[str, str]) -> Theme:
    """The theme for the terminal that `environment` describes: light where COLORFGBG ends in one of the light sixteen.

    rxvt's `15;0` and `0;default;15` are foreign to most terminals, which say nothing: then it is dark.
    """
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if ground in ("7", "9", "10", "11", "12", "13", "14", "15") else "dark"
