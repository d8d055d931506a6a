"""How the games went that ended last."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Games that a figure is made of.
WINDOW: Final = 500


class Episodes:
    """The last games that ended.

    Attributes:
        count: Games that ever ended.
        scores: Of the last ones, the oldest first.
        largest: The exponents of their largest tiles.
    """

    def __init__(self) -> None:
        self.count = 0
        self.scores = np.zeros(0, np.int64)
        self.largest = np.zeros(0, np.uint8)

    def add(self, scores: NDArray[np.int64], largest: NDArray[np.uint8]) -> None:
        """Takes in games that ended."""
        if len(scores):
            self.count += len(scores)
            self.scores = np.concatenate((self.scores, scores))[-WINDOW:]
            self.largest = np.concatenate((self.largest, largest))[-WINDOW:]

    def figures(self) -> dict[str, float]:
        """The mean score and the largest tile of the last ones, by series name; there must be some."""
        return {"score": float(self.scores.mean()), "max_tile": float(2 ** int(self.largest.max()))}
