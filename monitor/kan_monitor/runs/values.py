"""Values of runs held against what a filter asks for: numbers as numbers, times as seconds, the rest as text."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any, Final

#: What a field of a run amounts to: a number, a text, or several texts, as tags are.
Value = float | str | tuple[str, ...]

_NUMBER: Final = re.compile(r"([+-]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:e[+-]?\d+)?)\s*([kKMGT%]?)", re.IGNORECASE)
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d|w)?", re.IGNORECASE)
_UNITS: Final = {"": 1.0, "%": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
_SECONDS: Final = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_NOT_FINITE: Final = re.compile(r"([+-]?)\.?(nan|inf|infinity)", re.IGNORECASE)
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def number_of(text: str) -> float | None:
    """The number that `text` is: 0.3, 1e-3, 10k, 50%, nan, −inf; None where it is none."""
    text = text.strip().replace("−", "-")
    if found := _NOT_FINITE.fullmatch(text):
        return float(found[1] + found[2])
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    try:
        return float(found[1]) * _UNITS[found[2].lower()]
    except ValueError:  # underscores in places where Python has none
        return None


def seconds_of(text: str) -> float | None:
    """The time that `text` is: 90s, 30m, 1.5h, 2d; seconds where it has no unit; None where it is none."""
    found = _TIME.fullmatch(text.strip())
    return float(found[1]) * _SECONDS[(found[2] or "s").lower()] if found else None


def compare(actual: Value | None, sign: str, wanted: str, wanted_number: float | None) -> bool | None:
    """Whether `actual` is as wanted; None where it is not known, or the two cannot be put in order.

    Args:
        actual: What the run has; None is unknown.
        sign: An operator of the language.
        wanted: What the filter asks for, as it is written.
        wanted_number: The number, or the seconds, that `wanted` is.
    """
    if actual is None:
        return None
    if sign.startswith("!"):
        opposite = compare(actual, {"!=": "=", "!~": "~"}[sign], wanted, wanted_number)
        return None if opposite is None else not opposite
    if isinstance(actual, tuple):
        return any(compare(part, sign, wanted, wanted_number) for part in actual)
    if sign == "~":
        return wanted.casefold() in _text(actual).casefold()
    number = number_of(actual) if isinstance(actual, str) else actual
    if number is not None and wanted_number is not None:
        return _compare_numbers(number, sign, wanted_number)
    if sign == "=":
        return _folded(_text(actual)) == _folded(wanted)
    return _ORDER[sign](_folded(actual), _folded(wanted)) if isinstance(actual, str) and number is None else None


def same(one: str | None, other: str | None) -> bool:
    """Whether two values of a config mean the same: `1e-3` is `0.001`."""
    return one == other or (
        one is not None and other is not None and compare(one, "=", other, number_of(other)) is True
    )


def _compare_numbers(number: float, sign: str, wanted: float) -> bool:
    if sign == "=":
        return number == wanted or (math.isnan(number) and math.isnan(wanted))
    return _ORDER[sign](number, wanted)


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _folded(text: str) -> str:
    """Without case and blanks: `[4, 8, 1]` is `[4,8,1]`."""
    return "".join(text.split()).casefold()
