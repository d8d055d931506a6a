"""The training loop: what it records, and that a run resumed anywhere is the run that was never stopped."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor

from kan_shared.control import make_request
from kan_shared.errors import UsageError
from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader, Sample
from kan_shared.series import SeriesFile
from kan_shared.state import Action
from kan_trainer.command.settings import changed
from kan_trainer.config import ClassifyConfig, RegressConfig, TrainConfig
from kan_trainer.recording.orders import Diverged
from kan_trainer.recording.signals import Stopped
from kan_trainer.run import Run
from kan_trainer.session import build_network
from kan_trainer.tasks import build_task
from kan_trainer.training.checkpoint import Checkpoint, Checkpoints
from kan_trainer.training.interrupt import Interrupt
from kan_trainer.training.loop import Loop
from kan_trainer.training.schedule import Batches, Cosine
from kan_trainer.training.validation import validate

CPU = torch.device("cpu")


torch.set_num_threads(1)


class Crash(BaseException):
    """Nothing in a training catches this: it ends as suddenly as by kill -9."""


class CrashingRun(Run):
    """A run whose process dies while step `at` is recorded."""

    at = 0

    def log(self, step: int, values: Mapping[str, Any], **more: Any) -> None:
        super().log(step, values, **more)
        if step == self.at:
            raise Crash


def small(**training: Any) -> TrainConfig:
    """Four epochs of 13 steps, the last of each shorter than the others."""
    settings = {"epochs": 4, "batch_size": 80, "checkpoint_every": 10, **training}
    return changed(RegressConfig(), {"data": {"function": "product"}, "training": settings})


def loop_of(config: TrainConfig) -> Loop:
    task = build_task(config)
    torch.manual_seed(config.training.seed)
    return Loop(task, build_network(config, task), config.training, CPU)


def train(config: TrainConfig, directory: Path, crash_at: int = 0) -> Loop:
    """Trains in `directory`, or goes on there."""
    loop, checkpoints = loop_of(config), Checkpoints(directory / "checkpoints")
    latest = checkpoints.latest()
    if latest is not None:
        loop.resume(latest)
    CrashingRun.at = crash_at
    with CrashingRun(directory, total_steps=loop.total_steps, resume=True) as run:
        checkpoints.prepare(loop.step)
        loop.train(run, checkpoints)
    return loop


def series(directory: Path, name: str) -> list[tuple[int, float, int]]:
    """The (step, value, segment) of all records of one series."""
    file = SeriesFile(Experiment(directory).series(name))
    file.refresh()
    return [(record.step, record.value, record.segment) for record in file.tail(file.count)]


def final_weights(loop: Loop) -> list[Tensor]:
    return [parameter.detach() for parameter in loop.network.parameters()]


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


@pytest.mark.parametrize("crash_at", [3, 10, 17, 26, 51])
def test_a_run_that_crashed_goes_on_bit_by_bit(tmp_path: Path, crash_at: int) -> None:
    whole = train(small(), tmp_path / "whole")
    with pytest.raises(Crash):
        train(small(), tmp_path / "crashed", crash_at)
    resumed = train(small(), tmp_path / "crashed")
    for name in ("train/loss", "gradient_norm", "learning_rate", "validation/loss"):
        expected = {step: value for step, value, _ in series(tmp_path / "whole", name)}
        records = series(tmp_path / "crashed", name)
        assert all(expected[step] == value for step, value, _ in records)
        assert {step for step, _, _ in records} == set(expected)
    first_again = min(step for step, _, segment in series(tmp_path / "crashed", "train/loss") if segment == 1)
    assert first_again == crash_at - crash_at % 10 + 1 - (10 if crash_at % 10 == 0 else 0)
    assert all(map(torch.equal, final_weights(resumed), final_weights(whole)))
    assert resumed.best == whole.best


def test_a_classification_goes_on_bit_by_bit_too(tmp_path: Path) -> None:
    settings = {"epochs": 2, "batch_size": 100, "checkpoint_every": 7}
    config = changed(ClassifyConfig(), {"data": {"dataset": "digits"}, "training": settings})
    whole = train(config, tmp_path / "whole")
    with pytest.raises(Crash):
        train(config, tmp_path / "crashed", 20)
    assert all(map(torch.equal, final_weights(train(config, tmp_path / "crashed")), final_weights(whole)))


def test_a_run_that_crashed_after_its_last_checkpoint_is_completed(tmp_path: Path) -> None:
    whole = train(small(), tmp_path)
    (tmp_path / "state.json").write_text((tmp_path / "state.json").read_text().replace("complete", "running"))
    assert train(small(), tmp_path).values == whole.values


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_between_two_steps_with_a_checkpoint(tmp_path: Path, number: signal.Signals) -> None:
    class Signalled(CrashingRun):
        def log(self, step: int, values: Mapping[str, Any], **more: Any) -> None:
            if step == 23 and "train/loss" in values:
                os.kill(os.getpid(), number)
            super().log(step, values, **more)

    whole = train(small(), tmp_path / "whole")
    loop, checkpoints = loop_of(small()), Checkpoints(tmp_path / "stopped" / "checkpoints")
    with pytest.raises((KeyboardInterrupt, SystemExit)), Signalled(tmp_path / "stopped", total_steps=52) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    latest = checkpoints.latest()
    assert latest is not None and latest.position.step == 23
    assert (latest.position.epoch, latest.position.step_in_epoch) == (2, 10)
    resumed = train(small(), tmp_path / "stopped")
    assert [step for step, _, _ in series(tmp_path / "stopped", "train/loss")] == list(range(1, 53))
    assert all(map(torch.equal, final_weights(resumed), final_weights(whole)))


def test_a_signal_that_comes_after_the_checkpoint_was_decided_leaves_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, checkpoints = loop_of(small()), Checkpoints(tmp_path / "checkpoints")

    class Late(Interrupt):
        """Between the two times that it is looked at in step 23."""

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name == "requested" and loop.step == 23 and value is None:
                self.requested = signal.SIGINT
            return value

    monkeypatch.setattr("kan_trainer.training.loop.Interrupt", Late)
    with pytest.raises(KeyboardInterrupt), Run(tmp_path, total_steps=52) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    latest = checkpoints.latest()
    assert latest is not None and latest.position.step == loop.step == 24


def test_a_second_signal_does_not_wait() -> None:
    with Interrupt() as interrupt:
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.requested == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_other_data_cannot_be_gone_on_with(tmp_path: Path) -> None:
    train(small(), tmp_path)
    latest = Checkpoints(tmp_path / "checkpoints").latest()
    assert latest is not None
    with pytest.raises(UsageError, match="the data has changed since the run began"):
        loop_of(small(seed=1)).resume(latest)


def test_the_best_is_kept_with_the_weights_it_had(tmp_path: Path) -> None:
    config = small(learning_rate=0.5, final_rate=1, validate_every=1)
    best = train(config, tmp_path).best
    losses = {step: value for step, value, _ in series(tmp_path, "validation/loss")}
    assert best is not None
    assert best.step == min(losses, key=lambda step: losses[step]) < 52
    fresh = loop_of(config)
    fresh.network.load_state_dict(safetensors.torch.load_file(tmp_path / "checkpoints" / "best" / "model.safetensors"))
    assert validate(fresh.network, fresh.task, fresh.task.validation)[0] == best.values


def test_the_best_before_a_crash_is_still_the_best_after_it(tmp_path: Path) -> None:
    config = small(learning_rate=0.5, final_rate=1, validate_every=1)
    best = train(config, tmp_path / "whole").best
    assert best is not None and best.step < 50
    with pytest.raises(Crash):
        train(config, tmp_path / "crashed", crash_at=51)
    assert train(config, tmp_path / "crashed").best == best


def test_a_loss_that_is_not_finite_is_recorded_and_training_goes_on(tmp_path: Path) -> None:
    loop = loop_of(small())
    with torch.no_grad():
        next(loop.network.parameters()).fill_(math.nan)
    with Run(tmp_path, total_steps=52) as run:
        loop.train(run, Checkpoints(tmp_path / "checkpoints"))
    assert all(math.isnan(value) for _, value, _ in series(tmp_path, "train/loss"))
    assert loop.step == 52
    assert loop.best is None


def test_a_training_can_be_told_to_stop_then(tmp_path: Path) -> None:
    loop = loop_of(small(on_divergence="stop"))
    with torch.no_grad():
        next(loop.network.parameters()).fill_(math.nan)
    with pytest.raises(Diverged, match="the validation loss is nan at step 13"), Run(tmp_path, total_steps=52) as run:
        loop.train(run, Checkpoints(tmp_path / "checkpoints"))


def test_a_checkpoint_that_does_not_fit_does_not_end_the_training(tmp_path: Path) -> None:
    class FullDisk(Checkpoints):
        def save(self, checkpoint: Checkpoint) -> Path:
            assert checkpoint.training
            raise OSError(28, "No space left on device")

    with Run(tmp_path, total_steps=52) as run:
        loop = loop_of(small())
        checkpoints = FullDisk(tmp_path / "checkpoints")
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    events = JournalReader(Experiment(tmp_path).events, Event)
    events.poll()
    assert [event.step for event in events.entries if event.kind == "error"] == [10, 20, 30, 40, 50, 52]
    assert loop.step == 52


def test_the_gradient_norm_is_that_before_clipping(tmp_path: Path) -> None:
    train(small(clip=0, learning_rate=1e-9, weight_decay=0), tmp_path / "free")
    train(small(clip=0.001, learning_rate=1e-9, weight_decay=0), tmp_path / "clipped")
    free, clipped = (series(tmp_path / name, "gradient_norm") for name in ("free", "clipped"))
    assert free[0] == clipped[0]
    assert free[0][1] > 0.01


def test_clipping_shortens_the_gradient_to_its_limit(tmp_path: Path) -> None:
    loop = loop_of(small(clip=0.001))
    with Run(tmp_path, total_steps=52) as run:
        loop.train(run, Checkpoints(tmp_path / "checkpoints"))
    gradients = [parameter.grad.flatten() for parameter in loop.network.parameters() if parameter.grad is not None]
    assert torch.cat(gradients).norm().item() == pytest.approx(0.001, rel=1e-3)


def test_the_rate_rises_and_falls() -> None:
    rates = Cosine(peak=2.0, total_steps=100, warmup_steps=10, final=0.1)
    assert [rates.rate(step) for step in (1, 5, 10, 11)] == [0.2, 1.0, 2.0, 2.0]
    assert rates.rate(56) == pytest.approx(1.1)
    assert rates.rate(101) == pytest.approx(0.2)
    falling = [rates.rate(step) for step in range(11, 101)]
    assert falling == sorted(falling, reverse=True)
    assert Cosine(peak=1.0, total_steps=1, warmup_steps=0, final=0.0).rate(1) == 1.0


def test_every_epoch_sees_every_example_once_in_an_order_of_its_own() -> None:
    batches = Batches(100, 32, seed=1)
    assert batches.per_epoch == 4
    epochs = [torch.cat([batches.rows(step) for step in range(first, first + 4)]) for first in (1, 5)]
    assert all(epoch.sort().values.tolist() == list(range(100)) for epoch in epochs)
    assert not torch.equal(*epochs)
    assert [batches.epoch(step) for step in (1, 4, 5, 8, 9)] == [1, 1, 2, 2, 3]
    assert torch.equal(Batches(100, 32, seed=1).rows(6), batches.rows(6))
    assert not torch.equal(Batches(100, 32, seed=2).rows(6), batches.rows(6))


class Asked(Run):
    """A run of which something is asked at step `at`, as if from a monitor."""

    at = 23
    actions: tuple[Action, ...] = ()

    def obey(self, **how: Any) -> None:
        if self._asked_now():
            for action in self.actions:
                self._recorder.orders.give(make_request(action, run_id="", segment=0, now=time.time()))
        super().obey(**how)

    def _asked_now(self) -> bool:
        self.calls = getattr(self, "calls", 0) + 1
        return self.calls == self.at


def asked(directory: Path, *actions: Action, **training: Any) -> tuple[Loop, Checkpoints]:
    """A training of which `actions` are asked at step 23."""
    loop, checkpoints = loop_of(small(**training)), Checkpoints(directory / "checkpoints")
    Asked.actions = actions
    with Asked(directory, total_steps=52) as run:
        checkpoints.prepare(0)
        loop.train(run, checkpoints)
    return loop, checkpoints


def events_of(directory: Path, kind: str) -> list[tuple[int | None, str]]:
    events = JournalReader(Experiment(directory).events, Event)
    events.poll()
    return [(event.step, event.detail) for event in events.entries if event.kind == kind]


def test_a_run_that_is_asked_to_stop_goes_on_bit_by_bit(tmp_path: Path) -> None:
    whole = train(small(), tmp_path / "whole")
    with pytest.raises(Stopped) as stop:
        asked(tmp_path / "stopped", "stop")
    assert stop.value.code == 128 + signal.SIGTERM
    latest = Checkpoints(tmp_path / "stopped" / "checkpoints").latest()
    assert latest is not None and latest.position.step == 23
    assert all(map(torch.equal, final_weights(train(small(), tmp_path / "stopped")), final_weights(whole)))


def test_a_pause_and_a_checkpoint_change_nothing_that_is_learned(tmp_path: Path) -> None:
    whole = train(small(), tmp_path / "whole")
    loop, _ = asked(tmp_path / "asked", "pause", "checkpoint", "resume")
    assert all(map(torch.equal, final_weights(loop), final_weights(whole)))
    assert (23, "step-23") in events_of(tmp_path / "asked", "checkpoint")
    assert [detail.split(",")[0] for _, detail in events_of(tmp_path / "asked", "control")] == [
        "pause",
        "checkpoint",
        "resume",
    ]


def test_a_signal_ends_a_pause(tmp_path: Path) -> None:
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    with pytest.raises(Stopped):
        asked(tmp_path, "pause")
    latest = Checkpoints(tmp_path / "checkpoints").latest()
    assert latest is not None and latest.position.step == 23


def spoil(loop: Loop, step: int) -> None:
    """From `step` on the loss is NaN."""
    good = type(loop.task).loss

    def loss(task: Any, outputs: Tensor, targets: Tensor) -> Tensor:
        return good(task, outputs, targets) * (math.nan if loop.step >= step - 1 else 1.0)

    loop.task = type("Spoiled", (type(loop.task),), {"loss": loss})(
        **{name: getattr(loop.task, name) for name in loop.task.__dataclass_fields__}
    )


@pytest.mark.parametrize("checkpoint_every", [1, 10, 500])
def test_a_training_that_stops_on_nan_leaves_checkpoints_from_before_it(tmp_path: Path, checkpoint_every: int) -> None:
    loop, checkpoints = (
        loop_of(small(checkpoint_every=checkpoint_every, validate_every=5)),
        Checkpoints(tmp_path / "checkpoints"),
    )
    spoil(loop, 43)
    with pytest.raises(Diverged, match="train/loss is NaN at step 43"), Run(tmp_path, stop_on="nan") as run:
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
