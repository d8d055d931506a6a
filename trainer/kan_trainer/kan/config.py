"""What a Kolmogorov-Arnold network is made of, checked before anything is allocated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import index
from typing import Annotated, Any, Final, Literal, Self, SupportsIndex, cast, get_args

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from kan_trainer.checks import require
from kan_trainer.kan.presets import PRESETS

MAX_SPLINE_ORDER: Final = 7
MAX_GRID_SIZE: Final = 1024
#: 8 GiB in float32; four times that in training.
MAX_PARAMETERS: Final = 2**31 - 1
#: Where float32 ends, and how narrow an interval float64 still tells from the next, against the grid's larger end.
_FURTHEST: Final = 1e37
_FINEST: Final = 1e-12
_ITEM_BYTES: Final = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}

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
        for name, most in (("grid_size", MAX_GRID_SIZE), ("spline_order", MAX_SPLINE_ORDER)):
            value = _whole(getattr(self, name))
            require(value is not None and 1 <= value <= most, name, f"1 … {most}", getattr(self, name))
            force_setattr(self, name, value)
        force_setattr(self, "grid_range", _checked_range(self.grid_range, self.grid_size))
        require(self.base in get_args(Base), "base", " or ".join(get_args(Base)), self.base)
        require(self.outside in get_args(Outside), "outside", ", ".join(get_args(Outside)), self.outside)

    @property
    def rows(self) -> int:
        """How many numbers an edge learns: a coefficient for each basis function, and the weight of its base."""
        return self.grid_size + self.spline_order + 1


class KANConfig(SplineConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole network: `layers` counts its inputs, the units of each hidden layer, and its outputs.

    Raises:
        UsageError: A value is outside its bounds, or the network would be too large.
    """

    layers: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        layers = _all_whole(self.layers)
        require(len(layers) >= 2, "layers", "at least two numbers, inputs and outputs", self.layers)
        require(all(units and units >= 1 for units in layers), "layers", "whole numbers of at least 1", self.layers)
        force_setattr(self, "layers", layers)
        require(self.parameters <= MAX_PARAMETERS, "parameters", f"at most {MAX_PARAMETERS}", self.parameters)

    @classmethod
    def preset(cls, name: str = "default", **changes: Any) -> Self:
        """A configuration that is known to do: see `presets`; `changes` are set instead of what it says.

        Raises:
            UsageError: There is none of that name, or a change is outside its bounds.
        """
        require(name in PRESETS, "the preset", ", ".join(PRESETS), name)
        return cls(**{**PRESETS[name], **changes})

    @property
    def spline(self) -> SplineConfig:
        """The functions on its edges."""
        return SplineConfig(**{name: getattr(self, name) for name in SplineConfig.__struct_fields__})

    @property
    def parameters(self) -> int:
        """How many numbers the network learns: the weights of its edges, and a bias for each unit."""
        return sum((inputs * self.rows + 1) * outputs for inputs, outputs in pairwise(self.layers))

    def memory_bytes(self, *, batch_size: int, training: bool = True, dtype: object = "float32") -> int:
        """What the network will take, with a batch at a time, by the compiled kernel; nothing is allocated for it.

        To answer takes P numbers for the weights and B · (inputs + outputs). A `TrainStep` takes 4 · P, for the
        weights, their gradient and its two moments, and B · (inputs + outputs), for the examples, beside B times
        `room_per_sample`, for what backward needs, and gradients on their way. Not counted: the libraries
        themselves, and that the plain way makes `rows` numbers of every input of a layer, and in training keeps them.

        Args:
            batch_size: B, samples at a time.
            training: Whether it learns, or only answers.
            dtype: Of all numbers: torch's type, or its name.

        Raises:
            UsageError: The batch is smaller than 0, or such numbers no network is made of.
        """
        samples, kind = _whole(batch_size), str(dtype).removeprefix("torch.")
        require(samples is not None and samples >= 0, "batch_size", "0 or more", batch_size)
        require(kind in _ITEM_BYTES, "dtype", ", ".join(_ITEM_BYTES), dtype)
        copies, each = 1, self.layers[0] + self.layers[-1]
        if training:
            copies, each = 4, each + room_per_sample(self.layers)
        return (copies * self.parameters + cast(int, samples) * each) * _ITEM_BYTES[kind]


def room_per_sample(layers: Sequence[int]) -> int:
    """Numbers that a training step keeps of a sample: what all layers give, and the gradients of two of them."""
    return sum(layers[1:]) + layers[-1] + 2 * max(layers[1:-1], default=0)


def _whole(value: SupportsIndex) -> int | None:
    """A whole number of any type, numpy's too; `None` for all else."""
    try:
        return None if isinstance(value, bool) else index(value)
    except TypeError:
        return None


def _all_whole(values: Sequence[SupportsIndex]) -> tuple[int | None, ...]:
    try:
        return tuple(map(_whole, values))
    except TypeError:
        return ()


def _checked_range(grid_range: Sequence[float], grid_size: int) -> tuple[float, float]:
    try:
        low, high = map(float, grid_range)
    except (TypeError, ValueError):
        low, high = math.nan, math.nan
    finite = math.isfinite(low) and math.isfinite(high)
    require(finite and low < high, "grid_range", "two finite numbers, the lower one first", grid_range)
    furthest, interval = max(-low, high), (high - low) / grid_size
    require(furthest <= _FURTHEST, "grid_range", f"within ±{_FURTHEST:g}", grid_range)
    wide = interval >= max(_FINEST * furthest, 1 / _FURTHEST)
    require(wide, "grid_range", f"wide enough for {grid_size} intervals that differ", grid_range)
    return low, high
