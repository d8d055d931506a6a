"""Columns brought onto a network's grid, and rows held out for validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import torch
from torch import Tensor

#: What lies further from its column's mean is an outlier, and shall not squeeze all others into a few intervals.
_OUTLIER_DEVIATIONS: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Maps each column linearly: `center` to the middle of the grid, `center` ± `half_width` to its ends."""

    center: Tensor
    half_width: Tensor

    @classmethod
    def fit(cls, columns: Tensor) -> Self:
        """The scaling that makes each column of `(rows, columns)` fill the grid, but for its outliers."""
        mean, deviation = columns.mean(0), columns.std(0, correction=0)
        low = torch.maximum(columns.amin(0), mean - _OUTLIER_DEVIATIONS * deviation)
        high = torch.minimum(columns.amax(0), mean + _OUTLIER_DEVIATIONS * deviation)
        half_width = (high - low) / 2
        # A column that never changes tells nothing: it lies in the middle.
        half_width = torch.where(half_width > 0, half_width, 1)
        return cls(center=(high + low) / 2, half_width=half_width)

    def onto(self, columns: Tensor, grid_range: tuple[float, float]) -> Tensor:
        """`columns` on the grid, float32."""
        low, high = grid_range
        unit = (columns - self.center) / self.half_width
        return (unit * (high - low) / 2 + (high + low) / 2).float()


def hold_out(rows: int, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Row numbers to learn from and row numbers to validate on, at least one each, shuffled by `seed`."""
    held = min(rows - 1, max(1, round(rows * fraction)))
    order = torch.randperm(rows, generator=torch.Generator().manual_seed(seed))
    return order[held:], order[:held]
