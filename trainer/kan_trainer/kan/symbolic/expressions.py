"""A graph written as sympy expressions, brought to one form out of the many that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sympy

from kan_trainer.kan.symbolic.functions import ZERO
from kan_trainer.kan.symbolic.graph import Edge, FunctionEdge, Graph

#: Beyond so many operations a product is not multiplied out: nobody would read it.
_READABLE: Final = 400
_ODD: Final = (sympy.sin, sympy.tan, sympy.tanh, sympy.atan, sympy.asin)
_EVEN: Final = (sympy.cos, sympy.Abs)


def spline_name(place: tuple[int, int, int]) -> str:
    """What an edge that stayed a spline is called in a formula: layer, from, to."""
    return "phi_{}_{}_{}".format(*place)


def written(graph: Graph, inputs: Sequence[Any]) -> list[Any]:
    """One expression for each output of `graph` given expressions for its inputs."""
    units = list(inputs)
    for which, layer in enumerate(graph.layers):
        units = [
            sympy.Float(bias) + sum(_edge(row[o], units[i], (which, i, o)) for i, row in enumerate(layer.edges))
            for o, bias in enumerate(layer.bias)
        ]
    return units


def _edge(edge: Edge, unit: Any, place: tuple[int, int, int]) -> Any:
    if not isinstance(edge, FunctionEdge):
        return sympy.Function(spline_name(place), real=True)(unit)
    if edge.function is ZERO or edge.c == 0:
        return sympy.Integer(0)
    a = sympy.Integer(int(edge.a)) if edge.a in (1, -1) else sympy.Float(edge.a)
    return sympy.Float(edge.c) * edge.function.expression(a * unit + (sympy.Float(edge.b) if edge.b else 0))


def tidied(expression: Any) -> Any:
    """Multiplied out, with numbers drawn out of exp, log and powers, and with positive leading signs in the rest."""
    if not expression.args:
        return expression
    expression = expression.func(*(tidied(argument) for argument in expression.args))
    if isinstance(expression, sympy.exp):
        return _exponential(expression)
    if isinstance(expression, sympy.log):
        scale, rest = _scaled(expression.args[0])
        return sympy.log(rest) + sympy.log(scale).evalf(17) if scale != 1 else expression
    if isinstance(expression, sympy.Pow):
        return _power(expression)
    if isinstance(expression, (*_ODD, *_EVEN)):
        return _turned(expression)
    if isinstance(expression, (sympy.Add, sympy.Mul)):
        return _multiplied_out(expression)
    return expression


def _multiplied_out(expression: Any) -> Any:
    if expression.count_ops() > _READABLE:
        return expression
    return sympy.expand(expression, deep=False, power_exp=False, power_base=False, log=False)


def _exponential(expression: Any) -> Any:
    constant, rest = expression.args[0].as_coeff_Add()
    return expression if constant == 0 else sympy.exp(constant).evalf(17) * sympy.exp(rest)


def _power(expression: Any) -> Any:
    base, exponent = expression.args
    if not exponent.is_number or not base.free_symbols:
        return expression
    scale, rest = _scaled(base)
    if exponent.is_Integer and exponent > 0:
        return _multiplied_out(expression)
    return (scale**exponent).evalf(17) * rest**exponent if scale != 1 else expression


def _turned(expression: Any) -> Any:
    """sin(−u) as −sin(u), phases within half a turn."""
    argument, sign = expression.args[0], 1
    factors = sympy.Mul.make_args(argument)
    if isinstance(expression, sympy.cos) and all(one.is_number or isinstance(one, sympy.Abs) for one in factors):
        argument = sympy.expand(argument.replace(sympy.Abs, lambda inner: inner))  # it is even
    if _leading(argument) < 0:
        argument, sign = sympy.expand(-argument), 1 if isinstance(expression, _EVEN) else -1
    if isinstance(expression, (sympy.sin, sympy.cos)):
        phase, rest = argument.as_coeff_Add()
        if phase.is_Float:
            argument = rest + sympy.Float(float(phase) - 2 * float(sympy.pi) * round(float(phase / (2 * sympy.pi))))
    return sign * expression.func(argument)


def _scaled(base: Any) -> tuple[Any, Any]:
    """The size of the leading coefficient, and the base divided by it."""
    size = abs(_leading(base))
    return (size, sympy.expand(base / size)) if size not in (0, 1) else (sympy.Integer(1), base)


def _leading(expression: Any) -> Any:
    """The coefficient of the first term that is no number."""
    for term in sympy.Add.make_args(expression):
        coefficient, rest = term.as_coeff_Mul()
        if rest != 1:
            return coefficient
    return sympy.Integer(1)
