"""Figures that cannot be are no figures: hardware lies, and readers refuse a state that breaks its own bounds."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 2**60


def within(value: float, low: float, high: float) -> float | None:
    """`value`, or `None` where it is NaN or outside `low` … `high`."""
    return float(value) if low <= value <= high else None


def memory(used_bytes: int, total_bytes: int) -> tuple[int | None, int | None]:
    """Used and total bytes, `None` for what cannot be: a total of nothing, more in use than there is."""
    if not 0 < total_bytes <= MAX_BYTES:
        return None, None
    return (used_bytes if 0 <= used_bytes <= total_bytes else None), total_bytes
