"""Figures that cannot be are no figures: hardware lies, and readers refuse a state that breaks its own bounds."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 2**60
MAX_BYTES_PER_SECOND: Final = 1e15


def within(value: float | None, low: float, high: float) -> float | None:
    """`value`, or `None` where it is unknown, NaN or outside `low` … `high`."""
    return float(value) if value is not None and low <= value <= high else None


def size(value: int | None) -> int | None:
    """`value` bytes, or `None` where they are unknown or cannot be."""
    return value if value is not None and 0 <= value <= MAX_BYTES else None


def memory(used_bytes: int, total_bytes: int) -> tuple[int | None, int | None]:
    """Used and total bytes, `None` for what cannot be: a total of nothing, more in use than there is."""
    if not 0 < total_bytes <= MAX_BYTES:
        return None, None
    return (used_bytes if 0 <= used_bytes <= total_bytes else None), total_bytes
