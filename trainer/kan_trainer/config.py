"""What a training is told: typed, with defaults for each task, and an error that names whatever cannot be used."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan.config import KANConfig, SplineConfig

#: The data set that needs no files.
DIGITS: Final = "digits"

FunctionName = Literal["sinusoid", "runge", "product", "exponential"]
Device = Literal["auto", "cpu", "cuda"]
Schedule = Literal["cosine", "step"]
OnDivergence = Literal["continue", "stop"]


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group of settings."""


class TableConfig(_Section, frozen=True, kw_only=True):
    """Where a table's examples come from."""

    csv: Annotated[str | None, Meta(description="CSV file with a header line, to learn one of its columns")] = None
    target: Annotated[str | None, Meta(description="which column of the CSV file to learn")] = None
    exclude_columns: Annotated[tuple[str, ...], Meta(description="columns of the CSV file to leave out")] = ()
    validation_fraction: Annotated[float, Meta(description="share of the examples to hold out")] = 0.2

    def __post_init__(self) -> None:
        require(0 < self.validation_fraction < 1, "validation_fraction", "between 0 and 1", self.validation_fraction)

    def table(self) -> tuple[Path, str, tuple[str, ...]]:
        """The CSV file, the column to learn, and those to leave out.

        Raises:
            UsageError: One of them is missing.
        """
        if self.csv is None or self.target is None:
            raise UsageError("a CSV file and the column to learn go together: --csv FILE --target COLUMN.")
        return Path(self.csv), self.target, self.exclude_columns


class RegressData(TableConfig, frozen=True, kw_only=True):
    """What to learn numbers from: a named function, or a CSV file."""

    function: Annotated[FunctionName | None, Meta(description="a named function to learn")] = None


class ClassifyData(TableConfig, frozen=True, kw_only=True):
    """What to learn classes from: images, or a CSV file."""

    dataset: Annotated[str | None, Meta(description="digits, or a folder with the four IDX files of MNIST")] = None


class NetworkConfig(SplineConfig, frozen=True, kw_only=True):
    """The network between inputs and outputs, whose numbers follow from the data."""

    hidden: Annotated[tuple[int, ...], Meta(description="units of each hidden layer")]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(all(units >= 1 for units in self.hidden), "hidden", "numbers of at least 1", self.hidden)

    def between(self, inputs: int, outputs: int) -> KANConfig:
        """The whole network.

        Raises:
            UsageError: It would be too large.
        """
        splines = msgspec.structs.asdict(self)
        return KANConfig(layers=(inputs, *splines.pop("hidden"), outputs), **splines)


class StepsConfig(_Section, frozen=True, kw_only=True):
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


class PlayConfig(_Section, frozen=True, kw_only=True):
    """How 2048 is played, and what of it is learned from."""

    boards: Annotated[int, Meta(description="games that are played at once; each makes a move a step")] = 1024
    discount: Annotated[float, Meta(description="what a reward is worth a move later")] = 0.99
    exploration: Annotated[float, Meta(description="share of the steps in which random moves grow fewer")] = 0.05
    final_epsilon: Annotated[float, Meta(description="share of random moves from then on")] = 0.0
    replay_size: Annotated[int, Meta(description="moves that are remembered to learn from")] = 100_000
    target_share: Annotated[float, Meta(description="share of its way to the network that the target goes a step")] = (
        0.005
    )
    evaluation_games: Annotated[int, Meta(description="games that are played in the end, to compare")] = 256

    def __post_init__(self) -> None:
        require(self.boards >= 1, "boards", "at least 1", self.boards)
        for name in ("discount", "exploration", "final_epsilon", "target_share"):
            require(0 <= getattr(self, name) <= 1, name, "between 0 and 1", getattr(self, name))
        require(self.replay_size >= self.boards, "replay_size", "at least that of boards", self.replay_size)
        require(self.evaluation_games >= 2, "evaluation_games", "at least 2", self.evaluation_games)


class GameTrainingConfig(StepsConfig, frozen=True, kw_only=True):
    """How the loop trains on games."""

    steps: Annotated[int, Meta(description="steps of the whole run")]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.steps >= 1, "steps", "at least 1", self.steps)


class RegressConfig(_Section, frozen=True, kw_only=True, tag_field="task", tag="regress"):
    """A training that learns numbers."""

    data: RegressData = RegressData()
    network: NetworkConfig = NetworkConfig(hidden=(8,), grid_size=5)
    training: TrainingConfig = TrainingConfig(epochs=300, learning_rate=0.03, weight_decay=0.0)


class ClassifyConfig(_Section, frozen=True, kw_only=True, tag_field="task", tag="classify"):
    """A training that learns classes."""

    data: ClassifyData = ClassifyData()
    network: NetworkConfig = NetworkConfig(hidden=(64,), grid_size=3)
    training: TrainingConfig = TrainingConfig(epochs=30, learning_rate=0.01, weight_decay=0.1)


class Dqn2048Config(_Section, frozen=True, kw_only=True, tag_field="task", tag="dqn2048"):
    """A training that learns to play 2048. The grid's knots are where a board's features are."""

    play: PlayConfig = PlayConfig()
    network: NetworkConfig = NetworkConfig(hidden=(128,), grid_size=14, spline_order=1)
    training: GameTrainingConfig = GameTrainingConfig(
        steps=6000, batch_size=256, learning_rate=0.0005, weight_decay=0.0, checkpoint_every=1000
    )


#: A training on examples.
TaskConfig = RegressConfig | ClassifyConfig
TrainConfig = TaskConfig | Dqn2048Config


def task_name(config: TrainConfig) -> str:
    """`regress`, `classify` or `dqn2048`: what the command line and the files call the task of `config`."""
    return str(config.__struct_config__.tag)
