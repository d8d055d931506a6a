"""Whether there is still a terminal: one that is torn away without a word must not leave a monitor behind."""

from __future__ import annotations

import select
import sys


def is_gone() -> bool:
    """Whether the other side of the terminal that we read from has been closed.

    A shell that ends says so by SIGHUP, but only to those of its own session: what was started in another one, by a
    container's `exec` for instance, would read the end of its input for ever, at half a core's cost.
    """
    try:
        waiting = select.poll()
        waiting.register(sys.stdin.fileno(), 0)
        return any(event & (select.POLLHUP | select.POLLNVAL) for _, event in waiting.poll(0))
    except (AttributeError, OSError, ValueError):
        return False
