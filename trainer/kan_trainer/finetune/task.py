"""What is learned, in words: how the run is called, which figures are good high, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kan_shared.state import Goal

GOALS: Final[Mapping[str, Goal]] = {"validation/loss": "minimize", "validation/accuracy": "maximize"}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What is learned, in words.

    Attributes:
        title: From which rows, in a few words.
        goals: For each metric that is not to be minimised, what it is to be.
    """

    title: str
    goals: Mapping[str, Goal]

    def verdict(self, values: Mapping[str, float]) -> str:
        """The result in a few words, from the values of the last validation."""
        perplexity, accuracy = values["validation/perplexity"], values["validation/accuracy"]
        return (
            f"validation loss {values['validation/loss']:.4f}, perplexity {perplexity:.3f}, tokens right {accuracy:.1%}"
        )
