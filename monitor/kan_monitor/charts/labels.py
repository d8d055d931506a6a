"""What stands beside ticks: as short as they can be told apart with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

UNITS: Final = ("", "K", "M", "G", "T")
BEYOND_UNITS: Final = 1e15
SMALLEST_PLAIN: Final = 1e-3
LARGEST_PLAIN: Final = 1e4
DIGITS: Final = 15  # what float64 keeps of any decimal number


def step_labels(ticks: Sequence[float]) -> list[str]:
    """Steps, all in the unit of the largest: `0`, `0.5K`, `1K`."""
    largest, off = _largest(ticks), _tolerance(ticks)
    if largest >= BEYOND_UNITS:
        return [_scientific(tick) for tick in ticks]
    power = _power(largest)
    return [_in_unit(tick, power, _decimals([tick], power, off)) for tick in ticks]


def value_labels(ticks: Sequence[float], width: int) -> list[str]:
    """Values, at most `width` cells each, which is 7 or more: `0.05`, `10`, `20K`, `2e-5`.

    Evenly spaced ticks have the same number of decimals. Where neighbours differ only in digits for which there is no
    room, the lowest is rounded and the others say how far above it they are, or nothing: `1234.5`, `+2e-7`.
    """
    labels = _together(ticks) if _even(ticks) else [label for tick in ticks for label in _together([tick])]
    if max(map(len, labels), default=0) <= width:
        return labels
    return [_rounded(ticks[0], width), *(_above(tick - ticks[0], _tolerance(ticks), width) for tick in ticks[1:])]


def _even(ticks: Sequence[float]) -> bool:
    """Whether they are multiples of one step: of two that are not, none is 0 and one is more than twice the other."""
    if len(ticks) == 2 and ticks[0] > 0:
        return ticks[1] < 2.25 * ticks[0]
    gaps = [right - left for left, right in pairwise(ticks)]
    return not gaps or max(gaps) - min(gaps) < max(gaps) / 2


def _together(ticks: Sequence[float]) -> list[str]:
    largest = _largest(ticks)
    if not SMALLEST_PLAIN <= largest < BEYOND_UNITS:
        return [_scientific(tick) for tick in ticks]
    power = 0 if largest < LARGEST_PLAIN else _power(largest)
    decimals = _decimals(ticks, power, _tolerance(ticks))
    return [_in_unit(tick, power, decimals) for tick in ticks]


def _largest(ticks: Sequence[float]) -> float:
    return max(map(abs, ticks), default=0.0)


def _tolerance(ticks: Sequence[float]) -> float:
    """How far a label may be from its tick: nothing that could be seen, far more than float64's rounding."""
    return 1e-3 * min((right - left for left, right in pairwise(ticks)), default=1e-6 * _largest(ticks))


def _power(largest: float) -> int:
    return max((power for power in range(len(UNITS)) if largest >= 1000.0**power), default=0)


def _decimals(ticks: Sequence[float], power: int, off: float) -> int:
    unit = 1000.0**power
    enough = (d for d in range(DIGITS) if all(abs(round(tick / unit, d) * unit - tick) <= off for tick in ticks))
    return next(enough, DIGITS)


def _in_unit(tick: float, power: int, decimals: int) -> str:
    return f"{tick / 1000.0**power:.{decimals}f}{UNITS[power]}" if tick else "0"


def _scientific(value: float, digits: int = DIGITS) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}" if value else "0"


def _rounded(value: float, width: int) -> str:
    plain = (f"{value:.{digits}g}" for digits in range(width, 0, -1) if SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN)
    short = (_scientific(value, digits) for digits in range(width, 0, -1))
    return next(label for label in (*plain, *short, "") if len(label) <= width)


def _above(difference: float, off: float, width: int) -> str:
    label = f"+{_scientific(difference, 3)}"
    return label if len(label) <= width and abs(float(label) - difference) <= off else ""
