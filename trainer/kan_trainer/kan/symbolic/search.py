"""Replaces the splines of a graph by functions, one edge at a time, and fits the rest again after each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kan_trainer.kan.symbolic.fitting import FASTEST, SLOWEST, Candidate, fit_all
from kan_trainer.kan.symbolic.functions import LIBRARY, LINE, ZERO, Function
from kan_trainer.kan.symbolic.graph import FunctionEdge, Graph, SplineEdge
from kan_trainer.kan.symbolic.training import RIDGE, Data, fitted

Place = tuple[int, int, int]

#: Functions that are tried in earnest on an edge, the rest of the graph fitted to each.
_TRIED: Final = 4
_FIRST_STEPS: Final = 6
_STEPS: Final = 25
#: An error so many times what is allowed after the first steps will not become it.
_HOPELESS: Final = 30.0
#: One step of complexity must make the error smaller by this power of ten.
_PRICE: Final = 0.25
#: By how much an edge may make the error grow while others are splines still, which can take up what it leaves.
_LENIENCE: Final = 2.0
#: By how much for an edge that goes.
_LENIENCE_TO_NOTHING: Final = 1.3
#: An error, in units of the targets' spread, that is as good as none.
EXACT: Final = 1e-7


@dataclass(frozen=True)
class EdgeFit:
    """What became of an edge.

    Attributes:
        layer: Counted from 0.
        input: The unit that it comes from.
        output: The unit that it leads to.
        name: Of its function; `None` where nothing fits, and it stayed a spline.
        r2: How much of the spline the best function explained.
    """

    layer: int
    input: int
    output: int
    name: str | None
    r2: float

    @property
    def place(self) -> Place:
        """Of the edge in its graph."""
        return self.layer, self.input, self.output


@dataclass(eq=False)
class Search:
    """A graph on its way to a formula.

    Attributes:
        graph: As it is now.
        data: What it shall say.
        minimum_r2: From here on a function may stand for a spline though the error grows.
    """

    graph: Graph
    data: Data
    minimum_r2: float = 0.99
    fits: dict[Place, EdgeFit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        idle = set(self.graph.places) - set(self._splines())
        self.fits.update({place: EdgeFit(*place, ZERO.name, 1.0) for place in idle})
        self._bound = max(3 * self.data.error(self.graph), EXACT)

    def run(self) -> Graph:
        """Idle edges go first, then what may be straight is made straight, then the rest by how clear it is."""
        self._try_everywhere(ZERO, _LENIENCE_TO_NOTHING)
        self._try_everywhere(LINE, _LENIENCE)
        for last in (False, True):
            while open_edges := self._splines():
                ranked = sorted(
                    [(self._candidates(place), place) for place in open_edges], key=lambda one: one[0][0].score
                )
                if not any(self._replace(place, candidates, last) for candidates, place in ranked):
                    break
        for place in self._splines():
            best = self._candidates(place)[0]
            self.fits[place] = EdgeFit(*place, None, best.r2)
        self.graph = fitted(self.graph, self.data, steps=200, ridge=self._ridge(self.graph))
        return self.graph

    def _splines(self) -> list[Place]:
        return [place for place in self.graph.places if isinstance(self.graph.edge(place), SplineEdge)]

    def _spread(self, place: Place) -> float:
        which, i, _ = place
        return float(self.graph.edge(place).values(self.graph.units(self.data.inputs)[which][:, i]).std())

    def _candidates(self, place: Place, functions: tuple[Function, ...] = LIBRARY) -> list[Candidate]:
        which, i, _ = place
        x = self.graph.units(self.data.inputs)[which][:, i]
        return fit_all(x, self.graph.edge(place).values(x), functions)

    def _try_everywhere(self, function: Function, lenience: float) -> None:
        for place in sorted(self._splines(), key=self._spread):
            self._accept(place, self._candidates(place, (function,)), self._allowed(lenience))

    def _replace(self, place: Place, candidates: list[Candidate], last: bool) -> bool:
        if self._accept(place, candidates[:_TRIED], self._allowed()):
            return True
        clear = [one for one in candidates[:_TRIED] if one.r2 >= self.minimum_r2]
        return last and self._accept(place, clear, np.inf)

    def _allowed(self, lenience: float = _LENIENCE) -> float:
        return max(min(lenience * self.data.error(self.graph), self._bound), EXACT)

    def _accept(self, place: Place, candidates: list[Candidate], allowed: float) -> bool:
        """Takes the best of `candidates` after a fit of the rest, if its error is allowed."""
        tried = []
        for candidate in candidates:
            graph = self.graph.with_edge(place, FunctionEdge.of(candidate), candidate.d)
            graph = fitted(graph, self.data, steps=_FIRST_STEPS, ridge=self._ridge(graph))
            if self.data.error(graph) > _HOPELESS * allowed:
                continue
            graph = fitted(graph, self.data, steps=_STEPS, ridge=self._ridge(graph))
            error = self.data.error(graph)
            if error <= allowed and not self._disguised(graph):
                tried.append((np.log10(error + EXACT) + _PRICE * candidate.function.complexity, graph, candidate))
        if not tried:
            return False
        _, self.graph, candidate = min(tried, key=lambda one: one[0])
        self.fits[place] = EdgeFit(*place, candidate.function.name, candidate.r2)
        return True

    def _disguised(self, graph: Graph) -> bool:
        """Whether a rate has become so slow over the data that its function is a straight line or a parabola."""
        units = graph.units(self.data.inputs)
        for which, i, o in graph.places:
            edge = graph.edge((which, i, o))
            if isinstance(edge, FunctionEdge) and "a" in edge.function.free:
                rate = abs(edge.a) * float(np.ptp(units[which][:, i])) / 2
                if not SLOWEST / 2 < rate < 2 * FASTEST:
                    return True
        return False

    def _ridge(self, graph: Graph) -> float:
        """None where all is functions: it would bend their constants."""
        splines = any(isinstance(graph.edge(place), SplineEdge) for place in graph.places)
        return RIDGE if splines else 1e-12
