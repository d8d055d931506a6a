"""Start-up without what only costs time.

The garbage collector: what modules leave behind lives as long as the process, and is no garbage. To look through it
again and again costs a tenth of the time to the first line or frame, and once more at the end as much again.

Threads for linear algebra, of which there is none here: numpy starts one for every core, each busy for a while.
"""

from __future__ import annotations

import gc
import os
from typing import Final

_THREADS: Final = "OPENBLAS_NUM_THREADS"


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


def import_numpy() -> None:
    """Has numpy imported without them; programs that are started from here are told nothing of it."""
    chosen = os.environ.get(_THREADS)
    os.environ[_THREADS] = chosen or "1"
    import numpy  # noqa: F401

    if chosen is None:
        del os.environ[_THREADS]
