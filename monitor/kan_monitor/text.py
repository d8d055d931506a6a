"""How figures are written, once for the screen, the text lines and the logs."""

from __future__ import annotations

import math
import time
from typing import Final

UNKNOWN: Final = "—"
_GIB: Final = 2**30
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: From then on a date without its year could be taken for another one.
_LONG_AGO_SECONDS: Final = 300 * 86400


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


def place(value: float) -> str:
    """A place on an axis that somebody chose, or nearly: −1, 0.25, 1e+03."""
    return f"{value:.3g}".replace("-", "−")


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


def size(size_bytes: int) -> str:
    """A number of bytes to one figure that matters: 512 B, 4.2 MB."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    unit = next((unit for unit, limit in (("kB", 1e6), ("MB", 1e9)) if size_bytes < limit), "GB")
    return f"{size_bytes / {'kB': 1e3, 'MB': 1e6, 'GB': 1e9}[unit]:.1f} {unit}"


def amount_a_second(bytes_per_second: float | None) -> tuple[str, str]:
    """Bytes a second in the largest unit of 1024s that leaves something before the point: 73.4 and MB/s."""
    if bytes_per_second is None:
        return UNKNOWN, ""
    for unit in ("B/s", "kB/s", "MB/s", "GB/s"):
        if bytes_per_second < 999.5 or unit == "GB/s":
            break
        bytes_per_second /= 1024
    return (f"{bytes_per_second:.0f}" if unit == "B/s" else number(bytes_per_second, 3)), unit


def energy(joules: float | None) -> tuple[str, str]:
    """Energy as it is paid for: 412 and Wh, 1.42 and kWh."""
    if joules is None:
        return UNKNOWN, ""
    hours = joules / 3600
    if hours < 999.5:
        return (f"{hours:.0f}" if hours >= 10 else number(hours, 2)), "Wh"
    return number(hours / 1000, 3), "kWh"


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


def date(unix_seconds: float, utc_offset_seconds: int) -> str:
    """The day and the time of day: 2026-11-20 14:02:31."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(unix_seconds + utc_offset_seconds))


def when(unix_seconds: float, now: float, utc_offset_seconds: int) -> str:
    """The time of day, with the date where it is not today's, and the year alone where that is long ago: 14:02,
    Nov 18 14:02, Nov 18 2024."""
    local, today = (time.gmtime(seconds + utc_offset_seconds) for seconds in (unix_seconds, now))
    if local[:3] == today[:3]:
        return clock(unix_seconds, utc_offset_seconds)
    date = f"{_MONTHS[local.tm_mon - 1]} {local.tm_mday}"
    recent = abs(now - unix_seconds) < _LONG_AGO_SECONDS
    return f"{date} {clock(unix_seconds, utc_offset_seconds) if recent else local.tm_year}"


def clock_after(now: float, seconds: float, utc_offset_seconds: int) -> str:
    """The time of day so many seconds from `now`, and in how many days where that is not today: 14:02, 06:30 +2 d."""
    days = int(now + seconds + utc_offset_seconds) // 86400 - int(now + utc_offset_seconds) // 86400
    return clock(now + seconds, utc_offset_seconds) + (f" +{count(days)} d" if days else "")


def day(unix_seconds: float, utc_offset_seconds: int) -> str:
    """The day, where the year is known: Jun 2."""
    date = time.gmtime(unix_seconds + utc_offset_seconds)
    return f"{_MONTHS[date.tm_mon - 1]} {date.tm_mday}"


def moment(unix_seconds: float, utc_offset_seconds: int) -> str:
    """The day and the time of day, to the second: Jun 2 14:02:30."""
    seconds = int(unix_seconds + utc_offset_seconds) % 60
    return f"{day(unix_seconds, utc_offset_seconds)} {clock(unix_seconds, utc_offset_seconds)}:{seconds:02}"


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
