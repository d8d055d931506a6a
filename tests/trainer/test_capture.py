"""What the training thread does with a value: a number at once, or a copy on its device that is fetched elsewhere."""

from __future__ import annotations

import math
import sys
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from kan_trainer import Run
from kan_trainer.recording.capture import DeviceScalar, capture


class DeviceTensor:
    """Behaves like a tensor on an accelerator: `item` waits for the device, and says which thread waited."""

    def __init__(self, memory: list[float], released: threading.Event, fetched_by: list[str], kind: str) -> None:
        self.memory, self.released, self.fetched_by = memory, released, fetched_by
        self.device = SimpleNamespace(type=kind)

    def detach(self) -> DeviceTensor:
        return self

    def clone(self) -> DeviceTensor:
        return DeviceTensor(list(self.memory), self.released, self.fetched_by, self.device.type)

    def __float__(self) -> float:
        return self.item()

    def item(self) -> float:
        self.fetched_by.append(threading.current_thread().name)
        assert self.released.wait(30)
        return self.memory[0]


class Device:
    """An accelerator that has not finished its work until `released` is set."""

    def __init__(self, kind: str = "mps") -> None:
        self.kind = kind
        self.released = threading.Event()
        self.fetched_by: list[str] = []

    def tensor(self, value: float) -> Any:
        return DeviceTensor([value], self.released, self.fetched_by, self.kind)


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1.0), (True, 1.0), (np.float32(0.5), 0.5), (np.array(2), 2.0), (torch.tensor([0.25]), 0.25)],
)
def test_what_lies_in_main_memory_is_a_number_at_once(value: Any, number: float) -> None:
    captured = capture(value)
    assert type(captured) is float
    assert captured == number


def test_a_loss_may_have_its_graph_and_is_not_warned_of() -> None:
    loss = (torch.ones(2, requires_grad=True) * 3).sum()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert capture(loss) == 6.0


@pytest.mark.parametrize("value", ["high", None, [1.0], 1j, torch.ones(2), torch.empty((), device="meta"), 10**400])
def test_what_is_no_number_raises_here_and_nowhere_later(value: Any) -> None:
    with pytest.raises((TypeError, ValueError, RuntimeError, OverflowError)):
        capture(value)


def test_what_lies_on_a_device_is_copied_there_and_not_waited_for() -> None:
    device = Device()
    tensor = device.tensor(0.5)
    captured = capture(tensor)
    assert isinstance(captured, DeviceScalar)
    assert device.fetched_by == []
    tensor.memory[0] = -1.0  # the next step reuses it
    device.released.set()
    assert float(captured) == 0.5


def test_on_cuda_the_copy_is_read_when_the_stream_that_made_it_has_come_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    class Event:
        def record(self, stream: str) -> None:
            done.append(f"recorded on {stream}")

        def synchronize(self) -> None:
            done.append("waited for")

    class Cuda:
        @staticmethod
        def current_stream(device: Any) -> str:
            return f"the stream of {device.type}"

    Cuda.Event = Event  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=Cuda))
    device = Device("cuda")
    device.released.set()
    captured = capture(device.tensor(0.5))
    assert done == ["recorded on the stream of cuda"]
    assert float(captured) == 0.5
    assert done == ["recorded on the stream of cuda", "waited for"]


def test_the_training_never_waits_for_a_device(directory: Path, recorded: Any, until: Any) -> None:
    device = Device()
    loss = device.tensor(0.0)
    with Run(directory) as run:
        for step in range(1, 101):
            loss.memory[0] = float(step)
            run.log(step, {"train/loss": loss})  # the device has done nothing yet: whoever waited would wait forever
        loss.memory[0] = -1.0
        until(lambda: device.fetched_by)
        assert recorded.names == []
        device.released.set()
    assert recorded.values("train/loss") == list(range(1, 101))
    assert set(device.fetched_by) == {"kan-recorder"}


def test_a_device_that_fails_costs_its_values_only(directory: Path, recorded: Any) -> None:
    class Broken(DeviceTensor):
        def clone(self) -> Broken:
            return self

        def item(self) -> float:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")

    broken: Any = Broken([0.0], threading.Event(), [], "mps")
    with Run(directory) as run:
        run.log(1, {"train/loss": broken, "learning_rate": 1e-3})
    assert recorded.values("learning_rate") == [1e-3]
    assert recorded.state.lost.records == 1
    assert "illegal memory access" in recorded.state.lost.reason


def test_a_nan_on_a_device_is_a_value(directory: Path, recorded: Any) -> None:
    device = Device()
    device.released.set()
    with Run(directory) as run:
        run.log(1, {"train/loss": device.tensor(math.nan)})
    assert math.isnan(recorded.values("train/loss")[0])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_a_real_gpu_the_values_are_those_of_their_step(directory: Path, recorded: Any) -> None:
    loss = torch.zeros((), device="cuda")
    with Run(directory) as run:
        for step in range(1, 1001):
            loss += 1
            run.log(step, {"train/loss": loss})
    assert recorded.values("train/loss") == list(range(1, 1001))
