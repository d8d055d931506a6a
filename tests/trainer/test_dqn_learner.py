"""What is learned from a move: its sample, its target by hand, the step, and what is made of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kan_trainer.command.settings import changed
from kan_trainer.config import Dqn2048Config
from kan_trainer.config.networks import PlayConfig
from kan_trainer.dqn2048.board import all_moves
from kan_trainer.dqn2048.evaluation import p_of_higher, play
from kan_trainer.dqn2048.features import features
from kan_trainer.dqn2048.learner import Learner, bellman_targets, new_network, rewards
from kan_trainer.dqn2048.policy import any_moves, epsilon, some_at_random
from kan_trainer.dqn2048.replay import Replay, Transitions

from .small_games import boards_of

CPU = torch.device("cpu")
#: No move is left on it.
STUCK = [1, 2, 1, 2, 2, 1, 2, 1, 1, 2, 1, 2, 2, 1, 2, 1]
OPEN = [1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4]


def transitions(*numbers: int) -> Transitions:
    """Transitions that can be told apart by their numbers."""
    n = np.array(numbers)
    return Transitions(n.astype(np.uint64), (n % 4).astype(np.uint8), (n * 2).astype(np.int32), n.astype(np.uint64) + 1)


def learner_of(**play: float) -> Learner:
    torch.manual_seed(0)
    config = changed(Dqn2048Config(), {"play": play, "network": {"hidden": [8]}})
    assert isinstance(config, Dqn2048Config)
    return Learner(new_network(config.network), config, CPU)


@given(st.integers(1, 30), st.lists(st.integers(1, 30), max_size=12))
def test_the_replay_holds_the_last_ones_and_no_others(capacity: int, counts: list[int]) -> None:
    replay, added = Replay(capacity), 0
    for count in counts:
        count = min(count, capacity)
        replay.add(transitions(*range(added, added + count)))
        added += count
    held = replay.content.at(slice(len(replay)))
    assert sorted(held.boards.tolist()) == list(range(max(0, added - capacity), added))
    assert np.array_equal(held.following, held.boards + np.uint64(1))
    assert np.array_equal(held.gains, held.boards.astype(np.int32) * 2)


def test_every_move_that_is_remembered_is_drawn_as_often_as_any_other() -> None:
    """Seed 11; the chi-square of 300 places with 299 degrees of freedom is below its 99.9th percentile."""
    replay = Replay(300)
    replay.add(transitions(*range(200)))
    replay.add(transitions(*range(200, 450)))
    random = np.random.default_rng(11)
    drawn = np.concatenate([replay.sample(64, random).boards for _ in range(1000)]).astype(np.int64)
    hits = np.bincount(drawn, minlength=450)
    assert hits[:150].sum() == 0
    assert stats.chisquare(hits[150:]).pvalue > 0.001
    # Nor does one draw depend on the one before it.
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 4 / math.sqrt(len(drawn))


def test_a_target_is_what_van_hasselt_says_by_hand() -> None:
    online = np.array([[1, 5, 3, 9], [2, 1, 0, 0], [7, 7, 7, 7]], np.float32)
    target = np.array([[10, 20, 30, 40], [5, 6, 7, 8], [9, 9, 9, 9]], np.float32)
    legal = np.array([[1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 0, 0]], np.bool_)
    found = bellman_targets(np.array([0.5, 0.25, 1.0], np.float32), 0.9, online, target, legal)
    # The network chooses the legal move 1 of the first, whatever the target network holds the others to be worth;
    # move 1 of the second; and after the third the game is over.
    assert found.tolist() == pytest.approx([0.5 + 0.9 * 20, 0.25 + 0.9 * 6, 1.0])


def test_the_targets_of_a_batch_are_those_of_its_networks() -> None:
    learner = learner_of(discount=0.5)
    with torch.no_grad():
        for parameter in learner.target.parameters():
            parameter.add_(0.1)
    boards = boards_of(OPEN, STUCK)
    batch = Transitions(boards, np.array([0, 1], np.uint8), np.array([4, 2047], np.int32), boards)
    x = torch.from_numpy(features(boards[:1], (-1, 1)))
    with torch.no_grad():
        online, target = learner.network(x)[0], learner.target(x)[0]
    best = max((move for move in range(4) if all_moves(boards).legal[0, move]), key=lambda move: online[move].item())
    expected = math.log2(5) / 11 + 0.5 * target[best].item()
    assert learner.targets(batch).tolist() == pytest.approx([expected, 1.0], rel=1e-6)


def test_a_step_moves_only_the_value_of_the_move_that_was_made() -> None:
    learner = learner_of()
    boards = boards_of(*[OPEN] * 4)
    gains = np.full(4, 2047, np.int32)
    # The game is over after it: the target is the reward, 1.
    batch = Transitions(boards, np.full(4, 2, np.uint8), gains, boards_of(*[STUCK] * 4))
    last = learner.network.kan_layers[-1]
    before, weights = learner.values(boards)[0].copy(), last.weight.detach().clone()
    found = learner.learn(batch)
    assert found.loss == pytest.approx(0.5 * (1 - before[2]) ** 2, rel=1e-4)
    moved = (last.weight.detach() != weights).flatten(0, 1).any(0).tolist()
    assert moved == [False, False, True, False]
    for _ in range(300):
        learner.learn(batch)
    assert learner.values(boards)[0, 2] == pytest.approx(1, abs=0.02)


def test_the_target_network_follows_by_its_share_and_otherwise_stands_still() -> None:
    learner = learner_of()
    boards = boards_of(OPEN)
    batch = Transitions(boards, np.zeros(1, np.uint8), np.full(1, 4, np.int32), boards)
    before = learner.targets(batch)
    still = {name: tensor.clone() for name, tensor in learner.target.state_dict().items()}
    learner.learn(batch)
    assert all(torch.equal(tensor, still[name]) for name, tensor in learner.target.state_dict().items())
    learner.catch_up(0.25)
    for (name, tensor), now in zip(learner.target.named_parameters(), learner.network.parameters(), strict=True):
        torch.testing.assert_close(tensor, 0.75 * still[name] + 0.25 * now)
    learner.catch_up(1.0)
    assert all(map(torch.equal, learner.target.parameters(), learner.network.parameters()))
    assert learner.targets(batch) != before


@given(st.integers(0, 2**20))
def test_rewards_lie_between_0_and_1_and_grow_with_the_score(gain: int) -> None:
    reward, more = rewards(np.array([gain, gain + 2], np.int32)).tolist()
    assert 0 <= reward <= more <= 1
    assert (reward == 0) == (gain == 0)


def test_moves_are_at_random_at_first_and_the_best_later() -> None:
    settings = PlayConfig(exploration=0.5, final_epsilon=0.2)
    assert [epsilon(step, 100, settings) for step in (1, 26, 51, 100)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    assert epsilon(1, 100, PlayConfig(exploration=0.0)) == 1.0
    assert epsilon(2, 100, PlayConfig(exploration=0.0)) == 0.0
    random = np.random.default_rng(0)
    values = np.tile(np.array([3, 9, 2, 1], np.float32), (30_000, 1))
    legal = np.tile(np.array([True, False, True, True]), (30_000, 1))
    assert set(some_at_random(values, legal, 0.0, random).tolist()) == {0}
    counts = np.bincount(some_at_random(values, legal, 0.3, random), minlength=4) / 30_000
    assert counts.tolist() == pytest.approx([0.8, 0, 0.1, 0.1], abs=0.01)
    assert counts[1] == 0


def test_features_are_sizes_and_steps_on_the_knots_of_the_grid() -> None:
    board = [0, 1, 14, 15, *[0] * 11, 9]
    row = features(boards_of(board), (0.0, 14.0))[0]
    assert row[:16].tolist() == [0, 1, 14, 14, *[0] * 11, 9]
    assert row[16:19].tolist() == [8, 14, 8]  # 7 is no difference, and more than 7 is as 7
    assert row[16 + 11] == 14
    assert row[28:40].tolist() == [7, 7, 7, 6, 7, 7, 0, 7, 7, 0, 7, 14]
    assert features(boards_of(board), (-1.0, 1.0))[0, :3].tolist() == pytest.approx([-1, -6 / 7, 1])


def test_one_seed_is_one_course_of_evaluated_games_and_each_place_counts_once() -> None:
    def at_random(seed: int) -> list[int]:
        chance = np.random.default_rng(0)
        return play(lambda _, legal: any_moves(legal, chance), 40, seed).scores.tolist()

    assert at_random(1) == at_random(1) != at_random(2)
    assert len(at_random(1)) == 40 and min(at_random(1)) > 0
    # What is known of play by chance: a mean score near 1090.
    assert np.mean([at_random(seed) for seed in range(5)]) == pytest.approx(1090, abs=120)


@given(st.lists(st.integers(0, 30), min_size=5, max_size=60), st.lists(st.integers(0, 30), min_size=5, max_size=60))
def test_the_test_of_higher_scores_is_scipys(first: list[int], second: list[int]) -> None:
    p = p_of_higher(np.array(first), np.array(second))
    if len({*first, *second}) == 1:
        assert p == 1
    else:
        expected = stats.mannwhitneyu(first, second, alternative="greater", method="asymptotic").pvalue
        assert p == pytest.approx(expected, rel=1e-9, abs=1e-12)
