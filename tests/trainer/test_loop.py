"""The training loop: what it records, and that a run resumed anywhere is the run that was never stopped."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader, Sample
from kan_trainer.command.settings import changed
from kan_trainer.kan import load
from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Checkpoint, Checkpoints
from kan_trainer.training.loop import Loop
from kan_trainer.training.schedule import Batches, Cosine
from kan_trainer.training.steps import Unsaved
from kan_trainer.training.validation import validate

from .commands import series
from .small_training import events_of, loop_of, small, train


def test_every_step_and_every_validation_is_recorded(tmp_path: Path) -> None:
    loop = train(small(), tmp_path)
    assert loop.total_steps == 52
    for name in ("train/loss", "learning_rate", "gradient_norm"):
        assert [step for step, _, _ in series(tmp_path, name)] == list(range(1, 53))
    for name in ("validation/loss", "validation/mse", "validation/r2"):
        assert [step for step, _, _ in series(tmp_path, name)] == [13, 26, 39, 52]
    assert series(tmp_path, "validation/loss")[-1][1] == loop.values["validation/loss"]


def test_samples_go_round_the_held_out_examples(tmp_path: Path) -> None:
    config = changed(small(validate_every=1, epochs=1), {"data": {"validation_fraction": 0.006}})
    train(config, tmp_path)
    samples = JournalReader(Experiment(tmp_path).samples, Sample)
    samples.poll()
    shown = [sample.input for sample in samples.entries]
    assert len(shown) > 24
    assert shown[:8] == shown[8:16]
    assert len(set(shown)) == 8


def test_checkpoints_are_events(tmp_path: Path) -> None:
    train(small(), tmp_path)
    events = JournalReader(Experiment(tmp_path).events, Event)
    events.poll()
    found = [(event.step, event.detail) for event in events.entries if event.kind == "checkpoint"]
    assert found == [(step, f"step-{step}") for step in (10, 20, 30, 40, 50, 52)]
    assert sorted(os.listdir(tmp_path / "checkpoints")) == ["best", "step-50", "step-52"]


def test_the_same_seed_gives_the_same_losses_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        train(small(seed=seed), tmp_path / name)
    first, same, other = (series(tmp_path / name, "train/loss") for name in "abc")
    assert first == same
    assert first != other


def test_the_best_is_kept_with_the_weights_it_had(tmp_path: Path) -> None:
    config = small(learning_rate=0.5, final_rate=1, validate_every=1)
    best = train(config, tmp_path).best
    losses = {step: value for step, value, _ in series(tmp_path, "validation/loss")}
    assert best is not None
    assert best.step == min(losses, key=lambda step: losses[step]) < 52
    fresh = loop_of(config)
    fresh.network.load_state_dict(safetensors.torch.load_file(tmp_path / "checkpoints" / "best" / "model.safetensors"))
    assert validate(fresh.network, fresh.task, fresh.task.validation)[0] == best.values


def test_every_checkpoint_is_a_network_that_can_be_loaded(tmp_path: Path) -> None:
    loop = train(small(), tmp_path)
    network = load(tmp_path / "checkpoints" / "step-52")
    x = loop.task.validation.inputs
    assert network.config == loop.network.config
    assert network(x).equal(loop.network(x))
    assert loop.best is not None
    assert validate(load(tmp_path / "checkpoints" / "best"), loop.task, loop.task.validation)[0] == loop.best.values


def test_a_loss_that_is_not_finite_is_recorded_and_training_goes_on(tmp_path: Path) -> None:
    loop = loop_of(small())
    with torch.no_grad():
        next(loop.network.parameters()).fill_(math.nan)
    checkpoints = Checkpoints(tmp_path / "checkpoints")
    with Run(tmp_path, total_steps=52) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    assert all(math.isnan(value) for _, value, _ in series(tmp_path, "train/loss"))
    assert loop.step == 52
    assert loop.best is None


def test_a_training_can_be_told_to_stop_then(tmp_path: Path) -> None:
    loop = loop_of(small(on_divergence="stop"))
    with torch.no_grad():
        next(loop.network.parameters()).fill_(math.nan)
    with pytest.raises(Diverged, match="the validation loss is nan at step 13"), Run(tmp_path, total_steps=52) as run:
        loop.train(run, Checkpoints(tmp_path / "checkpoints"))


def test_a_checkpoint_that_does_not_fit_ends_the_training_only_where_it_is_the_last(tmp_path: Path) -> None:
    class FullDisk(Checkpoints):
        def save(self, checkpoint: Checkpoint) -> Path:
            assert checkpoint.training
            raise OSError(28, "No space left on device")

    loop = loop_of(small())
    with pytest.raises(Unsaved, match="the last step, 52, cannot be written"), Run(tmp_path, total_steps=52) as run:
        checkpoints = FullDisk(tmp_path / "checkpoints")
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    events = JournalReader(Experiment(tmp_path).events, Event)
    events.poll()
    assert [event.step for event in events.entries if event.kind == "error"] == [10, 20, 30, 40, 50, 52, None]
    assert loop.step == 52


def test_the_gradient_norm_is_that_before_clipping(tmp_path: Path) -> None:
    train(small(clip=0, learning_rate=1e-9, weight_decay=0), tmp_path / "free")
    train(small(clip=0.001, learning_rate=1e-9, weight_decay=0), tmp_path / "clipped")
    free, clipped = (series(tmp_path / name, "gradient_norm") for name in ("free", "clipped"))
    assert free[0] == clipped[0]
    assert free[0][1] > 0.01


def test_clipping_shortens_the_gradient_to_its_limit(tmp_path: Path) -> None:
    train(small(clip=0.001, epochs=1, batch_size=1024), tmp_path)
    state = safetensors.torch.load_file(tmp_path / "checkpoints" / "step-1" / "training.safetensors")
    assert state["optimizer.mean"].norm().item() == pytest.approx(0.1 * 0.001, rel=1e-3)


def test_the_rate_rises_and_falls() -> None:
    rates = Cosine(peak=2.0, total_steps=100, warmup_steps=10, final=0.1)
    assert [rates.rate(step) for step in (1, 5, 10, 11)] == [0.2, 1.0, 2.0, 2.0]
    assert rates.rate(56) == pytest.approx(1.1)
    assert rates.rate(101) == pytest.approx(0.2)
    falling = [rates.rate(step) for step in range(11, 101)]
    assert falling == sorted(falling, reverse=True)
    assert Cosine(peak=1.0, total_steps=1, warmup_steps=0, final=0.0).rate(1) == 1.0


def test_the_step_schedule_is_that_of_pytorch() -> None:
    loop = loop_of(small(schedule="step", decay_every=20, decay_factor=0.3, warmup=0.0, learning_rate=0.5))
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    theirs = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.3)
    for step in range(1, 53):
        assert loop.planned_rate(step) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


def test_the_step_schedule_falls_twice_by_default_after_the_warm_up() -> None:
    loop = loop_of(small(schedule="step", warmup=0.1, learning_rate=1.0))
    assert [loop.planned_rate(step) for step in (1, 5, 18, 19, 36, 37, 52)] == pytest.approx(
        [0.2, 1, 1, 0.1, 0.1, 0.01, 0.01]
    )


def test_every_epoch_sees_every_example_once_in_an_order_of_its_own() -> None:
    batches = Batches(100, 32, seed=1)
    assert batches.per_epoch == 4
    epochs = [torch.cat([batches.rows(step) for step in range(first, first + 4)]) for first in (1, 5)]
    assert all(epoch.sort().values.tolist() == list(range(100)) for epoch in epochs)
    assert not torch.equal(*epochs)
    assert [batches.epoch(step) for step in (1, 4, 5, 8, 9)] == [1, 1, 2, 2, 3]
    assert torch.equal(Batches(100, 32, seed=1).rows(6), batches.rows(6))
    assert not torch.equal(Batches(100, 32, seed=2).rows(6), batches.rows(6))


class SpoiledRun(Run):
    """From step 43 on the loss is NaN."""

    loop: Loop

    def log(self, step: int, values: Mapping[str, Any], **more: Any) -> None:
        super().log(step, values, **more)
        if step == 42:
            self.loop.task.training.targets.fill_(math.nan)


@pytest.mark.parametrize("checkpoint_every", [1, 10, 500])
def test_a_training_that_stops_on_nan_leaves_checkpoints_from_before_it(tmp_path: Path, checkpoint_every: int) -> None:
    loop, checkpoints = (
        loop_of(small(checkpoint_every=checkpoint_every, validate_every=5)),
        Checkpoints(tmp_path / "checkpoints"),
    )
    with pytest.raises(Diverged, match="train/loss is NaN at step 43"), SpoiledRun(tmp_path, stop_on="nan") as run:
        run.loop = loop
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    kept = sorted(int(path.name.removeprefix("step-")) for path in (tmp_path / "checkpoints").glob("step-*"))
    assert kept == {1: [41, 42], 10: [30, 40], 500: []}[checkpoint_every]
    best = safetensors.torch.load_file(tmp_path / "checkpoints" / "best" / "model.safetensors")
    assert all(tensor.isfinite().all() for tensor in best.values())


def test_the_plan_of_the_learning_rate_is_what_it_becomes(tmp_path: Path) -> None:
    train(small(), tmp_path)
    loop = loop_of(small())
    assert [loop.planned_rate(step) for step in range(1, 53)] == [
        value for _, value, _ in series(tmp_path, "learning_rate")
    ]
    assert events_of(tmp_path, "learning_rate") == []
