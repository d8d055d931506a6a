"""How figures are written, once for the screen, the text lines and the logs."""

from __future__ import annotations

import math
import time
from typing import Final

UNKNOWN: Final = "—"
_GIB: Final = 2**30


def number(value: float | None, digits: int = 4) -> str:
    """`value` with so many significant digits: 2.143, 0.01235, 5.80e-4, NaN, ∞, or — for unknown."""
    if value is None:
        return UNKNOWN
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if 1e-2 <= abs(value) < 10 ** (digits + 2):
        exponent = int(f"{value:.{digits - 1}e}".partition("e")[2])  # of the rounded value: 9.9999 has that of 10
        return f"{value:.{max(0, digits - 1 - exponent)}f}".replace("-", "−")
    mantissa, _, power = f"{value:.{digits - 2}e}".partition("e")
    return f"{mantissa}e{int(power)}".replace("-", "−", 1) if value < 0 else f"{mantissa}e{int(power)}"


def count(value: int | None) -> str:
    """`value` in groups of three: 2 400."""
    return UNKNOWN if value is None else f"{value:,}".replace(",", " ")


def rate(per_second: float | None) -> str:
    """A rate with three digits, grouped: 69.7, 1 420."""
    if per_second is None:
        return UNKNOWN
    return count(round(per_second)) if per_second >= 100 else number(per_second, 3)


def percent(value: float | None, digits: int = 0) -> str:
    """A percentage without its sign: 53.3."""
    return UNKNOWN if value is None else f"{value:.{digits}f}".replace("-", "−")


def gigabytes(size: int | None) -> str:
    """Bytes as the drivers' GB of 2**30: 9.2."""
    return UNKNOWN if size is None else f"{size / _GIB:.1f}"


def duration(seconds: float | None) -> str:
    """HH:MM:SS; hours go on counting beyond a day."""
    if seconds is None:
        return UNKNOWN
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def age(seconds: float) -> str:
    """How long ago, to one figure that matters: 0.3 s, 12 s, 4 min, 3 h, 2 d."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    for size, unit in ((60, "s"), (3600, "min"), (86400, "h")):
        if seconds < size * (1 if unit == "s" else 1.5):
            return f"{seconds / {'s': 1, 'min': 60, 'h': 3600}[unit]:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def clock(unix_seconds: float, utc_offset_seconds: int) -> str:
    """The time of day: 14:02."""
    minutes = int(unix_seconds + utc_offset_seconds) // 60
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def clock_after(now: float, seconds: float, utc_offset_seconds: int) -> str:
    """The time of day so many seconds from `now`, and in how many days where that is not today: 14:02, 06:30 +2 d."""
    days = int(now + seconds + utc_offset_seconds) // 86400 - int(now + utc_offset_seconds) // 86400
    return clock(now + seconds, utc_offset_seconds) + (f" +{count(days)} d" if days else "")


def clocks_after(now: float, low: float, high: float, utc_offset_seconds: int) -> str:
    """Between what times of day, and in how many days: 14:31–14:52, 23:50–00:10 +1 d, 06:30 +1 d–08:10 +2 d."""
    first, last = clock_after(now, low, utc_offset_seconds), clock_after(now, high, utc_offset_seconds)
    if first == last:
        return first
    (early, _, days), (_, _, later) = first.partition(" "), last.partition(" ")
    return f"{early}–{last}" if days == later or not days else f"{first}–{last}"


def iso_time(unix_seconds: float) -> str:
    """A moment in ISO 8601, by the clock of Greenwich: 2025-06-01T14:02:05Z; nothing where no calendar has it."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_seconds))
    except (ValueError, OverflowError, OSError):
        return ""
