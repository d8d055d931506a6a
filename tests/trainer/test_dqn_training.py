"""`kan-train dqn2048`: it learns, says how it goes, and a run that was stopped is the run that never was."""

from __future__ import annotations

import json
import math
import re
import signal
from pathlib import Path

import pytest
import torch

from kan_shared.experiment import Experiment
from kan_shared.journal import JournalReader, Sample
from kan_shared.network import NetworkReader
from kan_shared.store import read_state
from kan_trainer.cli import main
from kan_trainer.recording.orders import Diverged
from kan_trainer.recording.signals import Stopped
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Checkpoint, Checkpoints
from kan_trainer.training.steps import Unsaved

from .commands import series, start_and_signal
from .small_games import games_of, play_games, small_games
from .small_training import Crash, events_of
from .test_loop_interrupted import Asked

#: Enough of a training to be told from chance: 2 × 10^5 moves.
LITTLE = "--steps 800 --boards 256 --hidden 32 --learning-rate 0.001 --target-share 0.01 --evaluation-games 64 --seed 7"
SMALL = (
    "--steps 400 --boards 16 --replay-size 300 --hidden 8 --batch-size 16 --evaluation-games 4 --checkpoint-every 50"
)


def test_it_plays_better_than_chance_and_than_it_began(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dqn2048", *LITTLE.split(), "--output", str(tmp_path)]) == 0
    found = {name: series(tmp_path, f"evaluation/{name}")[-1][1] for name in ("score", "random_score", "random_p")}
    found["untrained_p"] = series(tmp_path, "evaluation/untrained_p")[-1][1]
    assert found["random_p"] < 1e-5 and found["untrained_p"] < 1e-5
    assert found["score"] > 1.3 * found["random_score"]
    scores = [score for _, score, _ in series(tmp_path, "score")]
    assert scores[-1] > 1.3 * scores[0]
    told = capsys.readouterr().out
    assert re.search(
        r"2048 on 256 boards: score \d+ ± \d+ in 64 games, largest tile \d+; untrained \d+ \(p [=<] \S+\),"
        r" random \d+ \(p [=<] \S+\) after 800 steps",
        told,
    )
    state = read_state(tmp_path / "state.json")
    assert (state.status, state.step, state.total_steps, state.epoch) == ("complete", 800, 800, None)
    assert (state.task, state.model) == ("dqn2048 2048 on 256 boards", "KAN [40, 32, 4]")
    # What it is judged by, in the dashboard and in the list of runs.
    assert next(iter(state.metrics)) == next(iter(state.goals)) == "score"
    final = json.loads((tmp_path / "metrics.json").read_text())["metrics"]
    assert final["evaluation/score"]["value"] == found["score"]


def test_every_step_is_recorded_and_how_the_games_go_every_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kan_trainer.dqn2048.loop.WINDOW", 20)
    loop = play_games(small_games(steps=500), tmp_path)
    for name in ("td/loss", "learning_rate", "gradient_norm"):
        assert [step for step, _, _ in series(tmp_path, name)] == list(range(1, 501))
    every = list(range(50, 501, 50))
    for name in ("q_value", "epsilon", "episodes"):
        assert [step for step, _, _ in series(tmp_path, name)] == every
    assert [step for step, _, _ in series(tmp_path, "episodes_per_second")] == every[1:]
    assert series(tmp_path, "episodes")[-1][1] == loop.episodes.count > 20
    assert series(tmp_path, "score")[0] == (0, loop.values["evaluation/random_score"], 0)
    assert series(tmp_path, "score")[-1][1] == loop.episodes.scores.mean()
    assert series(tmp_path, "max_tile")[-1][1] == 2 ** int(loop.episodes.largest.max())
    assert [loop.planned_rate(step) for step in range(1, 501)] == [r for _, r, _ in series(tmp_path, "learning_rate")]


def test_the_network_is_shown_with_the_boards_of_its_games(tmp_path: Path) -> None:
    play_games(small_games(), tmp_path)
    reader = NetworkReader(Experiment(tmp_path).network)
    reader.poll()
    assert reader.network is not None and reader.network.step == 60
    assert [(layer.inputs, layer.outputs) for layer in reader.network.layers] == [(40, 8), (8, 4)]
    assert reader.network.layers[0].coverage == 1
    assert any(edge.inputs and edge.inputs[0] < edge.inputs[1] for edge in reader.network.layers[0].edges)


def test_a_sample_is_a_board_and_what_its_legal_moves_are_worth(tmp_path: Path) -> None:
    play_games(small_games(steps=500), tmp_path)
    samples = JournalReader(Experiment(tmp_path).samples, Sample)
    samples.poll()
    assert [sample.step for sample in samples.entries] == [250, 500]
    for sample in samples.entries:
        assert re.fullmatch(r"(([ ]*(\d+|·)│){3}[ ]*(\d+|·)\n?){4}", sample.input)
        assert len({len(line) for line in sample.input.splitlines()}) == 1
        assert re.fullmatch(r"(left|right|up|down) -?\d+\.\d\d", sample.target)
        worth = [float(line.split()[1]) for line in sample.generated.splitlines()]
        assert worth == sorted(worth, reverse=True)
        assert sample.target.split()[0] in sample.generated
        assert sample.match is not None and 0 <= sample.match <= 1


@pytest.mark.parametrize("crash_at", [3, 10, 17, 41])
def test_a_run_that_crashed_goes_on_bit_by_bit(tmp_path: Path, crash_at: int) -> None:
    whole = play_games(small_games(), tmp_path / "whole")
    with pytest.raises(Crash):
        play_games(small_games(), tmp_path / "crashed", crash_at)
    resumed = play_games(small_games(), tmp_path / "crashed")
    for name in ("score", "td/loss", "gradient_norm", "learning_rate", "q_value", "episodes"):
        expected = {step: value for step, value, _ in series(tmp_path / "whole", name)}
        records = series(tmp_path / "crashed", name)
        assert [(step, value) for step, value, _ in records if expected[step] != value] == []
        assert {step for step, _, _ in records} == set(expected)
    assert all(map(torch.equal, resumed.network.parameters(), whole.network.parameters()))
    assert resumed.values == whole.values
    first, second = whole.checkpoint(), resumed.checkpoint()
    assert all(torch.equal(tensor, second.training[name]) for name, tensor in first.training.items())


def test_a_run_that_was_killed_before_its_evaluation_is_evaluated(tmp_path: Path) -> None:
    whole = play_games(small_games(), tmp_path)
    state = tmp_path / "state.json"
    state.write_text(state.read_text().replace('"complete"', '"running"'))
    assert play_games(small_games(), tmp_path).values == whole.values


def test_killed_and_interrupted_processes_go_on_bit_by_bit(tmp_path: Path) -> None:
    argv = ["dqn2048", *SMALL.split()]
    assert main([*argv, "--output", str(tmp_path / "whole")]) == 0
    stopped = tmp_path / "stopped"
    code, told = start_and_signal(stopped, 60, signal.SIGINT, *argv, "--allow-control", "--stop-on", "nan")
    assert code == 130
    assert told.endswith(f"kan-train dqn2048 --resume --allow-control --stop-on nan --output {stopped}\n")
    code, _ = start_and_signal(stopped, 160, signal.SIGKILL, "dqn2048", "--resume")
    assert code == -signal.SIGKILL
    assert main(["dqn2048", "--resume", "--output", str(stopped)]) == 0
    for name in ("td/loss", "evaluation/score"):
        expected = {step: value for step, value, _ in series(tmp_path / "whole", name)}
        records = series(stopped, name)
        assert [(step, value) for step, value, _ in records if expected[step] != value] == []
        assert {step for step, _, _ in records} == set(expected)


def test_a_run_that_is_asked_to_stop_goes_on_bit_by_bit(tmp_path: Path) -> None:
    whole = play_games(small_games(), tmp_path / "whole")
    loop, checkpoints = games_of(small_games()), Checkpoints(tmp_path / "asked" / "checkpoints")
    Asked.actions = ("pause", "checkpoint", "resume", "stop")
    with pytest.raises(Stopped), Asked(tmp_path / "asked", total_steps=60) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    latest = checkpoints.latest()
    assert latest is not None and latest.position.step == 23
    resumed = play_games(small_games(), tmp_path / "asked")
    assert all(map(torch.equal, resumed.network.parameters(), whole.network.parameters()))


def test_the_best_weights_are_those_of_the_highest_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kan_trainer.dqn2048.loop.WINDOW", 20)
    loop = play_games(small_games(steps=600), tmp_path)
    scores = {step: score for step, score, _ in series(tmp_path, "score")}
    counts = {step: count for step, count, _ in series(tmp_path, "episodes")}
    full = [step for step in scores if counts.get(step, 0) >= 20]
    assert list(scores)[1:] == full  # but for chance at step 0, only what enough games tell
    assert len(full) > 3 and loop.best is not None
    assert loop.best.step == max(full, key=lambda step: scores[step])
    assert loop.best.values["score"] == scores[loop.best.step]
    assert (tmp_path / "checkpoints" / "best" / "model.safetensors").exists()


def test_a_training_that_stops_on_nan_leaves_checkpoints_from_before_it(tmp_path: Path) -> None:
    loop, checkpoints = games_of(small_games()), Checkpoints(tmp_path / "checkpoints")
    advance = loop.advance

    def spoiled(run: Run) -> None:
        if loop.step == 42:
            with torch.no_grad():
                next(loop.network.parameters()).fill_(math.nan)
        advance(run)

    loop.advance = spoiled  # type: ignore[method-assign]
    with pytest.raises(Diverged, match="td/loss is NaN at step 43"), Run(tmp_path, stop_on="nan") as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    latest = checkpoints.latest()
    assert latest is not None and latest.position.step == 40


def test_weights_that_are_no_numbers_are_never_the_best(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kan_trainer.dqn2048.loop.WINDOW", 2)
    loop, checkpoints = games_of(small_games(steps=400)), Checkpoints(tmp_path / "checkpoints")
    with torch.no_grad():
        next(loop.network.parameters()).fill_(math.nan)
    with Run(tmp_path) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    assert loop.step == 400 and loop.episodes.count > 2
    assert loop.best is None


def test_a_checkpoint_that_does_not_fit_ends_the_training_only_where_it_is_the_last(tmp_path: Path) -> None:
    class FullDisk(Checkpoints):
        def save(self, checkpoint: Checkpoint) -> Path:
            assert checkpoint.training
            raise OSError(28, "No space left on device")

    loop, checkpoints = games_of(small_games()), FullDisk(tmp_path / "checkpoints")
    with pytest.raises(Unsaved, match="the last step, 60, cannot be written"), Run(tmp_path) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    assert loop.step == 60
    assert [step for step, _ in events_of(tmp_path, "error")] == [10, 20, 30, 40, 50, 60, None]


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["--boards", "0"], "boards must be at least 1, not 0."),
        (["--replay-size", "100"], "replay_size must be at least that of boards, not 100."),
        (["--final-epsilon", "2"], "final_epsilon must be between 0 and 1, not 2.0."),
        (["--steps", "0"], "steps must be at least 1, not 0."),
        (["--epochs", "3"], "unrecognized arguments: --epochs 3"),
    ],
)
def test_a_mistake_is_one_sentence(argv: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dqn2048", *argv]) == 2
    told = capsys.readouterr().err
    assert complaint in told and told.count("\n") == 1
