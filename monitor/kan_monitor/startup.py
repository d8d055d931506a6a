"""Start-up without the garbage collector: what modules leave behind lives as long as the process, and is no garbage.

To look through it again and again costs a tenth of the time to the first line or frame, and once more at the end as
much again.
"""

from __future__ import annotations

import gc


def begins() -> None:
    """Turns the collector off."""
    gc.disable()


def is_over() -> None:
    """Turns it on again, for what comes from now on."""
    gc.freeze()
    gc.enable()


def ends() -> None:
    """Spares the interpreter the last collection."""
    gc.freeze()
