"""Numbers on the wire: NaN and the infinities are values, and `None` alone means unknown.

JSON has no NaN. They travel as the strings that ECMAScript and Python's `float` both read.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from msgspec import Meta

NonFinite = Literal["NaN", "Infinity", "-Infinity"]
#: A float as it stands in JSON.
WireFloat = float | NonFinite
#: A counter: never negative, exact in a float64.
Count = Annotated[int, Meta(ge=0, le=2**53)]
#: Seconds since the epoch, by the producer's clock.
UnixSeconds = Annotated[float, Meta(ge=0, le=1e11)]
#: A length of time in seconds.
Duration = Annotated[float, Meta(ge=0, le=1e11)]


def to_wire(value: float) -> WireFloat:
    """`value` as JSON can carry it."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def from_wire(value: WireFloat) -> float:
    """The float that `to_wire` was given."""
    return float(value)
