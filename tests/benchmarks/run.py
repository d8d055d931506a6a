"""`python tests/benchmarks/run.py [NAME …]`: measures, and prints a table a benchmark.

A missed target is printed as missed and is no failure; only a benchmark that crashes is one. Each benchmark runs in a
process of its own, so that what one imports costs the next nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from harness import Row, show
from rich.console import Console

BENCHMARKS: Final = (
    "log", "trainer", "kill", "once", "paint", "memory", "idle", "leet", "runs", "frame", "kan", "dqn", "finetune",
)  # fmt: skip


def main() -> int:
    """Runs the named benchmarks, all of them by default; 1 where one of them crashed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    console = Console(width=None if sys.stdout.isatty() else 132)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n")
    with tempfile.TemporaryDirectory(prefix="kan-bench-") as place:
        outcomes = [_run(name, Path(place), console) for name in names]
    judged = [row.met for rows in outcomes if rows is not None for row in rows if row.target]
    console.print(f"{sum(map(bool, judged))} of {len(judged)} targets met.")
    return 1 if None in outcomes else 0


def _run(name: str, place: Path, console: Console) -> list[Row] | None:
    """Runs and prints one benchmark; None where it crashed."""
    began = time.perf_counter()
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            how, rows = process.submit(measure, name, place).result()
    except Exception:
        traceback.print_exc()
        console.print(f"{name} crashed.\n", style="red")
        return None
    show(f"{name} ({time.perf_counter() - began:.0f} s)", how, rows, console)
    return rows


def measure(name: str, place: Path) -> tuple[str, list[Row]]:
    """What the benchmark `name` says of itself, and its rows; it may keep what others can use in `place`."""
    module = import_module(f"bench_{name}")
    return module.__doc__ or "", module.measure(place)


if __name__ == "__main__":
    sys.exit(main())
