"""What slows a GPU down, in words: the bits of nvml.h's `nvmlClocksEventReasons`.

Idleness, clocks that somebody has set and the display's needs are no trouble, and are left out.
"""

from __future__ import annotations

from typing import Final

_HARDWARE: Final = 0x08
#: What `_HARDWARE` is said for as well.
_PARTICULAR: Final = 0x40 | 0x80
_WORDS: Final = {
    0x40: "thermal slowdown (hardware)",
    0x20: "thermal slowdown (software)",
    0x80: "power brake",
    _HARDWARE: "hardware slowdown",
    0x04: "power cap",
    0x10: "sync boost",
    0x200: "board limit",
    0x400: "reliability limit",
}


def throttle_reasons(bits: int) -> tuple[str, ...]:
    """The reasons in `bits`, the gravest first; hardware slowdown only where nothing says what kind it is."""
    return tuple(words for bit, words in _WORDS.items() if bits & bit and not (bit == _HARDWARE and bits & _PARTICULAR))
