"""How many colours the terminal has, worked out once: by the flag, NO_COLOR, COLORTERM, TERM, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ColourMode = Literal["truecolor", "256", "16", "none"]


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
