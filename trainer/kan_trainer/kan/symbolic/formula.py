"""A network as a formula, and how much the two differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import sympy
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan.network import KAN
from kan_trainer.kan.symbolic.constants import rounded, settled
from kan_trainer.kan.symbolic.expressions import spline_name, tidied, written
from kan_trainer.kan.symbolic.functions import Array
from kan_trainer.kan.symbolic.graph import Graph
from kan_trainer.kan.symbolic.search import EdgeFit, Search
from kan_trainer.kan.symbolic.training import Data

#: A formula of more edges is none that anybody reads, and each is fitted several times.
MAX_EDGES: Final = 100
#: Samples that the search works on; the errors are of all.
_SAMPLES: Final = 400


@dataclass(frozen=True, eq=False)
class Formula:
    """One expression for each output.

    Attributes:
        expressions: In sympy; an edge that nothing fits is an undefined function in it, `phi_LAYER_FROM_TO`.
        variables: The symbols of the inputs, in their order.
        edges: What became of every edge.
        error_against_network: The RMS difference from the network, on the inputs given.
        error_of_network: Its RMS difference from the targets; `None` without targets.
        error_of_formula: The formula's own; `None` without targets.
    """

    expressions: tuple[Any, ...]
    variables: tuple[Any, ...]
    edges: tuple[EdgeFit, ...]
    error_against_network: float
    error_of_network: float | None
    error_of_formula: float | None
    _splines: Mapping[str, Callable[[Array], Array]]

    @property
    def unresolved(self) -> tuple[EdgeFit, ...]:
        """The edges that stayed splines."""
        return tuple(edge for edge in self.edges if edge.name is None)

    @property
    def is_worse(self) -> bool:
        """Whether the network is nearer to the targets; `False` without targets."""
        if self.error_of_network is None or self.error_of_formula is None:
            return False
        return not self.error_of_formula <= self.error_of_network

    def __call__(self, inputs: Array | Tensor) -> Array:
        """`(n, inputs)` → `(n, outputs)`; NaN where a formula has no real value."""
        return _evaluated(self.expressions, self.variables, array(inputs), self._splines)

    def __str__(self) -> str:
        names = ["y"] if len(self.expressions) == 1 else [f"y{i}" for i in range(len(self.expressions))]
        return "\n".join(
            [
                *(f"{name} = {expression}" for name, expression in zip(names, self.expressions, strict=True)),
                *self._judgement(),
                *(
                    f"No function fits the edge {edge.input} → {edge.output} of layer {edge.layer}"
                    f" (best R² {edge.r2:.3f}): it stays a spline, {spline_name(edge.place)}."
                    for edge in self.unresolved
                ),
            ]
        )

    def _judgement(self) -> list[str]:
        differs = f"It differs from the network by {self.error_against_network:.3g} RMS."
        if self.error_of_network is None or self.error_of_formula is None:
            return [f"{differs} How near it is to the truth is not known: no targets were given."]
        verdict = "WORSE THAN THE NETWORK" if self.is_worse else "No worse than the network"
        errors = f"RMS error {self.error_of_formula:.3g}, the network's {self.error_of_network:.3g}"
        return [f"{verdict}: {errors}. {differs}"]


def symbolic_formula(
    network: KAN,
    inputs: Tensor | Array,
    targets: Tensor | Array | None = None,
    *,
    names: Sequence[str] | None = None,
    minimum_r2: float = 0.99,
) -> Formula:
    """What `network` has learned as a formula, found edge by edge; the network stays as it is.

    Edges become functions one at a time, and what is left is fitted again after each: to the targets, or to the
    network's own outputs where there are none. Constants become plain numbers where that costs nothing.

    Args:
        network: Small: at most 100 edges; prune a larger one first.
        inputs: `(n, inputs)`, what the network is meant for.
        targets: `(n, outputs)`.
        names: What the inputs are called, `x0`, `x1` … unless given.
        minimum_r2: How much of an edge a function must explain to stand for it though the error grows.

    Raises:
        UsageError: The network is too large, or a shape or a number is wrong.
    """
    x = array(inputs)
    return formula_of(network, x, None if targets is None else array(targets), names=names, minimum_r2=minimum_r2)


def formula_of(
    network: KAN,
    inputs: Array,
    targets: Array | None,
    *,
    names: Sequence[str] | None = None,
    minimum_r2: float = 0.99,
    scaled: tuple[Array, Array] | None = None,
) -> Formula:
    """As `symbolic_formula`, for a network that was trained on `(inputs - scaled[0]) / scaled[1]`."""
    width = network.config.layers[0]
    middle, half = scaled or (np.zeros(width), np.ones(width))
    check(network, inputs, targets, names)
    graph = Graph.of(network)
    units = (inputs - middle) / half
    outputs = graph.values(units)
    if not np.isfinite(outputs).all():
        raise UsageError("the network's outputs must be finite numbers, and some are not.")
    wanted = outputs if targets is None else targets
    kept = _sample(len(inputs))
    search = Search(graph, Data(units[kept], wanted[kept]), minimum_r2)
    found = search.run()
    variables = tuple(sympy.Symbol(name, real=True) for name in names or [f"x{i}" for i in range(width)])
    expressions = _expressions(found, variables, (middle, half), inputs, wanted)
    splines = {spline_name(place): found.edge(place).values for place, fit in search.fits.items() if fit.name is None}
    values = _evaluated(expressions, variables, inputs, splines)
    return Formula(
        expressions,
        variables,
        tuple(search.fits[place] for place in found.places),
        _rms(values - outputs),
        None if targets is None else _rms(outputs - targets),
        None if targets is None else _rms(values - targets),
        splines,
    )


def _expressions(
    graph: Graph, variables: tuple[Any, ...], scaled: tuple[Array, Array], inputs: Array, wanted: Array
) -> tuple[Any, ...]:
    middle, half = scaled
    units = [
        symbol if (m, h) == (0, 1) else (symbol - sympy.Float(m)) / sympy.Float(h)
        for symbol, m, h in zip(variables, middle, half, strict=True)
    ]
    kept = _sample(len(inputs))
    return tuple(
        rounded(one, 6)
        if one.atoms(sympy.core.function.AppliedUndef)
        else settled(one, variables, inputs[kept], wanted[kept, o], tidied)
        for o, one in enumerate(map(tidied, written(graph, units)))
    )


def _evaluated(
    expressions: Sequence[Any], variables: Sequence[Any], inputs: Array, splines: Mapping[str, Any]
) -> Array:
    columns = []
    for expression in expressions:
        compute = sympy.lambdify(variables, expression, [dict(splines), "numpy"], cse=True)
        with np.errstate(all="ignore"):
            columns.append(np.broadcast_to(np.asarray(compute(*inputs.T), dtype=float), len(inputs)))
    return np.column_stack(columns)


def check(network: KAN, inputs: Array, targets: Array | None, names: Sequence[str] | None) -> None:
    """Does nothing where a formula can be sought.

    Raises:
        UsageError: The network is too large, or a shape or a number is wrong.
    """
    first, last = network.config.layers[0], network.config.layers[-1]
    edges = sum(int((layer.weight != 0).any(1).sum()) for layer in network.kan_layers)
    if edges > MAX_EDGES:
        raise UsageError(f"a formula can have {MAX_EDGES} edges, and this network has {edges}: prune it first.")
    if inputs.ndim != 2 or inputs.shape[1] != first or len(inputs) < 2:
        raise UsageError(f"inputs must be of shape (samples, {first}), at least two samples, not {inputs.shape}.")
    if targets is not None and targets.shape != (len(inputs), last):
        raise UsageError(f"targets must be of shape ({len(inputs)}, {last}), not {targets.shape}.")
    if names is not None and len(set(names)) != first:
        raise UsageError(f"names must be {first} different ones, one for each input, not {len(set(names))}.")
    for name, values in (("inputs", inputs), ("targets", targets)):
        if values is not None and not np.isfinite(values).all():
            raise UsageError(f"{name} must be finite numbers, and some are not.")


def array(values: Tensor | Array) -> Array:
    """In float64, wherever they were."""
    return np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, dtype=np.float64)


def _sample(count: int) -> Array:
    kept: Array = np.unique(np.linspace(0, count - 1, min(count, _SAMPLES)).round().astype(int))
    return kept


def _rms(rest: Array) -> float:
    return float(np.sqrt(np.mean(rest**2)))
