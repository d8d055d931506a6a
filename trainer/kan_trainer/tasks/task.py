"""What the training loop knows of a task, and what every task therefore says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from kan_shared.state import Goal
from kan_trainer.kan.losses import Loss, loss_of


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Examples in memory: `inputs`, `(count, features)`, lie on the network's grid; `targets` has `count` rows."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def to(self, device: torch.device) -> Examples:
        """The same examples on `device`."""
        return Examples(inputs=self.inputs.to(device), targets=self.targets.to(device))


class Shown(NamedTuple):
    """One held-out example for a person to read; `match` says how well it was done, 0 … 1."""

    input: str
    target: str
    generated: str
    match: float


@dataclass(frozen=True, kw_only=True)
class Task(ABC):
    """Something to learn.

    Attributes:
        title: What is learned, in a few words.
        training: The examples to learn from.
        validation: The examples that are held out.
        outputs: How many numbers the network gives for each example.
        goals: For each metric that is not to be minimised, what it is to be.
        loss_name: What training minimises, averaged over the examples.
    """

    loss_name: ClassVar[Loss]

    title: str
    training: Examples
    validation: Examples
    outputs: int
    goals: Mapping[str, Goal]

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """What training minimises: `(count, outputs)` and their targets → `()`."""
        return loss_of(self.loss_name, outputs, targets)

    @abstractmethod
    def metrics(self, outputs: Tensor) -> dict[str, float]:
        """What else is measured, by series name, from the outputs for all of `validation`."""

    @abstractmethod
    def show(self, row: int, output: Tensor) -> Shown:
        """The example `row` of `validation` and the network's `output`, `(outputs,)`, for it."""

    @abstractmethod
    def verdict(self, values: Mapping[str, float]) -> str:
        """The result in a few words, from the values of the last validation."""
