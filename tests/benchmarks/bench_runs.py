"""A folder of 2,000 runs, opened in kan-monitor, against the least that it could take.

From exec until the list says how many there are and shows the first of them. The floor is what nobody can avoid who
shows them on a Textual screen: `os.scandir` over the folder and `os.stat` of every state, in a Python that runs
already, and an empty Textual app's first word. In turn, medians of the rounds, a ratio is that of the rounds' own.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Final

from harness import Row, Target, interleaved, ratio_of_rounds, spread
from runs import make_many_runs
from terminal import Terminal, monitor, plain, program

ROUNDS: Final = 9
RUNS: Final = 2000
_COUNTED: Final = re.compile(r"\b2\W?000\b")


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    root = place / "runs"
    make_many_runs(root, RUNS)
    found = interleaved(
        {"list": lambda: _listed(root), "files": lambda: _files(root), "app": _empty_app}, rounds=ROUNDS
    )
    floor = [files + app for files, app in zip(found["files"], found["app"], strict=True)]
    ratio = ratio_of_rounds(found["list"], floor)
    return [
        _row(f"kan-monitor, {RUNS:,} runs listed", found["list"], ratio, Target(bound=5, of="ratio")),
        _row("scandir + stat, and an empty Textual app", floor),
        _row("  scandir + stat", found["files"]),
        _row("  empty Textual app", found["app"]),
    ]


def _row(name: str, seconds: list[float], ratio: float | None = None, target: Target | None = None) -> Row:
    middle = sorted(seconds)[len(seconds) // 2]
    return Row(name=name, measured=middle * 1e3, unit="ms", ratio=ratio, target=target, note=spread(seconds, 1e3))


def _listed(root: Path) -> float:
    with Terminal(monitor(root)) as terminal:
        return terminal.read_until(_is_listed)


def _is_listed(output: bytes) -> bool:
    text = plain(output)
    return _COUNTED.search(text) is not None and "complete" in text


def _files(root: Path) -> float:
    began = time.perf_counter()
    for entry in os.scandir(root):
        os.stat(os.path.join(entry.path, "state.json"))
    return time.perf_counter() - began


def _empty_app() -> float:
    with Terminal(program("empty_app")) as terminal:
        return terminal.read_until(lambda output: b"hello" in output)
