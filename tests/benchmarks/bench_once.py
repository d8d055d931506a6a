"""One look without a screen: `kan-monitor --headless --once` on a live run against a bare interpreter's start.

Commands of the same environment, from fork to exit, in turn; medians of the rounds. The ratio is the median of the
rounds' own ratios; beside it that of the fastest rounds, which a busy machine disturbs least.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from harness import Row, Target, interleaved, ratio_of_rounds, spread
from runs import live_run
from terminal import monitor

ROUNDS: Final = 25


class Cost(NamedTuple):
    """Of one command, in seconds: from fork to exit, and of the processor."""

    wall: float
    processor: float


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    with live_run(place / "once") as run:
        commands = {
            "text": monitor("--headless", "--once", run),
            "json": monitor("--headless", "--once", "--format", "json", run),
            "python": [sys.executable, "-c", "pass"],
        }
        found = interleaved({name: _timed(command) for name, command in commands.items()}, rounds=ROUNDS, warm=2)
    bare = found["python"]
    return [
        *_rows("kan-monitor --headless --once", found["text"], bare, Target(bound=8, of="ratio")),
        *_rows("with --format json", found["json"], bare),
        *_rows("python -c pass", bare, bare),
    ]


def _timed(command: Sequence[str]) -> Callable[[], Cost]:
    def run() -> Cost:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)

    return run


def _rows(name: str, costs: list[Cost], bare: list[Cost], target: Target | None = None) -> list[Row]:
    """The time on the clock, and that of the processor."""
    wall, processor = zip(*costs, strict=True)
    bare_wall, bare_processor = zip(*bare, strict=True)
    return [_row(name, wall, bare_wall, target), _row("  processor", processor, bare_processor)]


def _row(name: str, seconds: Sequence[float], bare: Sequence[float], target: Target | None = None) -> Row:
    return Row(
        name=name,
        measured=median(seconds) * 1e3,
        unit="ms",
        ratio=ratio_of_rounds(seconds, bare),
        target=target,
        note=f"{spread(seconds, 1e3)}; fastest {min(seconds) / min(bare):.1f} ×",
    )
