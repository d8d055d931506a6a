"""What a Kolmogorov-Arnold network is made of, checked before anything is allocated."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct

from kan_trainer.checks import require

MAX_SPLINE_ORDER: Final = 7
MAX_GRID_SIZE: Final = 1024
#: 8 GiB in float32; four times that in training.
MAX_PARAMETERS: Final = 2**31 - 1

Base = Literal["silu", "identity"]
Outside = Literal["zero", "clamp", "linear"]


class SplineConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The functions on the edges of a network; all edges share one grid.

    Raises:
        UsageError: A value is outside its bounds; the message names it and them.
    """

    grid_size: Annotated[int, Meta(description="intervals of the grid under each spline")] = 5
    spline_order: Annotated[int, Meta(description="degree of the splines' pieces, 1 … 7")] = 3
    grid_range: Annotated[tuple[float, float], Meta(description="where the grid begins and ends")] = (-1.0, 1.0)
    base: Annotated[Base, Meta(description="what each spline is added to")] = "silu"
    outside: Annotated[Outside, Meta(description="what splines do beyond the grid")] = "zero"

    def __post_init__(self) -> None:
        low, high = self.grid_range
        require(1 <= self.grid_size <= MAX_GRID_SIZE, "grid_size", f"1 … {MAX_GRID_SIZE}", self.grid_size)
        require(1 <= self.spline_order <= MAX_SPLINE_ORDER, "spline_order", "1 … 7", self.spline_order)
        finite = math.isfinite(low) and math.isfinite(high)
        require(finite and low < high, "grid_range", "two finite numbers, the lower one first", self.grid_range)
        require(self.base in get_args(Base), "base", " or ".join(get_args(Base)), self.base)
        require(self.outside in get_args(Outside), "outside", ", ".join(get_args(Outside)), self.outside)


class KANConfig(SplineConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole network: `layers` counts its inputs, the units of each hidden layer, and its outputs.

    Raises:
        UsageError: A value is outside its bounds, or the network would be too large.
    """

    layers: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(len(self.layers) >= 2, "layers", "at least two numbers, inputs and outputs", self.layers)
        require(min(self.layers) >= 1, "layers", "numbers of at least 1", self.layers)
        require(self.parameters <= MAX_PARAMETERS, "parameters", f"at most {MAX_PARAMETERS}", self.parameters)

    @property
    def parameters(self) -> int:
        """How many numbers the network learns: the weights of its edges, and a bias for each unit."""
        per_edge = self.grid_size + self.spline_order + 1
        return sum((inputs * per_edge + 1) * outputs for inputs, outputs in pairwise(self.layers))
