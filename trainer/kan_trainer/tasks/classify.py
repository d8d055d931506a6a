"""Classification: the digit on an image, or the class of a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_shared.state import Goal
from kan_trainer.config import ClassifyConfig
from kan_trainer.config.networks import DIGITS
from kan_trainer.data.digits import read_digits
from kan_trainer.data.idx import read_images_and_labels
from kan_trainer.data.scaling import Scaling, hold_out
from kan_trainer.data.table import Table, read_table
from kan_trainer.kan.losses import Loss
from kan_trainer.tasks.describe import columns_text, picture_text
from kan_trainer.tasks.task import Examples, Shown, Task

#: A column with more different values than this is no class, but a number or a name.
_MAX_CLASSES: Final = 1000
_GOALS: Final[Mapping[str, Goal]] = {"validation/accuracy": "maximize"}
#: Images, `(count, height, width)` from 0 to 1, and the number of the class of each, `(count,)`.
Labelled = tuple[Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class Classify(Task):
    """Learns classes by their cross-entropy, in nats.

    Attributes:
        classes: What each output stands for.
        describe: The row of `validation` of a given number, as text.
    """

    loss_name: ClassVar[Loss] = "cross_entropy"

    classes: tuple[str, ...]
    describe: Callable[[int], str]

    def metrics(self, outputs: Tensor) -> dict[str, float]:
        """The share of the held-out examples whose class is the likeliest one, 0 … 1."""
        hits = outputs.argmax(1) == self.validation.targets.to(outputs.device)
        return {"validation/accuracy": hits.float().mean().item()}

    def show(self, row: int, output: Tensor) -> Shown:
        """The likeliest class; the match is how likely the right one was held to be, which tells more than a hit."""
        chances = output.softmax(0)
        chance, guess = chances.max(0)
        target = int(self.validation.targets[row])
        generated = f"{self.classes[int(guess)]} ({chance.item():.1%})"
        return Shown(self.describe(row), self.classes[target], generated, chances[target].item())

    def verdict(self, values: Mapping[str, float]) -> str:
        """`accuracy 98.1 %, loss 0.0731`."""
        return f"accuracy {100 * values['validation/accuracy']:.2f} %, loss {values['validation/loss']:.3g}"


def classification(config: ClassifyConfig) -> Classify:
    """The task that `config` describes.

    Raises:
        UsageError: It names no data, more than one, or data that cannot be learned from.
    """
    data = config.data
    if data.dataset is not None and data.csv is not None:
        raise UsageError("a data set and a CSV file cannot both be learned: leave out --dataset or --csv.")
    if data.dataset == DIGITS:
        return _digits(config)
    if data.dataset is not None:
        return _from_folder(Path(data.dataset), config)
    if data.csv is None:
        raise UsageError("say what to learn: --dataset digits, --dataset FOLDER, or --csv FILE --target COLUMN.")
    return _from_table(read_table(*data.table()), config)


def _digits(config: ClassifyConfig) -> Classify:
    images, labels = read_digits()
    learned, held = hold_out(len(images), config.data.validation_fraction, config.training.seed)
    return _from_images(config, DIGITS, (images[learned], labels[learned]), (images[held], labels[held]))


def _from_folder(folder: Path, config: ClassifyConfig) -> Classify:
    learned, held = (
        (images.float() / 255, labels.long())
        for images, labels in (read_images_and_labels(folder, part) for part in ("train", "t10k"))
    )
    if learned[0].shape[1:] != held[0].shape[1:]:
        raise UsageError(f"{folder} has train images and t10k images of different sizes.")
    return _from_images(config, folder.name, learned, held)


def _from_images(config: ClassifyConfig, title: str, learned: Labelled, held: Labelled) -> Classify:
    """Images from 0 to 1 and the numbers of their classes, to learn from and held out."""
    low, high = config.network.grid_range
    training, validation = (
        Examples(inputs=images.flatten(1) * (high - low) + low, targets=labels) for images, labels in (learned, held)
    )
    count = 1 + int(max(labels.max() for _, labels in (learned, held)))
    return Classify(
        title=title,
        training=training,
        validation=validation,
        outputs=count,
        goals=_GOALS,
        classes=tuple(map(str, range(count))),
        describe=lambda row: picture_text(held[0][row]),
    )


def _from_table(table: Table, config: ClassifyConfig) -> Classify:
    classes = _classes(table)
    numbers = {name: number for number, name in enumerate(classes)}
    targets = torch.tensor([numbers[answer] for answer in table.answers])
    learned, held = hold_out(len(targets), config.data.validation_fraction, config.training.seed)
    inputs = Scaling.fit(table.inputs[learned]).onto(table.inputs, config.network.grid_range)
    rows = table.inputs[held]
    return Classify(
        title=f"{table.target} in {table.path.name}",
        training=Examples(inputs=inputs[learned], targets=targets[learned]),
        validation=Examples(inputs=inputs[held], targets=targets[held]),
        outputs=len(classes),
        goals=_GOALS,
        classes=classes,
        describe=lambda row: columns_text(table.features, rows[row].tolist()),
    )


def _classes(table: Table) -> tuple[str, ...]:
    """The different answers of `table` in alphabetical order, whole numbers in theirs."""
    classes = sorted(set(table.answers), key=lambda name: (int(name), "") if name.isdecimal() else (math.inf, name))
    if not 2 <= len(classes) <= _MAX_CLASSES:
        raise UsageError(
            f"{table.path}, column {table.target!r} has {len(classes)} different values, and classes"
            f" are 2 … {_MAX_CLASSES} (kan-train regress learns numbers)."
        )
    return tuple(classes)
