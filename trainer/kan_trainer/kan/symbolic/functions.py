"""The functions that an edge may turn out to be: c·f(a·x + b) + d, each with its slope, its domain and where to begin.

A search works on x brought to −1 … 1, where `starts` lays a grid over the a and b that make a difference. What c and d
can do alone is not searched: for powers, roots and logarithms only the place of the zero is free, for exp only the
rate. Outside its domain a function is NaN, never complex and never an error, and a fit with NaN in it is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: sin and cos share the phases: each has the quarter circle where it is the shorter name.
_PHASES: Final = np.linspace(-np.pi / 4, np.pi / 4, 5)
_QUARTER: Final = (-np.pi / 4 - 0.05, np.pi / 4 + 0.05)
_RATES: Final = np.geomspace(0.15, 14, 48)
_SIGNED_RATES: Final = np.concatenate([-_RATES, _RATES])
_PLACES: Final = np.linspace(-2, 2, 17)
#: How far beyond the data a pole or the end of a domain may lie, in half widths of the data.
_GAPS: Final = np.concatenate([[1e-9], np.geomspace(1e-3, 30, 40)])


@dataclass(frozen=True, eq=False)
class Function:
    """One of the library.

    Attributes:
        name: As a formula has it.
        value: f(u), elementwise.
        slope: f′(u).
        expression: f of a sympy expression.
        complexity: What it costs to be more than a straight line; a fit must earn it.
        free: Which of a and b cannot be left to c and d.
        starts: Values of a and b to try on −1 … 1, `(tries, 2)`.
        domain: Where it is real.
        power: p, where f(λu) = λᵖ f(u) for λ > 0.
        shifts: Bounds of b on −1 … 1.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    expression: Callable[[Any], Any]
    complexity: int
    free: Literal["", "a", "b", "ab"] = ""
    starts: Array | None = field(default=None, repr=False)
    domain: tuple[float, float] = (-np.inf, np.inf)
    power: float | None = None
    shifts: tuple[float, float] = (-np.inf, np.inf)

    def values(self, u: Array) -> Array:
        """f(u), and NaN outside the domain."""
        return self._inside(self.value, u)

    def slopes(self, u: Array) -> Array:
        """f′(u), and NaN outside the domain."""
        return self._inside(self.slope, u)

    def _inside(self, function: Callable[[Array], Array], u: Array) -> Array:
        low, high = self.domain
        inside = np.where((u >= low) & (u <= high), u, np.nan)
        with np.errstate(all="ignore"):
            found = function(inside)
        return np.where(np.isfinite(found), found, np.nan)


def _sympy(name: str) -> Callable[[Any], Any]:
    def build(u: Any) -> Any:
        import sympy

        return getattr(sympy, name)(u)

    return build


def _grid(rates: Array, places: Array) -> Array:
    """Every rate with its zero at every place."""
    a, place = np.meshgrid(rates, places, indexing="ij")
    return np.stack([a.ravel(), (-a * place).ravel()], -1)


def _phased() -> Array:
    a, b = np.meshgrid(_RATES, _PHASES, indexing="ij")
    return np.stack([a.ravel(), b.ravel()], -1)


def _shifted() -> Array:
    """The zero anywhere, within the data too."""
    places = np.concatenate([np.linspace(-1.5, 1.5, 61), [-4, -2.5, 2.5, 4]])
    return np.stack([np.ones_like(places), -places], -1)


def _one_sided() -> Array:
    """The zero beside the data, at the left and at the right."""
    gaps = 1 + _GAPS
    return np.concatenate([np.stack([np.full_like(gaps, sign), gaps], -1) for sign in (1.0, -1.0)])


def _within(bound: float) -> Array:
    """All of a·[−1, 1] + b between −bound and bound."""
    share, place = np.meshgrid(np.linspace(0.1, 0.999, 24), np.linspace(-0.95, 0.95, 13), indexing="ij")
    a = bound * share * (1 - np.abs(place))
    return np.stack([a.ravel(), (bound * place).ravel()], -1)


def _power(exponent: int, complexity: int) -> Function:
    return Function(
        f"x^{exponent}",
        lambda u: u**exponent,
        lambda u: exponent * u ** (exponent - 1),
        lambda u: u**exponent,
        complexity,
        "b",
        _shifted(),
        power=exponent,
    )


_POSITIVE: Final = (1e-300, np.inf)

ZERO: Final = Function("0", np.zeros_like, np.zeros_like, lambda u: 0 * u, 0)
LINE: Final = Function("x", lambda u: u, np.ones_like, lambda u: u, 1, power=1)

LIBRARY: Final[tuple[Function, ...]] = (
    ZERO,
    LINE,
    _power(2, 2),
    _power(3, 3),
    _power(4, 3),
    Function("1/x", lambda u: 1 / u, lambda u: -1 / u**2, lambda u: 1 / u, 2, "b", _one_sided(), _POSITIVE, -1),
    Function(
        "1/x^2", lambda u: u**-2.0, lambda u: -2 * u**-3.0, lambda u: 1 / u**2, 2, "b", _one_sided(), _POSITIVE, -2
    ),
    Function("sqrt", np.sqrt, lambda u: 0.5 / np.sqrt(u), _sympy("sqrt"), 2, "b", _one_sided(), _POSITIVE, 0.5),
    Function("log", np.log, lambda u: 1 / u, _sympy("log"), 2, "b", _one_sided(), _POSITIVE),
    Function("exp", np.exp, np.exp, _sympy("exp"), 2, "a", np.stack([_SIGNED_RATES, 0 * _SIGNED_RATES], -1)),
    Function("sin", np.sin, np.cos, _sympy("sin"), 3, "ab", _phased(), shifts=_QUARTER),
    Function("cos", np.cos, lambda u: -np.sin(u), _sympy("cos"), 3, "ab", _phased(), shifts=_QUARTER),
    Function(
        "tan", np.tan, lambda u: 1 + np.tan(u) ** 2, _sympy("tan"), 5, "ab", _within(np.pi / 2), (-np.pi / 2, np.pi / 2)
    ),
    Function("tanh", np.tanh, lambda u: 1 - np.tanh(u) ** 2, _sympy("tanh"), 4, "ab", _grid(_RATES, _PLACES)),
    Function("arctan", np.arctan, lambda u: 1 / (1 + u**2), _sympy("atan"), 4, "ab", _grid(_RATES, _PLACES)),
    Function("arcsin", np.arcsin, lambda u: 1 / np.sqrt(1 - u**2), _sympy("asin"), 5, "ab", _within(1.0), (-1.0, 1.0)),
    Function("abs", np.abs, np.sign, _sympy("Abs"), 3, "b", _shifted(), power=1),
    Function(
        "gaussian",
        lambda u: np.exp(-(u**2)),
        lambda u: -2 * u * np.exp(-(u**2)),
        lambda u: _sympy("exp")(-(u**2)),
        4,
        "ab",
        _grid(_RATES, _PLACES),
    ),
)
