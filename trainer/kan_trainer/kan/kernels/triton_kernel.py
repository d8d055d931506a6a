"""The kernels for graphics cards, in Triton: the local sum forward, and its gradients by inputs and by weights.

All of them walk over blocks of samples and outputs. Of a sample they load k + 1 rows of weights for its splines, and
one for the base; outputs lie side by side, so that these loads are whole. Numbers that depend on the splines alone come
as one tensor, `constants`: the ends of the grid, intervals by units of x, the coefficients of all pieces and slopes.
"""

from __future__ import annotations

import triton
import triton.language as tl

# How the modes are told apart in here.
ZERO, CLAMP, LINEAR = 0, 1, 2
SILU, IDENTITY = 0, 1


@triton.jit
def _place(x, constants, GRID: tl.constexpr, ORDER: tl.constexpr, OUTSIDE: tl.constexpr):
    """Where the splines are evaluated, the interval that is in, and the place there, 0 … 1."""
    inside = x
    if OUTSIDE != 0:
        low, high = tl.load(constants), tl.load(constants + 1)
        inside = tl.where(x < low, low, tl.where(x > high, high, x))
    place = (inside - tl.load(constants)) * tl.load(constants + 2)
    # At these bounds no function of the grid is left; what is no number passes both.
    place = tl.where(place < -ORDER - 1, -ORDER - 1.0, place)
    place = tl.where(place > GRID + ORDER, GRID + ORDER + 0.0, place)
    span = tl.floor(place)
    if ORDER == 1:
        span = tl.where(place == GRID, GRID - 1.0, span)
    span = tl.where(span == span, span, 0.0)
    return inside, span.to(tl.int32), place - span


@triton.jit
def _polynomial(t, coefficients, ORDER: tl.constexpr, POWERS: tl.constexpr):
    """Of one piece; the coefficients of a power lie side by side for all pieces."""
    total = tl.load(coefficients + (POWERS - 1) * (ORDER + 1)) + 0 * t
    for m in tl.static_range(1, POWERS):
        total = total * t + tl.load(coefficients + (POWERS - 1 - m) * (ORDER + 1))
    return total


@triton.jit
def _slope(x, t, r, constants, ORDER: tl.constexpr, OUTSIDE: tl.constexpr):
    """The derivative by x of the spline that is the r-th of those at its place."""
    slope = _polynomial(t, constants + 3 + (ORDER + 1) * (ORDER + 1) + r, ORDER, ORDER)
    if OUTSIDE == 1:
        slope = tl.where((x >= tl.load(constants)) & (x <= tl.load(constants + 1)), slope, 0.0)
    return slope


@triton.jit
def _value(
    x, inside, t, r, constants, ORDER: tl.constexpr, OUTSIDE: tl.constexpr
):  # fmt: skip
    """The value of the spline that is the r-th of those at its place."""
    value = _polynomial(t, constants + 3 + r, ORDER, ORDER + 1)
    if OUTSIDE == 2:
        slope, beyond = _slope(x, t, r, constants, ORDER, OUTSIDE), x - inside
        value = tl.where((beyond == 0) | (slope == 0), value, value + beyond * slope)
    return value


@triton.jit
def _base(x, BASE: tl.constexpr):
    return x / (1 + tl.exp(-x)) if BASE == 0 else x


@triton.jit
def _base_slope(x, BASE: tl.constexpr):
    share = 1 / (1 + tl.exp(-x))
    return share * (1 + x * (1 - share)) if BASE == 0 else 1 + 0 * x


@triton.jit
def forward(
    x, weight, bias, constants, y, batch, inputs, outputs,
    GRID: tl.constexpr, ORDER: tl.constexpr, OUTSIDE: tl.constexpr, BASE: tl.constexpr, BIASED: tl.constexpr,
    SAMPLES: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """One program for each block of samples and of outputs."""
    sample = (tl.program_id(0) * SAMPLES + tl.arange(0, SAMPLES)).to(tl.int64)
    output = tl.program_id(1) * WIDTH + tl.arange(0, WIDTH)
    here, there = sample < batch, output < outputs
    total = tl.zeros([SAMPLES, WIDTH], y.dtype.element_ty)
    if BIASED:
        total += tl.load(bias + output, there, 0.0)[None, :]
    rows = weight + output[None, :]
    for i in range(inputs):
        at = tl.load(x + sample * inputs + i, here, 0.0)
        inside, span, t = _place(at, constants, GRID, ORDER, OUTSIDE)
        for r in tl.static_range(ORDER + 1):
            row = span + r
            exists = here & (row >= 0) & (row < GRID + ORDER)
            weights = tl.load(rows + row[:, None] * outputs, exists[:, None] & there[None, :], 0.0)
            total += _value(at, inside, t, r, constants, ORDER, OUTSIDE)[:, None] * weights
        weights = tl.load(rows + (GRID + ORDER) * outputs, there[None, :], 0.0)
        total += _base(at, BASE)[:, None] * weights
        rows += (GRID + ORDER + 1) * outputs
    tl.store(y + sample[:, None] * outputs + output[None, :], total, here[:, None] & there[None, :])


@triton.jit
def by_inputs(
    x, weight, constants, gy, gx, batch, inputs, outputs,
    GRID: tl.constexpr, ORDER: tl.constexpr, OUTSIDE: tl.constexpr, BASE: tl.constexpr,
    SAMPLES: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """One program for each block of samples and each input; all on one axis, since others end at 65,535."""
    sample = (tl.program_id(0) // inputs * SAMPLES + tl.arange(0, SAMPLES)).to(tl.int64)
    i = (tl.program_id(0) % inputs).to(tl.int64)
    here = sample < batch
    at = tl.load(x + sample * inputs + i, here, 0.0)
    _, span, t = _place(at, constants, GRID, ORDER, OUTSIDE)
    edge = weight + i * (GRID + ORDER + 1) * outputs
    total = tl.zeros([SAMPLES], gx.dtype.element_ty)
    for begin in range(0, outputs, WIDTH):
        output = begin + tl.arange(0, WIDTH)
        there = output < outputs
        both = here[:, None] & there[None, :]
        gradient = tl.load(gy + sample[:, None] * outputs + output[None, :], both, 0.0)
        weights = tl.load(edge + (GRID + ORDER) * outputs + output, there, 0.0)[None, :]
        slope = _base_slope(at, BASE)[:, None] * weights
        for r in tl.static_range(ORDER + 1):
            row = span + r
            exists = (row >= 0) & (row < GRID + ORDER)
            weights = tl.load(edge + row[:, None] * outputs + output[None, :], exists[:, None] & both, 0.0)
            slope += _slope(at, t, r, constants, ORDER, OUTSIDE)[:, None] * weights
        total += tl.sum(gradient * slope, 1)
    tl.store(gx + sample * inputs + i, total, here)


@triton.jit
def by_weights(
    x, constants, gy, gw, batch, inputs, outputs,
    GRID: tl.constexpr, ORDER: tl.constexpr, OUTSIDE: tl.constexpr, BASE: tl.constexpr,
    SAMPLES: tl.constexpr, ROWS: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """One program for each input and each block of rows and of outputs: the same sum, in the same order, every time."""
    i = tl.program_id(0).to(tl.int64)
    row = tl.program_id(1) * ROWS + tl.arange(0, ROWS)
    output = tl.program_id(2) * WIDTH + tl.arange(0, WIDTH)
    there = output < outputs
    total = tl.zeros([ROWS, WIDTH], gw.dtype.element_ty)
    for begin in range(0, batch, SAMPLES):
        sample = (begin + tl.arange(0, SAMPLES)).to(tl.int64)
        here = sample < batch
        at = tl.load(x + sample * inputs + i, here, 0.0)
        inside, span, t = _place(at, constants, GRID, ORDER, OUTSIDE)
        features = tl.where(row[:, None] == GRID + ORDER, _base(at, BASE)[None, :], 0.0)
        for r in tl.static_range(ORDER + 1):
            theirs = ((span + r)[None, :] == row[:, None]) & (row < GRID + ORDER)[:, None]
            features += tl.where(theirs, _value(at, inside, t, r, constants, ORDER, OUTSIDE)[None, :], 0.0)
        both = here[:, None] & there[None, :]
        gradient = tl.load(gy + sample[:, None] * outputs + output[None, :], both, 0.0)
        total = tl.dot(features, gradient, total, input_precision="ieee", out_dtype=gw.dtype.element_ty)
    edge = gw + i * (GRID + ORDER + 1) * outputs
    kept = (row < GRID + ORDER + 1)[:, None] & there[None, :]
    tl.store(edge + row[:, None] * outputs + output[None, :], total, kept)
