"""How a network is trained, step by step."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from msgspec import Meta

from kan_trainer.checks import require
from kan_trainer.config.section import Device, OnDivergence, Section

Schedule = Literal["cosine", "step"]


class StepsConfig(Section, frozen=True, kw_only=True):
    """How weights follow from batches, whatever is learned."""

    batch_size: Annotated[int, Meta(description="examples a step")] = 64
    learning_rate: Annotated[float, Meta(description="its peak, after the warm-up")]
    weight_decay: Annotated[float, Meta(description="AdamW's, decoupled from the gradient")]
    clip: Annotated[float, Meta(description="largest norm of the gradient, over all weights; 0: any")] = 1.0
    warmup: Annotated[float, Meta(description="share of the steps in which the rate rises")] = 0.05
    schedule: Annotated[Schedule, Meta(description="how the rate falls")] = "cosine"
    final_rate: Annotated[float, Meta(description="share of the peak that the cosine ends at")] = 0.0
    decay_every: Annotated[int, Meta(description="steps between falls of the step schedule; 0: a third of all")] = 0
    decay_factor: Annotated[float, Meta(description="what a fall of the step schedule leaves of the rate")] = 0.1
    checkpoint_every: Annotated[int, Meta(description="steps between checkpoints")] = 500
    seed: Annotated[int, Meta(description="of weights, batches and all else that is random")] = 0
    threads: Annotated[int, Meta(description="CPU threads; more than one only help large networks")] = 1
    device: Annotated[Device, Meta(description="where to train; auto: on CUDA where there is one")] = "auto"

    def __post_init__(self) -> None:
        for name in ("batch_size", "checkpoint_every", "threads"):
            require(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
        for name in ("warmup", "final_rate", "decay_factor"):
            require(0 <= getattr(self, name) <= 1, name, "between 0 and 1", getattr(self, name))
        require(0 < self.learning_rate < math.inf, "learning_rate", "more than 0", self.learning_rate)
        require(0 <= self.weight_decay < math.inf, "weight_decay", "0 or more", self.weight_decay)
        require(0 <= self.clip < math.inf, "clip", "0 or more", self.clip)
        require(self.decay_every >= 0, "decay_every", "0 or more", self.decay_every)
        require(0 <= self.seed < 2**63, "seed", "between 0 and 2^63 - 1", self.seed)


class TrainingConfig(StepsConfig, frozen=True, kw_only=True):
    """How the loop trains on examples."""

    epochs: Annotated[int, Meta(description="passes over the examples")]
    validate_every: Annotated[int, Meta(description="steps between validations; 0: once an epoch")] = 0
    update_grid_every: Annotated[int, Meta(description="steps between moves of the grids to the data; 0: never")] = 0
    on_divergence: Annotated[OnDivergence, Meta(description="what to do when the validation loss is not finite")] = (
        "continue"
    )
    processes: Annotated[int, Meta(description="processes that share each batch; on CUDA each has a device")] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.epochs >= 1, "epochs", "at least 1", self.epochs)
        require(1 <= self.processes <= self.batch_size, "processes", "1 … batch_size", self.processes)
        for name in ("validate_every", "update_grid_every"):
            require(getattr(self, name) >= 0, name, "0 or more", getattr(self, name))


class GameTrainingConfig(StepsConfig, frozen=True, kw_only=True):
    """How the loop trains on games."""

    steps: Annotated[int, Meta(description="steps of the whole run")]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.steps >= 1, "steps", "at least 1", self.steps)
