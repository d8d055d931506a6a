"""A board for a person to read, with what the network holds its moves to be worth."""

from __future__ import annotations

from typing import Final

from kan_trainer.dqn2048.board import MOVES, Boards, all_moves, cells_of
from kan_trainer.dqn2048.learner import Learner
from kan_trainer.dqn2048.replay import Transitions
from kan_trainer.run import Run

#: Digits of the largest tile.
_CELL: Final = 5


def show_first(run: Run, learner: Learner, made: Transitions, step: int) -> None:
    """Records the first move of `made` as a sample: its board; what each legal move is held to be worth, the best
    first; and what came of the one that was made. They match as far as these two agree."""
    one = made.at(slice(1))
    worth, move, came = learner.values(one.boards)[0], int(one.moves[0]), float(learner.targets(one)[0])
    legal = all_moves(one.boards).legal[0]
    best_first = sorted((at for at in range(len(MOVES)) if legal[at]), key=lambda at: -worth[at])
    run.sample(
        step,
        input=board_text(one.boards),
        target=f"{MOVES[move]} {came:.2f}",
        generated="\n".join(f"{MOVES[at]} {worth[at]:.2f}" for at in best_first),
        match=1 - abs(float(worth[move]) - came) / max(1.0, abs(came)),
    )


def board_text(board: Boards) -> str:
    """One board, `(1,)`, as four lines of four tiles: `    2│  128│    ·│    ·`."""
    tiles = [f"{2**size:>{_CELL}}" if size else "·".rjust(_CELL) for size in cells_of(board)[0].tolist()]
    return "\n".join("│".join(tiles[first : first + 4]) for first in range(0, 16, 4))
