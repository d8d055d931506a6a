"""What importing the producer costs a training loop: no framework but its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ["torch", "numpy", "textual", "rich", "psutil", "pynvml", "watchdog", "yaml", "kan_monitor", "asyncio"]
#: A whole run, with a look at what was loaded.
RUN = """
import sys
from kan_trainer import Run
with Run(sys.argv[1]) as run:
    run.log(1, {"train/loss": 1.0}, tokens=512)
    run.sample(1, input="a", target="b", generated="c")
    run.event("note")
print(*sys.modules)
"""


def modules_after(code: str, *arguments: object) -> set[str]:
    """The modules that a fresh interpreter has loaded after `code`."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import kan_trainer", "from kan_trainer import Run"])
def test_importing_it_loads_nothing_heavy(statement: str) -> None:
    loaded = modules_after(f"import sys; {statement}; print(*sys.modules)")
    assert "kan_trainer.run" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_using_it_loads_what_reads_the_hardware_and_no_more(directory: Path) -> None:
    loaded = modules_after(RUN, directory)
    assert sorted(loaded & {"torch", "numpy", "textual", "rich", "kan_monitor", "yaml", "asyncio"}) == []
