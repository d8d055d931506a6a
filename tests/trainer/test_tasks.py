"""What is learned: the numbers that a task gives, and what it shows a person."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_shared.experiment import Experiment
from kan_shared.state import Metric
from kan_shared.store import read_state
from kan_trainer.cli import main
from kan_trainer.command.settings import changed
from kan_trainer.config import ClassifyConfig, RegressConfig, TrainConfig
from kan_trainer.config.networks import FunctionName
from kan_trainer.data.functions import FUNCTIONS
from kan_trainer.tasks import build_task
from kan_trainer.tasks.describe import columns_text, picture_text
from kan_trainer.tasks.task import Task


def task(default: TrainConfig, **data: Any) -> Task:
    return build_task(changed(default, {"data": data}))


def write_mnist_like(folder: Path, images: Tensor, labels: Tensor) -> None:
    """The four files that MNIST has, the training images gzipped."""
    for part in ("train", "t10k"):
        sizes = struct.pack(">3I", *images.shape)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + sizes + images.numpy().tobytes())
        header = b"\0\0\x08\x01" + struct.pack(">I", len(labels))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(header + labels.numpy().tobytes()))


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    rows = [f"{20 + 5 * n},{n % 3},{1000 * n + 50000}" for n in range(40)]
    path = tmp_path / "houses.csv"
    path.write_text("\n".join(["area,floor,price", *rows]))
    return path


def test_every_named_function_can_be_asked_for() -> None:
    assert set(get_args(FunctionName)) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_fills_the_grid(name: str) -> None:
    learned = task(RegressConfig(), function=name)
    inputs = torch.cat([learned.training.inputs, learned.validation.inputs])
    assert inputs.shape == (1280, FUNCTIONS[name].inputs)
    assert learned.training.inputs.min() == -1 and learned.training.inputs.max() == 1
    assert inputs.abs().max() < 1.02
    assert learned.training.targets.shape == (1024, 1)


def test_the_loss_of_a_function_is_its_mean_squared_error() -> None:
    learned = task(RegressConfig(), function="sinusoid")
    off_by_a_tenth = learned.validation.targets + 0.1
    assert learned.loss(off_by_a_tenth, learned.validation.targets).item() == pytest.approx(0.01)
    values = learned.metrics(off_by_a_tenth)
    assert values["validation/mse"] == pytest.approx(0.01)
    assert values["validation/r2"] == pytest.approx(1 - 0.01 / 0.5, abs=0.002)
    assert learned.verdict(values) == "MSE 0.01, R² 0.9793"


def test_a_column_is_learned_in_units_of_its_spread_and_told_in_its_own(houses: Path) -> None:
    learned = task(RegressConfig(), csv=str(houses), target="price")
    assert learned.title == "price in houses.csv"
    assert learned.training.targets.mean().abs() < 1e-6
    assert learned.training.targets.std(correction=0) == pytest.approx(1)
    shown = learned.show(0, learned.validation.targets[0])
    assert shown.target == shown.generated
    assert float(shown.target) in range(50000, 90001, 1000)
    assert shown.match == pytest.approx(1, abs=1e-4)
    assert shown.input.splitlines()[0].startswith("area = ")
    assert learned.show(0, learned.validation.targets[0] + 1).match == pytest.approx(0, abs=1e-4)
    assert learned.show(0, learned.validation.targets[0] - 0.25).match == pytest.approx(0.75, abs=1e-4)
    assert learned.metrics(learned.validation.targets + 1)["validation/mse"] ** 0.5 > 10000


def test_the_digits_are_the_real_ones() -> None:
    learned = task(ClassifyConfig(), dataset="digits")
    assert (len(learned.training), len(learned.validation), learned.outputs) == (1438, 359, 10)
    assert learned.training.inputs.shape[1] == 64
    assert learned.training.inputs.min() == -1 and learned.training.inputs.max() == 1


def test_a_class_is_shown_with_its_chance_and_matches_by_that_of_the_right_one() -> None:
    learned = task(ClassifyConfig(), dataset="digits")
    label = int(learned.validation.targets[0])
    certain, split = torch.zeros(10), torch.zeros(10)
    certain[label] = 50
    split[label], split[(label + 1) % 10] = 50, 51
    right, wrong = learned.show(0, certain), learned.show(0, split)
    assert (right.target, right.generated, right.match) == (str(label), f"{label} (100.0%)", 1)
    assert wrong.generated == f"{(label + 1) % 10} (73.1%)"
    assert wrong.match == pytest.approx(0.269, abs=1e-3)
    assert len(right.input.splitlines()) == 5


def test_accuracy_counts_hits() -> None:
    learned = task(ClassifyConfig(), dataset="digits")
    outputs = torch.nn.functional.one_hot(learned.validation.targets, 10).float()
    assert learned.metrics(outputs) == {"validation/accuracy": 1}
    outputs[:100] = 0
    outputs[:100, 0] = 1
    zeros = (learned.validation.targets[:100] == 0).sum().item()
    assert learned.metrics(outputs)["validation/accuracy"] == pytest.approx((259 + zeros) / 359)


def test_a_folder_of_idx_files(tmp_path: Path) -> None:
    images = torch.arange(4 * 6 * 5, dtype=torch.uint8).view(4, 6, 5)
    write_mnist_like(tmp_path, images, torch.tensor([0, 3, 2, 0], dtype=torch.uint8))
    learned = task(ClassifyConfig(), dataset=str(tmp_path))
    assert learned.outputs == 4
    assert learned.training.inputs.shape == (4, 30)
    torch.testing.assert_close(learned.validation.inputs[3, 29].item(), 119 / 255 * 2 - 1)
    assert learned.title == tmp_path.name


def test_classes_may_be_words_or_numbers(tmp_path: Path) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text("length,kind\n1,rose\n2,10\n3,9\n4,aster\n5,rose\n")
    learned = task(ClassifyConfig(), csv=str(path), target="kind")
    shown = {learned.show(0, torch.eye(4)[place] * 99).generated for place in range(4)}
    assert shown == {"9 (100.0%)", "10 (100.0%)", "aster (100.0%)", "rose (100.0%)"}
    assert learned.show(0, torch.eye(4)[0] * 99).generated.startswith("9 ")
    assert learned.show(0, torch.eye(4)[1] * 99).generated.startswith("10 ")


@pytest.mark.parametrize(
    ("default", "data", "complaint"),
    [
        (RegressConfig(), {}, "say what to learn: --function NAME, or --csv FILE --target COLUMN."),
        (RegressConfig(), {"function": "runge", "csv": "a"}, "a function and a CSV file cannot both be learned"),
        (RegressConfig(), {"csv": "a"}, "--csv FILE --target COLUMN"),
        (ClassifyConfig(), {}, "say what to learn: --dataset digits"),
        (ClassifyConfig(), {"dataset": "digits", "csv": "a"}, "a data set and a CSV file cannot both be learned"),
        (ClassifyConfig(), {"csv": "a"}, "--csv FILE --target COLUMN"),
        (ClassifyConfig(), {"dataset": "mnits"}, "mnits has no train-images-idx3-ubyte"),
    ],
)
def test_what_to_learn_must_be_said_once(default: TrainConfig, data: dict[str, str], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        task(default, **data)


def test_what_cannot_be_learned(tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    path.write_text("a,y\n" + "".join(f"{n},5\n" for n in range(9)))
    with pytest.raises(UsageError, match=r"y in flat.csv: there is nothing to learn, its values are all the same"):
        task(RegressConfig(), csv=str(path), target="y")
    with pytest.raises(UsageError, match="column 'y' has 1 different values"):
        task(ClassifyConfig(), csv=str(path), target="y")


def test_long_rows_are_cut() -> None:
    text = columns_text([f"c{n}" for n in range(9)], [0.1 * n for n in range(9)])
    assert text.splitlines()[-2:] == ["c5 = 0.5", "and 3 more"]


def test_a_picture_is_legible() -> None:
    ring = torch.zeros(10, 10)
    ring[1:9, 1:9] = 1
    ring[3:7, 3:7] = 0
    assert picture_text(ring).splitlines() == ["⠀⣤⣤⣤⣤⣤⣤⣤⣤⠀", "⠀⣿⣿⠟⠛⠛⠻⣿⣿⠀", "⠀⣿⣿⠀⠀⠀⠀⣿⣿⠀", "⠀⣿⣿⣦⣤⣤⣴⣿⣿⠀", "⠀⠛⠛⠛⠛⠛⠛⠛⠛⠀"]
    assert len(picture_text(torch.rand(28, 28)).splitlines()) == 5
    assert picture_text(torch.ones(40, 1)).splitlines() == ["⣿"] * 5


def trained(directory: Path, *argv: str) -> dict[str, Metric]:
    """What is known at the end of a training with the defaults."""
    assert main([*argv, "--output", str(directory)]) == 0
    return read_state(Experiment(directory).state).metrics


def test_digits_are_told_apart_by_the_defaults(tmp_path: Path) -> None:
    """A seed with some room: rounding differs from processor to processor, and with it what is learned in the end."""
    metrics = trained(tmp_path / "run", "classify", "--dataset", "digits", "--seed", "2")
    assert float(metrics["validation/accuracy"].value) >= 0.98


@pytest.mark.parametrize(
    ("name", "mse"), [("sinusoid", 6e-7), ("runge", 6e-7), ("product", 6e-7), ("exponential", 1e-5)]
)
def test_functions_are_learned_by_the_defaults(name: str, mse: float, tmp_path: Path) -> None:
    metrics = trained(tmp_path / "run", "regress", "--function", name, "--seed", "1")
    assert float(metrics["validation/mse"].value) <= mse


@pytest.mark.skipif("KAN_MNIST" not in os.environ, reason="KAN_MNIST names no folder with the files of MNIST")
def test_mnist_itself_is_learned(tmp_path: Path) -> None:
    metrics = trained(tmp_path / "run", "classify", "--dataset", os.environ["KAN_MNIST"], "--epochs", "3")
    assert float(metrics["validation/accuracy"].value) >= 0.97
