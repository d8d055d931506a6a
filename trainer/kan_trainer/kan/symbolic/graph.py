"""A network as a graph of edges, each a spline or a function of the library, with all derivatives by its parameters.

It is what a search for a formula works on: an edge is replaced by a function, and all that is left is fitted again. All
of it is float64 in numpy, since it is small, and since a formula is wanted to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from kan_trainer.kan.basis import bspline_basis, bspline_derivative
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.network import KAN
from kan_trainer.kan.symbolic.fitting import Candidate
from kan_trainer.kan.symbolic.functions import ZERO, Array, Function


class Edge(Protocol):
    """A function of one variable, with parameters."""

    @property
    def parameters(self) -> Array:
        """What a fit may change."""

    def with_parameters(self, parameters: Array) -> Edge:
        """The same with others."""

    def values(self, x: Array) -> Array:
        """φ(x): as many as x."""

    def derivatives(self, x: Array) -> tuple[Array, Array]:
        """By x, `(n,)`, and by the parameters, `(n, parameters)`."""


@dataclass(frozen=True, eq=False)
class SplineEdge:
    """A column of a layer's weights."""

    spline: SplineConfig
    parameters: Array

    def with_parameters(self, parameters: Array) -> SplineEdge:
        """The same with others."""
        return replace(self, parameters=parameters)

    def values(self, x: Array) -> Array:
        """φ(x)."""
        found: Array = self._features(x) @ self.parameters
        return found

    def derivatives(self, x: Array) -> tuple[Array, Array]:
        """By x and by the weights."""
        return self._slopes(x) @ self.parameters, self._features(x)

    def _features(self, x: Array) -> Array:
        base = x * _sigmoid(x) if self.spline.base == "silu" else x
        return np.column_stack([self._basis(bspline_basis, x), base])

    def _slopes(self, x: Array) -> Array:
        sigmoid = _sigmoid(x)
        base = sigmoid * (1 + x * (1 - sigmoid)) if self.spline.base == "silu" else np.ones_like(x)
        return np.column_stack([self._basis(bspline_derivative, x), base])

    def _basis(self, function: Callable[..., Tensor], x: Array) -> Array:
        spline = self.spline
        basis = function(
            torch.from_numpy(x),
            grid_size=spline.grid_size,
            spline_order=spline.spline_order,
            grid_range=spline.grid_range,
            outside=spline.outside,
        )
        values: Array = basis.numpy()
        return values


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


@dataclass(frozen=True, eq=False)
class FunctionEdge:
    """c·f(a·x + b); what is added belongs to the unit. Only those parameters are free that c cannot stand for."""

    function: Function
    a: float = 1.0
    b: float = 0.0
    c: float = 1.0

    @classmethod
    def of(cls, candidate: Candidate) -> FunctionEdge:
        """An edge that is `candidate`, but for what that adds."""
        return cls(candidate.function, candidate.a, candidate.b, candidate.c)

    @property
    def parameters(self) -> Array:
        """The free ones of a and b, and c."""
        if self.function is ZERO:
            return np.empty(0)
        return np.array([getattr(self, name) for name in self._names()])

    def with_parameters(self, parameters: Array) -> FunctionEdge:
        """The same with others."""
        values: dict[str, Any] = dict(zip(self._names(), map(float, parameters), strict=False))
        return replace(self, **values)

    def values(self, x: Array) -> Array:
        """φ(x), NaN outside the domain."""
        return self.c * self.function.values(self.a * x + self.b)

    def derivatives(self, x: Array) -> tuple[Array, Array]:
        """By x and by the free parameters."""
        u = self.a * x + self.b
        slopes = self.c * self.function.slopes(u)
        if self.function is ZERO:
            return slopes, np.empty((len(x), 0))
        by = {"a": slopes * x, "b": slopes, "c": self.function.values(u)}
        return self.a * slopes, np.column_stack([by[name] for name in self._names()])

    def _names(self) -> str:
        return self.function.free + "c"


def _edge(spline: SplineConfig, weight: Array) -> Edge:
    """What was pruned is nothing from the start."""
    return SplineEdge(spline, weight) if weight.any() else FunctionEdge(ZERO)


@dataclass(frozen=True, eq=False)
class Layer:
    """`edges[i][o]` from unit i to unit o, and what each unit adds."""

    edges: tuple[tuple[Edge, ...], ...]
    bias: Array


@dataclass(frozen=True, eq=False)
class Graph:
    """Layers of edges, immutable; `parameters` is all of them in one row, biases first in each layer."""

    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, network: KAN) -> Graph:
        """As `network` is: splines, and nothing where all weights are zero."""
        layers = []
        for layer in network.kan_layers:
            weight = layer.weight.detach().double().cpu().numpy()
            inputs, _, outputs = weight.shape
            bias = np.zeros(outputs) if layer.bias is None else layer.bias.detach().double().cpu().numpy().copy()
            edges = tuple(
                tuple(_edge(layer.config, weight[i, :, o].copy()) for o in range(outputs)) for i in range(inputs)
            )
            layers.append(Layer(edges, bias))
        return cls(tuple(layers))

    @property
    def parameters(self) -> Array:
        """All that a fit may change."""
        return np.concatenate(
            [
                part
                for layer in self.layers
                for part in [layer.bias, *(edge.parameters for row in layer.edges for edge in row)]
            ]
        )

    def with_parameters(self, parameters: Array) -> Graph:
        """The same with others."""
        at, layers = 0, []
        for layer in self.layers:
            bias = parameters[at : at + len(layer.bias)]
            at += len(bias)
            rows = []
            for row in layer.edges:
                edges = []
                for edge in row:
                    size = len(edge.parameters)
                    edges.append(edge.with_parameters(parameters[at : at + size]))
                    at += size
                rows.append(tuple(edges))
            layers.append(Layer(tuple(rows), bias))
        return Graph(tuple(layers))

    def with_edge(self, place: tuple[int, int, int], edge: Edge, added: float = 0.0) -> Graph:
        """With another edge at `place`, and `added` to the unit that it leads to."""
        which, i, o = place
        layer = self.layers[which]
        rows = [list(row) for row in layer.edges]
        rows[i][o] = edge
        bias = layer.bias.copy()
        bias[o] += added
        changed = Layer(tuple(map(tuple, rows)), bias)
        return Graph((*self.layers[:which], changed, *self.layers[which + 1 :]))

    def edge(self, place: tuple[int, int, int]) -> Edge:
        """The edge of layer, input and output."""
        which, i, o = place
        return self.layers[which].edges[i][o]

    @property
    def places(self) -> list[tuple[int, int, int]]:
        """Of all edges."""
        return [
            (which, i, o)
            for which, layer in enumerate(self.layers)
            for i, row in enumerate(layer.edges)
            for o in range(len(row))
        ]

    def units(self, x: Array) -> list[Array]:
        """What every layer is given, and the outputs last: `(n, units)` each."""
        given = [x]
        for layer in self.layers:
            total = np.tile(layer.bias, (len(x), 1))
            for i, row in enumerate(layer.edges):
                for o, edge in enumerate(row):
                    total[:, o] += edge.values(given[-1][:, i])
            given.append(total)
        return given

    def values(self, x: Array) -> Array:
        """`(n, inputs)` → `(n, outputs)`."""
        return self.units(x)[-1]

    def jacobian(self, x: Array) -> Array:
        """Of the outputs by the parameters: `(n, outputs, parameters)`, forward through the layers."""
        given = self.units(x)
        by = np.zeros((len(x), x.shape[1], 0))
        for layer, h in zip(self.layers, given, strict=False):
            outputs = len(layer.bias)
            own = sum(len(edge.parameters) for row in layer.edges for edge in row) + outputs
            before = by.shape[2]
            total = np.zeros((len(x), outputs, before + own))
            total[:, range(outputs), range(before, before + outputs)] = 1
            at = before + outputs
            for i, row in enumerate(layer.edges):
                for o, edge in enumerate(row):
                    slope, weights = edge.derivatives(h[:, i])
                    total[:, o, :before] += slope[:, None] * by[:, i]
                    total[:, o, at : at + weights.shape[1]] = weights
                    at += weights.shape[1]
            by = total
        return by
