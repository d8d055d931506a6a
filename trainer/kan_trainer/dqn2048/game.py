"""What is learned, in words: how the run is called, which figures are good high, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kan_shared.state import Goal

GOALS: Final[Mapping[str, Goal]] = {
    "score": "maximize",
    "max_tile": "maximize",
    "evaluation/score": "maximize",
    "evaluation/max_tile": "maximize",
}
#: Below it a chance says no more by being smaller.
_SMALLEST_P: Final = 1e-99


@dataclass(frozen=True, kw_only=True)
class Game:
    """2048.

    Attributes:
        title: What is learned, in a few words.
        goals: For each metric that is not to be minimised, what it is to be.
        games: How many are played in the end.
    """

    title: str
    games: int
    goals: Mapping[str, Goal]

    def verdict(self, values: Mapping[str, float]) -> str:
        """The result in a few words, from an evaluation or from the games that were learned from."""
        if "evaluation/score" not in values:
            return f"score {values['score']:.0f}, largest tile {values['max_tile']:.0f}"
        score, error = values["evaluation/score"], values["evaluation/score_error"]
        against = (
            f"{name} {values[f'evaluation/{name}_score']:.0f} (p {_p_text(values[f'evaluation/{name}_p'])})"
            for name in ("untrained", "random")
        )
        tile = values["evaluation/max_tile"]
        return f"score {score:.0f} ± {error:.0f} in {self.games} games, largest tile {tile:.0f}; {', '.join(against)}"


def _p_text(p: float) -> str:
    return f"< {_SMALLEST_P:g}" if p < _SMALLEST_P else f"= {p:.2g}"
