"""A training that crashed, was signalled or was asked to stop goes on as if nothing had been."""

from __future__ import annotations

import hashlib
import json
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

from kan_shared.control import make_request
from kan_shared.errors import UsageError
from kan_shared.state import Action
from kan_trainer.command.settings import changed
from kan_trainer.config import ClassifyConfig
from kan_trainer.recording.signals import Stopped
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Checkpoints
from kan_trainer.training.interrupt import Interrupt
from kan_trainer.training.loop import Loop

from .commands import series
from .small_training import Crash, CrashingRun, events_of, final_weights, loop_of, small, train


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


def test_a_run_whose_grids_move_goes_on_bit_by_bit(tmp_path: Path) -> None:
    config = changed(small(update_grid_every=4), {"network": {"hidden": [8, 4]}})
    whole = train(config, tmp_path / "whole")
    with pytest.raises(Crash):
        train(config, tmp_path / "crashed", 17)
    resumed = train(config, tmp_path / "crashed")
    assert [layer.config for layer in resumed.network.kan_layers] == [
        layer.config for layer in whole.network.kan_layers
    ]
    assert all(map(torch.equal, final_weights(resumed), final_weights(whole)))
    moved = events_of(tmp_path / "whole", "grid")
    assert moved and all(step % 4 == 0 and step <= 26 for step, _ in moved)
    assert moved[0][1].startswith("layer 2 now ")


def test_a_checkpoint_of_version_1_is_gone_on_with(tmp_path: Path) -> None:
    """It kept the moments of every parameter beside a step of its own, as PyTorch's AdamW has them."""
    whole = train(small(), tmp_path / "whole")
    with pytest.raises(Crash):
        train(small(), tmp_path / "crashed", 26)
    directory = tmp_path / "crashed" / "checkpoints" / "step-20"
    state = safetensors.torch.load_file(directory / "training.safetensors")
    begin, older = 0, {"random.cpu": state["random.cpu"]}
    for number, parameter in enumerate(whole.network.parameters()):
        here = slice(begin, begin := begin + parameter.numel())
        older[f"optimizer.{number}.exp_avg"] = state["optimizer.mean"][here].view_as(parameter)
        older[f"optimizer.{number}.exp_avg_sq"] = state["optimizer.square"][here].view_as(parameter)
        older[f"optimizer.{number}.step"] = torch.tensor(20.0)
    content = safetensors.torch.save({name: tensor.contiguous() for name, tensor in older.items()})
    manifest = json.loads((directory / "checkpoint.json").read_text())
    manifest["version"], manifest["sha256"]["training.safetensors"] = 1, hashlib.sha256(content).hexdigest()
    (directory / "training.safetensors").write_bytes(content)
    (directory / "checkpoint.json").write_text(json.dumps(manifest))
    assert all(map(torch.equal, final_weights(train(small(), tmp_path / "crashed")), final_weights(whole)))


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


def test_other_data_cannot_be_gone_on_with(tmp_path: Path) -> None:
    train(small(), tmp_path)
    latest = Checkpoints(tmp_path / "checkpoints").latest()
    assert latest is not None
    with pytest.raises(UsageError, match="the data has changed since the run began"):
        loop_of(small(seed=1)).resume(latest)


def test_the_best_before_a_crash_is_still_the_best_after_it(tmp_path: Path) -> None:
    config = small(learning_rate=0.5, final_rate=1, validate_every=1)
    best = train(config, tmp_path / "whole").best
    assert best is not None and best.step < 50
    with pytest.raises(Crash):
        train(config, tmp_path / "crashed", crash_at=51)
    assert train(config, tmp_path / "crashed").best == best


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

    monkeypatch.setattr("kan_trainer.training.steps.Interrupt", Late)
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
