"""Which functions of the library an edge looks like, on the data that it really sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from kan_trainer.kan.symbolic.functions import LIBRARY, LINE, ZERO, Array, Function

#: Points that stand for the data of an edge; quantiles, so that they are dense where the data are.
_POINTS: Final = 160
#: Starts that are refined for each function.
_REFINED: Final = 2
#: A function must reach this before its refinement is worth the time.
_WORTH_REFINING: Final = 0.3
#: One step of complexity must make the unexplained part smaller by this factor of ten.
_PRICE: Final = 0.25
_RESOLUTION: Final = 1e-14
#: Rates beyond these, over the width of the data, are other functions in disguise: a sine so slow is a straight line.
SLOWEST: Final = 0.3
FASTEST: Final = 20.0


@dataclass(frozen=True)
class Candidate:
    """c·f(a·x + b) + d for an edge, and how well it explains it.

    Attributes:
        function: f.
        a: The rate.
        b: The shift.
        c: The scale.
        d: What is added.
        r2: The share of the edge's variance that it explains, at most 1.
    """

    function: Function
    a: float
    b: float
    c: float
    d: float
    r2: float

    @property
    def score(self) -> float:
        """The unexplained share in powers of ten, and the price of the function: the lower, the better."""
        return float(np.log10(max(1 - self.r2, 0) + _RESOLUTION) + _PRICE * self.function.complexity)

    def values(self, x: Array) -> Array:
        """What it is at `x`; NaN outside its domain."""
        return self.c * self.function.values(self.a * x + self.b) + self.d

    def __str__(self) -> str:
        inner = f"{self.a:.4g}·x {'−' if self.b < 0 else '+'} {abs(self.b):.4g}"
        return f"{self.c:.4g}·{self.function.name}({inner}) + {self.d:.4g}   R² {self.r2:.6f}"


def fit_all(x: Array, y: Array, functions: Iterable[Function] = LIBRARY) -> list[Candidate]:
    """Every function of `functions` that can be had on all of `x`, the best first; x and y as long as each other."""
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = _thinned(x[kept], y[kept])
    if len(x) == 0 or np.ptp(y) <= 1e-12 * max(float(np.abs(y).max()), 1e-300) or np.ptp(x) == 0:
        return [Candidate(ZERO, 1.0, 0.0, 0.0, float(y.mean()) if len(y) else 0.0, 1.0)]
    found = [fit(x, y, function) for function in functions]
    return sorted((one for one in found if one is not None), key=lambda one: one.score)


def fit(x: Array, y: Array, function: Function) -> Candidate | None:
    """The best c·f(a·x + b) + d, or `None` where f cannot be had on all of `x`."""
    if function is ZERO:
        return Candidate(ZERO, 1.0, 0.0, 0.0, float(y.mean()), 0.0)
    middle, half = (x.max() + x.min()) / 2, np.ptp(x) / 2
    unit = (x - middle) / half
    starts = np.array([[1.0, 0.0]]) if function.starts is None else function.starts
    explained = _explained(function.values(starts[:, :1] * unit + starts[:, 1:]), y)
    best = np.argsort(-explained)[:_REFINED]
    tries = [starts[i] if explained[i] < _WORTH_REFINING else _refined(function, starts[i], unit, y) for i in best]
    fits = [one for one in (_solved(function, a, b, unit, y) for a, b in tries) if one is not None]
    if not fits:
        return None
    winner = max(fits, key=lambda one: one.r2)
    return _plain(function, winner.a / half, winner.b - winner.a * middle / half, winner)


def _plain(function: Function, a: float, b: float, found: Candidate) -> Candidate:
    """With a rate of one where c and d can do the same, and a straight line without a shift."""
    c, d = found.c, found.d
    if function is LINE:
        return Candidate(LINE, 1.0, 0.0, c * a, d + c * b, found.r2)
    if function.power is not None:
        return Candidate(function, float(np.sign(a)), b / abs(a), c * abs(a) ** function.power, d, found.r2)
    if function.name == "log":
        return Candidate(function, float(np.sign(a)), b / abs(a), c, d + c * float(np.log(abs(a))), found.r2)
    return Candidate(function, a, b, c, d, found.r2)


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    order = np.argsort(x)
    if len(x) > _POINTS:
        order = order[np.linspace(0, len(x) - 1, _POINTS).round().astype(int)]
    return x[order], y[order]


def _explained(values: Array, y: Array) -> Array:
    """R² of the best c and d for each row of `values`; −1 where there is none."""
    centred = values - values.mean(-1, keepdims=True)
    target = y - y.mean()
    power = (centred**2).sum(-1)
    with np.errstate(all="ignore"):
        share = (centred @ target) ** 2 / (power * (target @ target))
    usable = np.isfinite(share) & (power > 1e-20 * (1 + (values**2).sum(-1)))
    return np.where(usable, share, -1.0)


def _solved(function: Function, a: float, b: float, x: Array, y: Array) -> Candidate | None:
    values = function.values(a * x + b)
    centred = values - values.mean()
    power = centred @ centred
    if not np.isfinite(power) or power <= 1e-20 * (1 + values @ values):
        return None
    c = float(centred @ (y - y.mean()) / power)
    d = float(y.mean() - c * values.mean())
    rest = y - c * values - d
    return Candidate(function, float(a), float(b), c, d, float(1 - rest @ rest / ((y - y.mean()) ** 2).sum()))


def _refined(function: Function, start: Array, x: Array, y: Array) -> tuple[float, float]:
    """The nearest best a and b, c and d always at their best."""
    from scipy.optimize import least_squares

    free = ["ab".index(letter) for letter in function.free]
    if not free:
        return float(start[0]), float(start[1])

    def rest(chosen: Array) -> Array:
        a, b = _put(start, free, chosen)
        one = _solved(function, a, b, x, y)
        return np.full_like(y, 1e3 * np.abs(y).max()) if one is None else one.c * function.values(a * x + b) + one.d - y

    slow, fast = sorted((float(np.sign(start[0])) * SLOWEST, float(np.sign(start[0])) * FASTEST))
    bounds = np.array([[slow, fast], function.shifts])[free].T
    begin = np.clip(start[free], *bounds)
    with np.errstate(all="ignore"):
        solution = least_squares(rest, begin, bounds=bounds, max_nfev=40, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    return _put(start, free, solution.x)


def _put(start: Array, free: list[int], chosen: Array) -> tuple[float, float]:
    both = start.copy()
    both[free] = chosen
    return float(both[0]), float(both[1])
