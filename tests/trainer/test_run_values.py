"""What may be logged: whatever is one number, at a whole step, under any name; the rest is counted and never raises."""

from __future__ import annotations

import enum
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kan_trainer import Run


class Name(enum.StrEnum):
    """Names as some projects keep them."""

    LOSS = "train/loss"


VALUES = {
    "a float": (0.5, 0.5),
    "an int": (3, 3.0),
    "a bool": (True, 1.0),
    "a numpy float32": (np.float32(0.5), 0.5),
    "a numpy float64": (np.float64(0.1), 0.1),
    "a numpy int": (np.int64(7), 7.0),
    "a numpy bool": (np.bool_(True), 1.0),
    "a 0-d array": (np.array(2.5), 2.5),
    "a tensor": (torch.tensor(0.25), 0.25),
    "a bfloat16 tensor": (torch.tensor(0.25, dtype=torch.bfloat16), 0.25),
    "a tensor of one element": (torch.tensor([[0.75]]), 0.75),
    "a tensor of ints": (torch.tensor(4), 4.0),
    "a loss with its graph": ((torch.ones(3, requires_grad=True) * 2).sum(), 6.0),
    "an infinity": (math.inf, math.inf),
    "a negative infinity": (torch.tensor(-math.inf), -math.inf),
    "the smallest float": (5e-324, 5e-324),
    "the largest float": (1.7976931348623157e308, 1.7976931348623157e308),
}


@pytest.mark.parametrize("kind", VALUES)
def test_whatever_is_one_number_is_a_value(kind: str, directory: Path, recorded: Any) -> None:
    value, number = VALUES[kind]
    with Run(directory) as run:
        run.log(1, {"train/loss": value})
    assert recorded.values("train/loss") == [number]
    assert recorded.state.lost is None


def test_nan_is_a_value_too(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        for step, value in enumerate([1.0, math.nan, torch.tensor(math.nan), 0.5], start=1):
            run.log(step, {"train/loss": value})
    assert [math.isnan(value) for value in recorded.values("train/loss")] == [False, True, True, False]
    assert recorded.state.metrics["train/loss"].best == 0.5


RUBBISH = {
    "text": "high",
    "nothing": None,
    "a list": [1.0],
    "a complex number": 1j,
    "an array of two": np.array([1.0, 2.0]),
    "a tensor of two": torch.tensor([1.0, 2.0]),
    "an empty tensor": torch.tensor([]),
    "a tensor without data": torch.empty((), device="meta"),
    "an int beyond all floats": 10**400,
}


@pytest.mark.parametrize("kind", RUBBISH)
def test_what_is_no_number_is_counted_and_the_rest_recorded(kind: str, directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 0.5, "rubbish": RUBBISH[kind], "learning_rate": 1e-3})
        run.log(2, {"train/loss": 0.25})
    assert recorded.values("train/loss") == [0.5, 0.25]
    assert recorded.names == ["learning_rate", "train/loss"]
    assert recorded.state.lost.records == 1
    assert recorded.state.lost.reason.startswith("rubbish: ")
    assert recorded.state.status == "complete"


@pytest.mark.parametrize("values", [None, 0.5, "train/loss", [0.5]])
def test_values_without_names_are_counted_and_never_raise(values: Any, directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, values)
        run.log(2, {"train/loss": 0.5})
    assert recorded.values("train/loss") == [0.5]
    assert recorded.state.lost.records == 1


@pytest.mark.parametrize("step", [-1, 2.5, math.nan, math.inf, None, "four", 2**53 + 1, 10**400])
def test_a_step_that_is_none_is_counted_and_never_raises(step: Any, directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 0.5})
        run.log(step, {"train/loss": 0.25})
    assert recorded.steps("train/loss") == [1]
    assert recorded.state.step == 1
    assert recorded.state.lost.records == 1


@pytest.mark.parametrize("step", [0, 3.0, np.int64(5), torch.tensor(6), 2**53])
def test_a_step_may_be_any_whole_number(step: Any, directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(step, {"train/loss": 0.5})
    assert recorded.steps("train/loss") == [int(step)]
    assert recorded.state.step == int(step)


@pytest.mark.parametrize("counters", [{"epoch": -1}, {"epoch": 1.5}, {"tokens": -5}, {"samples": math.nan}])
def test_counters_out_of_bounds_cost_the_counters_and_not_the_step(
    counters: Any, directory: Path, recorded: Any
) -> None:
    with Run(directory) as run:
        run.log(1, {"train/loss": 0.5}, **counters)
    assert recorded.values("train/loss") == [0.5]
    assert (recorded.state.step, recorded.state.epoch, recorded.state.rate) == (1, None, None)
    assert recorded.state.lost.records == 1


@pytest.mark.parametrize(
    "name", ["a/b/c", "../../etc/passwd", "..", "损失", "β·x̂ 🔥", "percent % sign", "name\nof lines", "\x00", " "]
)
def test_a_name_may_have_any_signs(name: str, directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {name: 0.5})
    assert recorded.names == [name]
    assert recorded.values(name) == [0.5]
    assert list(recorded.state.metrics) == [name]
    assert {path.parent for path in directory.rglob("*.series")} == {directory / "history"}


def test_a_name_may_come_from_an_enum_or_from_numpy(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {Name.LOSS: 0.5, np.str_("accuracy"): 0.25})
        run.log(2, {"train/loss": 0.25})
    assert recorded.values("train/loss") == [0.5, 0.25]
    assert list(recorded.state.metrics) == ["train/loss", "accuracy"]


@pytest.mark.parametrize("name", ["", "x" * 201, "损" * 70, 5, None, b"loss", ("a", "b"), "lone \ud800 surrogate"])
def test_a_name_that_no_file_can_have_is_counted_and_the_rest_recorded(
    name: Any, directory: Path, recorded: Any
) -> None:
    """A lone surrogate once kept every later state from being written."""
    with Run(directory) as run:
        run.log(1, {name: 0.5, "train/loss": 0.25})
        run.log(2, {name: 0.5, "train/loss": 0.25})
    assert recorded.names == ["train/loss"]
    assert recorded.values("train/loss") == [0.25, 0.25]
    assert (recorded.state.status, recorded.state.lost.records) == ("complete", 2)
    assert recorded.state.lost.reason


def test_a_name_that_is_no_text_is_called_so(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {5: 0.5})  # type: ignore[dict-item]
    assert recorded.state.lost.reason == "5: a series name must be text"


def test_a_very_long_name_leaves_room_for_what_is_wrong_with_it(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.log(1, {"x" * 5000: 0.5})
    assert "a series name must have" in recorded.state.lost.reason


def test_the_callers_dictionary_and_tensors_may_be_reused_at_once(directory: Path, recorded: Any) -> None:
    values: dict[str, Any] = {}
    running, buffer = torch.tensor(0.0), np.array(0.0)
    with Run(directory) as run:
        for step in range(1, 201):
            running += 1
            buffer[()] = -step
            values["train/loss"] = running
            values["score"] = buffer
            run.log(step, values)
            values.clear()
        running.fill_(-1e9)
    assert recorded.values("train/loss") == list(range(1, 201))
    assert recorded.values("score") == [-step for step in range(1, 201)]
