"""The moves that were made last, to learn from in any order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kan_trainer.dqn2048.board import Boards


class Transitions(NamedTuple):
    """Moves that were made, a row each: 21 bytes a move.

    Attributes:
        boards: What they were made on.
        moves: Which they were, `(count,)` of uint8.
        gains: What they scored, `(count,)` of int32.
        following: The boards that came of them; where the game was over, one without a legal move.
    """

    boards: Boards
    moves: NDArray[np.uint8]
    gains: NDArray[np.int32]
    following: Boards

    def at(self, rows: NDArray[np.intp] | slice) -> Transitions:
        """Those of `rows`."""
        return Transitions(self.boards[rows], self.moves[rows], self.gains[rows], self.following[rows])


class Replay:
    """A ring of the last `capacity` transitions: a new one takes the place of the oldest.

    Attributes:
        content: Its memory; the first `len` of it are filled.
        added: Transitions that were ever added.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.added = 0
        self.content = Transitions(
            np.zeros(capacity, np.uint64),
            np.zeros(capacity, np.uint8),
            np.zeros(capacity, np.int32),
            np.zeros(capacity, np.uint64),
        )

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    def add(self, transitions: Transitions) -> None:
        """Takes in `transitions`, no more of them than there is room for altogether."""
        count = len(transitions.boards)
        places = (self.added + np.arange(count)) % self.capacity
        for name, memory in self.content._asdict().items():
            memory[places] = getattr(transitions, name)
        self.added += count

    def sample(self, count: int, random: np.random.Generator) -> Transitions:
        """`count` of them, each as likely as any other, at every draw."""
        return self.content.at(random.integers(0, len(self), count))
