"""Grids that follow the data, and finer ones, under functions that stay what they are.

Source: Z. Liu et al., KAN: Kolmogorov-Arnold Networks, arXiv:2404.19756, sections 2.4 and 2.5, for the idea of both.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import msgspec
import torch
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan.basis import basis_of
from kan_trainer.kan.config import KANConfig, SplineConfig
from kan_trainer.kan.functional import kan_layer
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN
from kan_trainer.kan.refit import moved, transfer

Range = tuple[float, float]

#: What an update leaves of a grid's width at least, and how much of the grid the data must fill, or it shrinks.
_SHRUNK: Final = 0.25
_FILLED: Final = 0.5
#: How far a grid goes towards where it should be: the first of these that the tolerance allows.
_PARTS: Final = (1.0, 0.5, 0.25, 0.125)


class Regridded(NamedTuple):
    """What became of the grid of a layer.

    Attributes:
        before: The layer's configuration until now.
        after: And from now on.
        coverage: The share of what the layer is given that lies on the grid, 0 … 1, before and after; `None` where
            there was no data.
        max_error: The largest change of an output on the data, or without data of a function anywhere on the grid.
        error: The root mean square of the change over that of what changed.
        kept: Why the old grid is still there; empty where it is not.
    """

    before: KANConfig
    after: KANConfig
    coverage: Range | None
    max_error: float
    error: float
    kept: str


@torch.no_grad()
def update_grid(
    network: KAN, inputs: Tensor, *, margin: float = 0.05, outliers: float = 0.005, tolerance: float = 0.1
) -> list[Regridded]:
    """Moves and stretches the grid of each layer to where its inputs are, and refits its splines to what they were.

    Layer by layer, forwards, each with what those in front of it give by now. The features of a layer share its grid:
    such of very different scales want to be standardised first. A grid that holds its data, and is filled by it to the
    half, stays. One that would change the functions by more than `tolerance`, as their details do not fit on intervals
    so wide, goes a part of the way, and the rest with the next updates, or after `refine`. Coverage never falls.

    Weights change in place, so an optimizer goes on; its moments, which belong to the old grid, fade by themselves.

    Args:
        network: What is changed.
        inputs: `(batch, layers[0])`, some hundred rows of what it is trained on; those not finite are left out.
        margin: What is added to the data at each end, in widths of it.
        outliers: The share of each feature, at each end, that need not be on the grid unless it is there already.
        tolerance: The largest `Regridded.error`.

    Raises:
        UsageError: A setting is out of bounds, or `inputs` has another shape.
    """
    require(0 <= margin <= 1, "margin", "0 … 1", margin)
    require(0 <= outliers < 0.5, "outliers", "at least 0 and less than 0.5", outliers)
    require(tolerance > 0, "tolerance", "more than 0", tolerance)
    if inputs.ndim != 2 or inputs.shape[1] != network.config.layers[0]:
        raise UsageError(f"grids are updated by inputs of shape (batch, {network.config.layers[0]}), not "
                         f"{tuple(inputs.shape)}.")  # fmt: skip
    reports, inputs = [], inputs.to(network.kan_layers[0].weight)
    for layer in network.kan_layers:
        finite = inputs[inputs.isfinite().all(1)]
        reports.append(_update(layer, finite, margin, outliers, tolerance))
        inputs = layer(inputs)
    return reports


@torch.no_grad()
def refine(network: KAN, grid_size: int) -> list[Regridded]:
    """Gives each layer a finer grid over the same range, under the same functions.

    Where `grid_size` is a multiple of the old one, they are the same on the grid up to rounding, otherwise as near as
    least squares bring them. Beyond the grid they stay too, unless they die out there (`outside="zero"`): that takes
    them `spline_order` intervals, which are narrower now.

    The weights become new parameters: an optimizer, or a `TrainStep`, must be made anew.

    Raises:
        UsageError: `grid_size` is out of bounds, or less than that of a layer.
    """
    largest = max(layer.config.grid_size for layer in network.kan_layers)
    require(grid_size >= largest, "grid_size", f"at least {largest}, as fine as it is", grid_size)
    network.config = msgspec.structs.replace(network.config, grid_size=grid_size)
    return [_refine(layer, grid_size) for layer in network.kan_layers]


def _update(layer: KANLayer, x: Tensor, margin: float, outliers: float, tolerance: float) -> Regridded:
    old, error = layer.config, 0.0
    kept = Regridded(old, old, None, 0.0, 0.0, "no row of what it is given is finite")
    if not len(x):
        return kept
    covered = _coverage(x, old)
    kept = kept._replace(coverage=(covered, covered))
    wanted = _wanted(x.to("cpu", torch.float64), old, margin, outliers, torch.finfo(layer.weight.dtype))
    if wanted is None:
        return kept._replace(kept="what it is given reaches too far")
    if wanted == old.grid_range:
        return kept._replace(kept="it holds what it is given")
    for part in _PARTS:
        try:
            new = msgspec.structs.replace(old, grid_range=_towards(wanted, old.grid_range, part))
        except UsageError:  # no grid can be there
            return kept._replace(kept="what it is given reaches too far")
        weight = moved(layer.weight, transfer(old, new, x))
        max_error, error = _change(layer, new, weight, x)
        if error <= tolerance:
            layer.config = new
            layer.weight.copy_(weight)
            return Regridded(old, new, (covered, _coverage(x, new)), max_error, error, "")
    return kept._replace(kept=_why_not(error, tolerance))


def _why_not(error: float, tolerance: float) -> str:
    if not math.isfinite(error):
        return "its functions are not finite"
    return f"its functions would change by {error:.2g} of what they are, and the tolerance is {tolerance:g}"


def _wanted(x: Tensor, spline: SplineConfig, margin: float, outliers: float, numbers: torch.finfo) -> Range | None:
    """The range that suits `x`, `(batch, features)`; `None` where there is none in such numbers."""
    begin, end = spline.grid_range
    cut = 1 + int(outliers * len(x))
    low, high = float(x.kthvalue(cut, 0).values.min()), float(x.kthvalue(len(x) + 1 - cut, 0).values.max())
    held = x[(x >= begin) & (x <= end)]
    if len(held):
        low, high = min(low, float(held.min())), max(high, float(held.max()))
    width = (high - low) * (1 + 2 * margin)
    if begin <= low and high <= end and not 0 < width < _FILLED * (end - begin):
        return spline.grid_range
    # Intervals must be wider than what numbers of this size are rounded by.
    least = 2**12 * spline.grid_size * numbers.eps * max(abs(low), abs(high))
    width = max(width, least, (end - begin) * (_SHRUNK if width else 1))
    middle = low / 2 + high / 2
    return (min(low, middle - width / 2), max(high, middle + width / 2)) if width < numbers.max / 2**12 else None


def _towards(wanted: Range, old: Range, part: float) -> Range:
    """The range on the way; what both hold it holds, however it is rounded."""
    low, high = (before + part * (after - before) for before, after in zip(old, wanted, strict=True))
    return min(low, max(old[0], wanted[0])), max(high, min(old[1], wanted[1]))


def _change(layer: KANLayer, new: KANConfig, weight: Tensor, x: Tensor) -> Range:
    """`max_error` and `error`, the latter with outliers drawn to the ends of the grid, lest they hide the others."""

    def change(x: Tensor) -> tuple[Tensor, Tensor]:
        was = kan_layer(x, layer.weight, None, layer.config).double()
        return kan_layer(x, weight, None, new).double() - was, was

    by, was = change(x.clamp(*new.grid_range))
    return float(change(x)[0].abs().max()), _share(by, was)


def _share(change: Tensor, of: Tensor) -> float:
    return float(change.square().mean().sqrt() / of.square().mean().sqrt()) if change.any() else 0.0


def _coverage(x: Tensor, spline: SplineConfig) -> float:
    low, high = spline.grid_range
    return float(((x >= low) & (x <= high)).double().mean())


def _refine(layer: KANLayer, grid_size: int) -> Regridded:
    old = layer.config
    if grid_size == old.grid_size:
        return Regridded(old, old, None, 0.0, 0.0, "it is as fine as that")
    new = msgspec.structs.replace(old, grid_size=grid_size)
    weight = nn.Parameter(moved(layer.weight, transfer(old, new)), layer.weight.requires_grad)
    places = torch.linspace(*old.grid_range, 8 * grid_size + 1, dtype=torch.float64)
    was = basis_of(old, places) @ layer.weight[:, :-1].cpu().double()
    change = basis_of(new, places) @ weight[:, :-1].cpu().double() - was
    for hook in (layer.weight._backward_hooks or {}).values():  # what was cut stays cut
        weight.register_hook(hook)  # type: ignore[no-untyped-call]
    layer.config, layer.weight = new, weight
    return Regridded(old, new, None, float(change.abs().max()), _share(change, was), "")
