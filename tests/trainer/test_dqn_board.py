"""2048 on many boards at once plays as a plain implementation of its rules does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_trainer.dqn2048.board import all_moves, cells_of, new_boards, transposed, with_new_tile
from kan_trainer.dqn2048.games import Games
from kan_trainer.dqn2048.policy import any_moves

from .small_games import boards_of

Grid = list[list[int]]

#: Sixteen exponents; few different ones, so that much merges.
grids = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 15)), min_size=16, max_size=16)


def slid_left(row: list[int]) -> tuple[list[int], int]:
    """By the rules: tiles move up, equal neighbours merge once, the one that is hit first merges first."""
    tiles, slid, gain = [tile for tile in row if tile], [], 0
    while tiles:
        tile = tiles.pop(0)
        if tiles and tiles[0] == tile < 15:
            tiles.pop(0)
            tile += 1
            gain += 2**tile
        slid.append(tile)
    return slid + [0] * (4 - len(slid)), gain


def moved(cells: list[int], move: str) -> tuple[list[int], int]:
    """`cells` after a move, and what it scores."""
    grid = [cells[first : first + 4] for first in range(0, 16, 4)]
    if move in ("up", "down"):
        grid = [list(column) for column in zip(*grid, strict=True)]
    backwards = move in ("right", "down")
    rows, gains = zip(*(slid_left(row[::-1] if backwards else row) for row in grid), strict=True)
    grid = [row[::-1] if backwards else row for row in rows]
    if move in ("up", "down"):
        grid = [list(column) for column in zip(*grid, strict=True)]
    return [tile for row in grid for tile in row], sum(gains)


@given(st.lists(grids, min_size=1, max_size=20))
def test_every_move_does_what_the_rules_say(many: list[list[int]]) -> None:
    moves = all_moves(boards_of(*many))
    for place, cells in enumerate(many):
        for number, name in enumerate(("left", "right", "up", "down")):
            after, gain = moved(cells, name)
            assert cells_of(moves.after[place, number : number + 1])[0].tolist() == after
            assert moves.gains[place, number] == gain
            assert moves.legal[place, number] == (after != cells)


@given(grids)
def test_a_board_is_its_cells_and_turns_over(cells: list[int]) -> None:
    assert cells_of(boards_of(cells))[0].tolist() == cells
    assert cells_of(transposed(boards_of(cells)))[0].tolist() == np.array(cells).reshape(4, 4).T.flatten().tolist()


@given(grids.filter(lambda cells: 0 in cells), st.integers(0, 2**32))
def test_a_new_tile_fills_one_empty_cell(cells: list[int], seed: int) -> None:
    after = cells_of(with_new_tile(boards_of(cells), np.random.default_rng(seed)))[0].tolist()
    changed = [(before, now) for before, now in zip(cells, after, strict=True) if before != now]
    assert changed in ([(0, 1)], [(0, 2)])


def test_new_tiles_are_as_likely_in_every_empty_cell_and_one_in_ten_is_a_four() -> None:
    count = 40_000  # seed 3: the chi-square of 11 cells is below the 99.9th percentile, 29.6
    board = [0, 1, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 0]
    cells = cells_of(with_new_tile(np.repeat(boards_of(board), count), np.random.default_rng(3)))
    new = cells - np.array(board, np.uint8)
    hits = (new[:, [place for place, tile in enumerate(board) if not tile]] > 0).sum(0)
    assert hits.sum() == count
    expected = count / len(hits)
    assert ((hits - expected) ** 2 / expected).sum() < 29.6
    assert (new.max(1) == 2).mean() == pytest.approx(0.1, abs=0.006)  # four standard deviations


def test_a_game_begins_with_two_tiles() -> None:
    cells = cells_of(new_boards(500, np.random.default_rng(0)))
    assert ((cells > 0).sum(1) == 2).all()
    assert set(np.unique(cells).tolist()) == {0, 1, 2}


def test_games_score_what_their_moves_score_and_begin_anew_when_there_is_no_move_left() -> None:
    random = np.random.default_rng(5)
    games, scores, ended = Games(20, random), [0] * 20, 0
    for _ in range(400):
        before = cells_of(games.boards).tolist()
        chosen = any_moves(games.moves.legal, random)
        played = games.play(chosen)
        over = {place: at for at, place in enumerate(played.over.tolist())}
        for place, cells in enumerate(before):
            after, gain = moved(cells, ("left", "right", "up", "down")[chosen[place]])
            assert after != cells
            scores[place] += gain
            now = cells_of(played.boards[place : place + 1])[0].tolist()
            assert sum(a != b for a, b in zip(after, now, strict=True)) == 1
            stuck = all(moved(now, move)[0] == now for move in ("left", "right", "up", "down"))
            assert stuck == (place in over)
            if stuck:
                ended += 1
                assert played.scores[over[place]] == scores[place]
                assert played.largest[over[place]] == max(now)
                scores[place] = 0
                assert (cells_of(games.boards[place : place + 1]) > 0).sum() == 2
            assert games.scores[place] == scores[place]
    assert ended > 20
    assert np.array_equal(games.moves.after, all_moves(games.boards).after)


def test_one_seed_is_one_course_of_games() -> None:
    def course(seed: int) -> list[int]:
        random = np.random.default_rng(seed)
        games = Games(8, random)
        for _ in range(50):
            games.play(any_moves(games.moves.legal, random))
        return games.boards.tolist()

    assert course(1) == course(1) != course(2)
