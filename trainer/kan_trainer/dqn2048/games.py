"""Many games of 2048 side by side; one that is over begins anew."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kan_trainer.dqn2048.board import Boards, all_moves, cells_of, new_boards, with_new_tile


class Played(NamedTuple):
    """What one move of every game led to.

    Attributes:
        gains: What it scored, `(count,)` of int32.
        boards: The boards with their new tiles; those of games that are over as they ended.
        over: The places of the games that are over.
        scores: What they scored.
        largest: The exponents of their largest tiles.
    """

    gains: NDArray[np.int32]
    boards: Boards
    over: NDArray[np.intp]
    scores: NDArray[np.int64]
    largest: NDArray[np.uint8]


class Games:
    """`count` games, which end and begin each at a time of its own.

    Attributes:
        boards: As they stand; each has a move.
        moves: What each move would do to them.
        scores: What they have scored so far, `(count,)` of int64.
    """

    def __init__(self, count: int, random: np.random.Generator) -> None:
        self._random = random
        self._rows = np.arange(count)
        self.scores = np.zeros(count, np.int64)
        self.stand(new_boards(count, random))

    def stand(self, boards: Boards) -> None:
        """Goes on from `boards`."""
        self.boards, self.moves = boards, all_moves(boards)

    def play(self, chosen: NDArray[np.intp]) -> Played:
        """Makes the move that was `chosen` for each game, which must be legal."""
        after, gains = self.moves.at(self._rows, chosen)
        self.scores += gains
        self.stand(with_new_tile(after, self._random))
        over = np.flatnonzero(~self.moves.legal.any(1))
        ended = self.boards[over]
        played = Played(gains, self.boards, over, self.scores[over], cells_of(ended).max(1))
        if len(over):
            self._begin(over)
        return played

    def _begin(self, rows: NDArray[np.intp]) -> None:
        """New games in the places of those that are over; what was handed out stays as it is."""
        self.boards = self.boards.copy()
        self.boards[rows] = new_boards(len(rows), self._random)
        self.scores[rows] = 0
        new = all_moves(self.boards[rows])
        self.moves.after[rows], self.moves.gains[rows], self.moves.legal[rows] = new
