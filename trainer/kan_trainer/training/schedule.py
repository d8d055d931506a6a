"""The learning rate and the batch of every step, each a pure function of the step's number.

So a resumed run needs to know nothing but its step to go on exactly.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from kan_trainer.config.steps import StepsConfig

#: Parts the random numbers of one seed's epochs from those of the next seed's.
_EPOCHS_A_SEED = 1_000_003


@dataclass(frozen=True, kw_only=True)
class Rates(ABC):
    """A linear rise over `warmup_steps` up to `peak`, and from there on what the schedule says."""

    peak: float
    total_steps: int
    warmup_steps: int

    def rate(self, step: int) -> float:
        """The learning rate of `step`, counted from 1."""
        if step <= self.warmup_steps:
            return self.peak * step / self.warmup_steps
        return self.peak * self._share(step)

    @abstractmethod
    def _share(self, step: int) -> float:
        """How much of the peak is left at `step`."""


@dataclass(frozen=True, kw_only=True)
class Cosine(Rates):
    """Half a cosine down to `final` of the peak.

    Source: I. Loshchilov, F. Hutter, SGDR, arXiv:1608.03983, equation 5, without restarts.
    """

    final: float

    def _share(self, step: int) -> float:
        # The step after the last would be where the rate is the final one.
        progress = (step - self.warmup_steps - 1) / (self.total_steps - self.warmup_steps)
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * progress)) / 2


@dataclass(frozen=True, kw_only=True)
class StepDecay(Rates):
    """Every `every` steps `factor` of what it was before: PyTorch's `StepLR`."""

    every: int
    factor: float

    def _share(self, step: int) -> float:
        return float(self.factor ** ((step - 1) // self.every))


def rates_of(config: StepsConfig, total_steps: int) -> Rates:
    """The schedule that `config` asks for."""
    warmup_steps = round(config.warmup * total_steps)
    if config.schedule == "cosine":
        return Cosine(
            peak=config.learning_rate, total_steps=total_steps, warmup_steps=warmup_steps, final=config.final_rate
        )
    every = config.decay_every or math.ceil(total_steps / 3)
    return StepDecay(
        peak=config.learning_rate,
        total_steps=total_steps,
        warmup_steps=warmup_steps,
        every=every,
        factor=config.decay_factor,
    )


class Batches:
    """Which of `count` examples each step sees: every epoch has an order of its own, which its number decides.

    Attributes:
        per_epoch: Steps in an epoch; the last batch of each may be smaller.
    """

    def __init__(self, count: int, batch_size: int, seed: int) -> None:
        self.per_epoch = math.ceil(count / batch_size)
        self._count = count
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0
        self._order = torch.empty(0)

    def epoch(self, step: int) -> int:
        """The epoch that `step` belongs to; both are counted from 1."""
        return (step - 1) // self.per_epoch + 1

    def rows(self, step: int) -> Tensor:
        """The row numbers of the batch of `step`."""
        if self._epoch != self.epoch(step):
            self._epoch = self.epoch(step)
            generator = torch.Generator().manual_seed((self._seed * _EPOCHS_A_SEED + self._epoch) % 2**63)
            self._order = torch.randperm(self._count, generator=generator)
        start = (step - 1) % self.per_epoch * self._batch_size
        return self._order[start : start + self._batch_size]
