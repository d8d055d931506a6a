"""The constants of an expression: fitted once more, replaced by plain numbers that do as well, and rounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
import sympy

from kan_trainer.kan.symbolic.functions import Array

#: An error, in units of the spread of what is wanted, below which all are the same.
_FLOOR: Final = 1e-9
#: The same where the targets were float32.
_SINGLE_FLOOR: Final = 5e-7
#: What rounding may add to the error, in floors.
_ROUNDING: Final = 10.0
#: How far from a constant a plain number may lie to be tried.
_NEAR: Final = 0.03
#: An error below which the formula is taken for the truth.
_EXACT: Final = 1e-5
_DENOMINATORS: Final = (1, 2, 3, 4, 5, 6, 8)
_ROUNDS: Final = 3
_TO_THE_LAST_DIGIT: Final = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}


class Constants:
    """An expression with its floating numbers as parameters, against what it shall be.

    Args:
        expression: Of `variables`.
        variables: Its symbols.
        inputs: `(n, variables)`.
        targets: `(n,)`.
    """

    def __init__(self, expression: Any, variables: Sequence[Any], inputs: Array, targets: Array) -> None:
        self._values: list[float] = []
        self._symbols: list[Any] = []
        self._skeleton = self._parted(expression)
        self._exact: dict[int, Any] = {}
        self._inputs, self._targets = list(inputs.T), targets
        spread = float(targets.std())
        self._spread = spread if spread > 0 else 1.0
        single = np.array_equal(targets, targets.astype(np.float32))
        self._floor = _SINGLE_FLOOR if single else _FLOOR
        arguments = (*variables, *self._symbols)
        slopes = [sympy.diff(self._skeleton, symbol) for symbol in self._symbols]
        self._compute = sympy.lambdify(arguments, self._skeleton, "numpy", cse=True)
        self._slopes = sympy.lambdify(arguments, slopes, "numpy", cse=True)
        self.values = np.array(self._values)

    @property
    def expression(self) -> Any:
        """With the numbers put back."""
        numbers = {
            symbol: self._exact.get(i, sympy.Float(float(self.values[i]), 17)) for i, symbol in enumerate(self._symbols)
        }
        return self._skeleton.subs(numbers)

    def error(self, values: Array | None = None) -> float:
        """RMS in units of the spread; infinite where there is no value."""
        error = float(np.sqrt(np.mean(self._rest(self.values if values is None else values) ** 2)))
        return error if np.isfinite(error) else np.inf

    def fit(self) -> None:
        """Moves those that are not exact to where the error is least."""
        better = self._fitted(self.values, [i for i in range(len(self.values)) if i not in self._exact])
        if self.error(better) < self.error():
            self.values = better

    def snap(self) -> None:
        """Replaces by plain numbers all for which the error does not grow by more than chance would have it."""
        for plain_only_zero in (True, False):
            for i in sorted(range(len(self.values)), key=lambda i: abs(self.values[i])):
                if i not in self._exact:
                    self._snap_one(i, plain_only_zero)

    def round(self) -> None:
        """To as few digits as the error allows."""
        free = [i for i in range(len(self.values)) if i not in self._exact]
        allowed = max(1.005 * self.error(), self.error() + _ROUNDING * _FLOOR)
        for digits in range(3, 17):
            rounded = self.values.copy()
            rounded[free] = [float(f"{self.values[i]:.{digits}g}") for i in free]
            if self.error(rounded) <= allowed:
                self.values = rounded
                return

    def _snap_one(self, i: int, only_zero: bool) -> None:
        # Two standard errors of one parameter.
        allowed = max(self.error() * np.sqrt(1 + 4 / len(self._targets)), self._floor)
        numbers = (
            [sympy.Integer(0)] if only_zero else list(_plain_numbers(float(self.values[i]), self.error() < _EXACT))
        )
        for number in numbers:
            values = self.values.copy()
            values[i] = float(number)
            others = [k for k in range(len(values)) if k != i and k not in self._exact]
            values = self._fitted(values, others)
            if self.error(values) <= allowed:
                self.values, self._exact[i] = values, number
                return

    def _fitted(self, values: Array, free: list[int]) -> Array:
        from scipy.optimize import least_squares

        def put(chosen: Array) -> Array:
            full = values.copy()
            full[free] = chosen
            return full

        def jacobian(chosen: Array) -> Array:
            with np.errstate(all="ignore"):
                slopes = self._slopes(*self._inputs, *put(chosen))
            columns = [np.broadcast_to(slopes[i], self._targets.shape) / self._spread for i in free]
            by: Array = np.nan_to_num(np.column_stack(columns).astype(float), nan=0, posinf=0, neginf=0)
            return by

        if not free or not np.isfinite(self._rest(values)).all():
            return values
        with np.errstate(all="ignore"):
            solution = least_squares(
                lambda chosen: self._rest(put(chosen)), values[free], jacobian, max_nfev=30, **_TO_THE_LAST_DIGIT
            )
        return put(solution.x)

    def _rest(self, values: Array) -> Array:
        with np.errstate(all="ignore"):
            found = np.broadcast_to(self._compute(*self._inputs, *values), self._targets.shape)
        if np.iscomplexobj(found):
            return np.full_like(self._targets, np.nan)
        rest: Array = (found - self._targets) / self._spread
        return rest

    def _parted(self, expression: Any) -> Any:
        if expression.is_Float:
            self._values.append(float(expression))
            self._symbols.append(sympy.Symbol(f"_c{len(self._symbols)}", real=True))
            return self._symbols[-1]
        if not expression.args:
            return expression
        return expression.func(*(self._parted(argument) for argument in expression.args))


def settled(expression: Any, variables: Sequence[Any], inputs: Array, targets: Array, tidy: Any) -> Any:
    """`expression` with its constants at their best, plain where they can be, the others with the digits that count."""
    for _ in range(_ROUNDS):
        constants = Constants(expression, variables, inputs, targets)
        constants.fit()
        constants.snap()
        before, expression = expression, tidy(constants.expression)
        if expression == before:
            break
    constants = Constants(expression, variables, inputs, targets)
    constants.round()
    return rounded(constants.expression, 17)


def rounded(expression: Any, digits: int) -> Any:
    """With Floats of so many digits at most, which print with those that they have."""
    shorter = {one: float(f"{float(one):.{digits}g}") for one in expression.atoms(sympy.Float)}
    return expression.xreplace({one: sympy.Float(repr(value)) for one, value in shorter.items()})


def _plain_numbers(value: float, exact: bool) -> Iterator[Any]:
    """Fractions, and multiples of π and of roots near `value`, the plainest first; few where the rest is not exact.

    Where it is not, there is always some fraction that does as well, and it would mean nothing.
    """
    roots = (1 / sympy.pi, sympy.sqrt(2), sympy.sqrt(sympy.pi), 1 / sympy.sqrt(2 * sympy.pi)) if exact else ()
    for unit in (sympy.Integer(1), sympy.pi, *roots):
        for denominator in _DENOMINATORS if exact else _DENOMINATORS[:2]:
            share = value / float(unit)
            near = Fraction(round(share * denominator), denominator)
            if near.denominator == denominator and near and abs(float(near) - share) <= _NEAR * abs(share):
                yield sympy.Rational(near.numerator, near.denominator) * unit
