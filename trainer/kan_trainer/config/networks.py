"""Trainings of Kolmogorov-Arnold networks: numbers, classes and a game."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.config.section import Section
from kan_trainer.config.steps import GameTrainingConfig, TrainingConfig
from kan_trainer.kan.config import KANConfig, SplineConfig

#: The data set that needs no files.
DIGITS: Final = "digits"

FunctionName = Literal["sinusoid", "runge", "product", "exponential"]


class TableConfig(Section, frozen=True, kw_only=True):
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


class PlayConfig(Section, frozen=True, kw_only=True):
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


class RegressConfig(Section, frozen=True, kw_only=True, tag_field="task", tag="regress"):
    """A training that learns numbers."""

    data: RegressData = RegressData()
    network: NetworkConfig = NetworkConfig(hidden=(8,), grid_size=5)
    training: TrainingConfig = TrainingConfig(epochs=300, learning_rate=0.03, weight_decay=0.0)


class ClassifyConfig(Section, frozen=True, kw_only=True, tag_field="task", tag="classify"):
    """A training that learns classes."""

    data: ClassifyData = ClassifyData()
    network: NetworkConfig = NetworkConfig(hidden=(64,), grid_size=3)
    training: TrainingConfig = TrainingConfig(epochs=30, learning_rate=0.01, weight_decay=0.1)


class Dqn2048Config(Section, frozen=True, kw_only=True, tag_field="task", tag="dqn2048"):
    """A training that learns to play 2048. The grid's knots are where a board's features are."""

    play: PlayConfig = PlayConfig()
    network: NetworkConfig = NetworkConfig(hidden=(128,), grid_size=14, spline_order=1)
    training: GameTrainingConfig = GameTrainingConfig(
        steps=6000, batch_size=256, learning_rate=0.0005, weight_decay=0.0, checkpoint_every=1000
    )
