"""How the text format puts figures together."""

from __future__ import annotations

from collections.abc import Iterable

from kan_monitor.dashboard import Figure


def joined(parts: Iterable[str]) -> str:
    """Those that say something, side by side."""
    return " | ".join(part for part in parts if part)


def if_known(before: str, figure: Figure, after: str = "") -> str:
    """The figure between two texts; nothing where it is unknown."""
    return f"{before}{figure.text}{after}" if figure.known else ""


def word(figure: Figure) -> str:
    """The severity as a word, where it is one to look at."""
    return f" {figure.word}" if figure.severity in ("warn", "bad", "info") and figure.word else ""
