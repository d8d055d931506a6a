"""Fits all parameters of a graph to data, by least squares with the whole Jacobian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kan_trainer.kan.symbolic.functions import Array
from kan_trainer.kan.symbolic.graph import Graph

#: Keeps what the data say nothing of near zero: splines where no data are, scales that another can stand for.
RIDGE: Final = 1e-5


@dataclass(frozen=True, eq=False)
class Data:
    """What a formula is wanted for.

    Attributes:
        inputs: `(n, inputs)`.
        targets: `(n, outputs)`.
    """

    inputs: Array
    targets: Array

    @property
    def spread(self) -> Array:
        """The standard deviation of each output, 1 where it is constant."""
        spread = self.targets.std(0)
        return np.where(spread > 1e-12 * (1 + np.abs(self.targets).max(0)), spread, 1.0)

    def error(self, graph: Graph) -> float:
        """The RMS error in units of the targets' spread; infinite where the graph has no value."""
        with np.errstate(all="ignore"):
            rest = (graph.values(self.inputs) - self.targets) / self.spread
            error = float(np.sqrt(np.mean(rest**2)))
        return error if np.isfinite(error) else np.inf


def fitted(graph: Graph, data: Data, *, steps: int, ridge: float = RIDGE) -> Graph:
    """`graph` with the parameters that suit `data` best, or as it is where it has no value there."""
    from scipy.optimize import least_squares

    start = graph.parameters
    weight = 1 / (data.spread * np.sqrt(data.targets.size))

    def residuals(parameters: Array) -> Array:
        rest = (graph.with_parameters(parameters).values(data.inputs) - data.targets) * weight
        return np.concatenate([rest.ravel(), ridge * parameters])

    def jacobian(parameters: Array) -> Array:
        by = graph.with_parameters(parameters).jacobian(data.inputs) * weight[:, None]
        rows = by.reshape(-1, len(parameters))
        return np.vstack([np.nan_to_num(rows, nan=0, posinf=0, neginf=0), ridge * np.eye(len(parameters))])

    with np.errstate(all="ignore"):
        if not len(start) or not np.isfinite(residuals(start)).all():
            return graph
        solution = least_squares(residuals, start, jacobian, max_nfev=steps, xtol=1e-12, ftol=1e-9, gtol=1e-14)
    return graph.with_parameters(solution.x)
