"""Regression: a number from the columns of a row, or from the arguments of a named function."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.config import RegressConfig
from kan_trainer.config.networks import FunctionName
from kan_trainer.data.functions import FUNCTIONS, random_points
from kan_trainer.data.scaling import Scaling, hold_out
from kan_trainer.data.table import read_table
from kan_trainer.kan.losses import Loss
from kan_trainer.tasks.describe import columns_text
from kan_trainer.tasks.task import Examples, Shown, Task

#: Points of a named function, those that are held out among them.
_POINTS: Final = 1280


@dataclass(frozen=True, kw_only=True)
class Regress(Task):
    """Learns numbers by their mean squared error, in squares of `unit`.

    Attributes:
        names: What the inputs are called.
        rows: The inputs of `validation` in units of their own, `(count, features)`.
        center: What the network's zero means, in the target's own units.
        unit: What the network's one means, in the target's own units.
        deviation: The standard deviation of the targets to learn from, in units of their own.
    """

    loss_name: ClassVar[Loss] = "mse"

    names: tuple[str, ...]
    rows: Tensor
    center: float
    unit: float
    deviation: float

    def metrics(self, outputs: Tensor) -> dict[str, float]:
        """The mean squared error in the target's own units, and how much of its variance that leaves explained."""
        error = self.loss(outputs, self.validation.targets.to(outputs.device)).item() * self.unit**2
        return {"validation/mse": error, "validation/r2": 1 - error / self.deviation**2}

    def show(self, row: int, output: Tensor) -> Shown:
        """Both numbers in the target's own units; a guess that misses by a standard deviation matches nothing."""
        target, guess = self._in_own_units(self.validation.targets[row]), self._in_own_units(output)
        match = max(0.0, 1 - abs(guess - target) / self.deviation)
        return Shown(columns_text(self.names, self.rows[row].tolist()), f"{target:.6g}", f"{guess:.6g}", match)

    def verdict(self, values: Mapping[str, float]) -> str:
        """`MSE 1.2e-07, R² 1.0000`."""
        return f"MSE {values['validation/mse']:.3g}, R² {values['validation/r2']:.4f}"

    def _in_own_units(self, value: Tensor) -> float:
        return value.item() * self.unit + self.center


def regression(config: RegressConfig) -> Regress:
    """The task that `config` describes.

    Raises:
        UsageError: It names no data, more than one, or data that cannot be learned from.
    """
    data = config.data
    if data.function is not None:
        if data.csv is not None:
            raise UsageError("a function and a CSV file cannot both be learned: leave out --function or --csv.")
        return _from_function(data.function, config)
    if data.csv is None:
        raise UsageError("say what to learn: --function NAME, or --csv FILE --target COLUMN.")
    return _from_table(config)


def _from_function(name: FunctionName, config: RegressConfig) -> Regress:
    function = FUNCTIONS[name]
    points = random_points(function, _POINTS, config.training.seed)
    names = tuple(f"x{number}" if function.inputs > 1 else "x" for number in range(1, function.inputs + 1))
    # Its values are of order one already, and so the loss is the error that one expects to read.
    return _task(config, f"{name} {function.formula}", names, points, function.evaluate(points), standardise=False)


def _from_table(config: RegressConfig) -> Regress:
    table = read_table(*config.data.table())
    title = f"{table.target} in {table.path.name}"
    return _task(config, title, table.features, table.inputs, table.numeric_answers(), standardise=True)


def _task(
    config: RegressConfig, title: str, names: tuple[str, ...], rows: Tensor, answers: Tensor, *, standardise: bool
) -> Regress:
    learned, held = hold_out(len(rows), config.data.validation_fraction, config.training.seed)
    deviation = answers[learned].std(correction=0).item()
    if not 0 < deviation < math.inf:
        raise UsageError(f"{title}: there is nothing to learn, its values are all the same or too large.")
    center, unit = (answers[learned].mean().item(), deviation) if standardise else (0.0, 1.0)
    inputs = Scaling.fit(rows[learned]).onto(rows, config.network.grid_range)
    targets = ((answers - center) / unit).float().unsqueeze(-1)
    return Regress(
        title=title,
        training=Examples(inputs=inputs[learned], targets=targets[learned]),
        validation=Examples(inputs=inputs[held], targets=targets[held]),
        outputs=1,
        goals={"validation/r2": "maximize"},
        names=names,
        rows=rows[held],
        center=center,
        unit=unit,
        deviation=deviation,
    )
