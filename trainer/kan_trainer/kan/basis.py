"""B-spline bases on a uniform grid and their derivatives: local, exact, differentiable as often as one likes.

A grid of G intervals over [low, high] is continued by k knots at each side, which makes G + k basis functions of
order k. At any x only k + 1 of them are not zero, and on one knot interval each of those is one fixed polynomial of the
place t ∈ [0, 1) within that interval: w_r(t) = Σ_m M[r][m] tᵐ, r = 0 … k. M is worked out in fractions, once an order,
and evaluated in Horner's form: right to the last bits in float32, where sums of truncated powers lose most of them.

Source: C. de Boor, A Practical Guide to Splines, chapters IX (the recurrence) and X (derivatives).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from kan_trainer.kan.config import Outside, SplineConfig
from kan_trainer.kan.constants import kept

Polynomial = tuple[Fraction, ...]


def bspline_basis(
    x: Tensor, *, grid_size: int, spline_order: int, grid_range: tuple[float, float], outside: Outside = "zero"
) -> Tensor:
    """The values of all basis functions at `x`: `(...)` → `(..., grid_size + spline_order)`.

    Inside the grid they sum to one. For NaN some of them are NaN. Outside the grid there are three ways:

    - zero: each function goes on to the end of its support on the continued knots, as `scipy.interpolate.BSpline` has
      it, and is zero beyond, at infinity too;
    - clamp: each keeps the value that it has at the nearer end, and by x its slope is zero;
    - linear: each goes on with the value and the slope that it has there.

    Args:
        x: Where to evaluate, float32 or float64.
        grid_size: Intervals of the grid.
        spline_order: Degree of the pieces, at least 1.
        grid_range: The ends of the grid, in the units of `x`.
        outside: What they do beyond it.
    """
    inside = x if outside == "zero" else x.clamp(*grid_range)
    values: Tensor = _Basis.apply(inside, grid_size, spline_order, grid_range)  # type: ignore[no-untyped-call]
    if outside == "linear":
        slopes = bspline_derivative(inside, grid_size=grid_size, spline_order=spline_order, grid_range=grid_range)
        beyond = (x - inside).unsqueeze(-1)
        # Not a number where there is none beyond: an infinity times a slope of zero is none either.
        values = torch.where((beyond == 0) | (slopes == 0), values, values + beyond * slopes)
    return values


def bspline_derivative(
    x: Tensor, *, grid_size: int, spline_order: int, grid_range: tuple[float, float], outside: Outside = "zero"
) -> Tensor:
    """The first derivatives of all basis functions by `x`: arguments and shape are those of `bspline_basis`.

    Where order 1 has corners, it is the derivative from the right; at the upper end of the grid, that from the left.
    """
    low, high = grid_range
    inside = x if outside == "zero" else x.clamp(low, high)
    span, t = _locate(inside, grid_size, spline_order, grid_range)
    slopes = _horner(t, *_coefficients(spline_order, 1, x.dtype, x.device)) * (grid_size / (high - low))
    spread = _spread(span, slopes, grid_size)
    return torch.where(((x < low) | (x > high)).unsqueeze(-1), 0.0, spread) if outside == "clamp" else spread


def basis_of(spline: SplineConfig, x: Tensor) -> Tensor:
    """`bspline_basis` as `spline` has it: `(...)` → `(..., grid_size + spline_order)`."""
    return bspline_basis(
        x,
        grid_size=spline.grid_size,
        spline_order=spline.spline_order,
        grid_range=spline.grid_range,
        outside=spline.outside,
    )


class _Basis(torch.autograd.Function):
    """Keeps `x` alone for the backward pass, where autograd would keep every step of Horner's form."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, grid_size: int, spline_order: int, grid_range: tuple[float, float]) -> Tensor:
        span, t = _locate(x, grid_size, spline_order, grid_range)
        values = _horner(t, *_coefficients(spline_order, 0, x.dtype, x.device))
        return _spread(span, values.clamp(min=0), grid_size)  # by rounding some would be a little below zero

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ARG004
        x, grid_size, spline_order, grid_range = inputs
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
        ctx.grid = {"grid_size": grid_size, "spline_order": spline_order, "grid_range": grid_range}

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        return (gradients[0] * bspline_derivative(x, **ctx.grid)).sum(-1), None, None, None

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return tangents[0].unsqueeze(-1) * bspline_derivative(x, **ctx.grid)


def _locate(x: Tensor, grid_size: int, order: int, grid_range: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """The knot interval that each x lies in, counted from `low`, and the place in it, 0 … 1."""
    low, high = grid_range
    # At these bounds no function of the grid is left.
    place = ((x - low) * (grid_size / (high - low))).clamp(-order - 1, grid_size + order)
    span = place.detach().floor()
    if order == 1:
        # Only these have corners, and the upper end of the grid belongs to the grid.
        span = torch.where(place == grid_size, grid_size - 1, span)
    return span, place - span


def _horner(t: Tensor, coefficients: Tensor) -> Tensor:
    """Σ_m coefficients[m] tᵐ: `(...)` and `(powers, pieces)` → `(pieces, ...)`; pieces last were 5 times slower."""
    *lower, total = coefficients.view(*coefficients.shape, *(1,) * t.ndim).unbind()
    if not lower:
        return total + 0 * t  # even the slopes of order 1 are not known at NaN
    for coefficient in reversed(lower):
        total = torch.addcmul(coefficient, total, t)
    return total


def _spread(span: Tensor, values: Tensor, grid_size: int) -> Tensor:
    """`values`, `(pieces, ...)`, in the columns of the basis functions they belong to: `(..., grid_size + order)`."""
    pieces = len(values)
    columns = torch.nan_to_num(span).long().unsqueeze(-1) + torch.arange(pieces, 2 * pieces, device=span.device)
    # `pieces` columns more at both sides take what belongs to functions beyond the grid's.
    wide = values.new_zeros(*span.shape, grid_size + 3 * pieces - 1)
    return wide.scatter(-1, columns, values.movedim(0, -1))[..., pieces : grid_size + 2 * pieces - 1]


@kept
def _coefficients(order: int, derivative: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor]:
    """The pieces of the basis of `order`, or their derivatives, as a tensor `(powers, pieces)`."""
    pieces = [_differentiated(piece) if derivative else piece for piece in _pieces(order)]
    rows = [[float(coefficient) for coefficient in power] for power in zip(*pieces, strict=True)]
    return (torch.tensor(rows, dtype=dtype, device=device),)


def _pieces(order: int) -> list[Polynomial]:
    """The cardinal B-spline of `order` cut at its knots, as polynomials of t, the piece on its last interval first.

    On its interval j, where x = j + t, de Boor's recurrence on the knots 0, 1, 2 … reads
    N_k(x) = (j + t) / k · N_{k-1}(x) + (k + 1 - j - t) / k · N_{k-1}(x - 1).
    """
    pieces: list[Polynomial] = [(Fraction(1),)]
    for k in range(1, order + 1):
        nothing = (Fraction(0),) * k
        below = [nothing, *pieces, nothing]
        pieces = [
            _sum(_product(below[j + 1], Fraction(j, k), Fraction(1, k)),
                 _product(below[j], Fraction(k + 1 - j, k), Fraction(-1, k)))
            for j in range(k + 1)
        ]  # fmt: skip
    return pieces[::-1]


def _product(polynomial: Polynomial, constant: Fraction, slope: Fraction) -> Polynomial:
    """`polynomial` · (`constant` + `slope` · t)."""
    zero = (Fraction(0),)
    pairs = zip(polynomial + zero, zero + polynomial, strict=True)
    return tuple(constant * same + slope * raised for same, raised in pairs)


def _sum(left: Polynomial, right: Polynomial) -> Polynomial:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _differentiated(polynomial: Polynomial) -> Polynomial:
    return tuple(power * c for power, c in enumerate(polynomial))[1:]
