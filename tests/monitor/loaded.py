"""What a fresh interpreter has loaded when it has run a piece of code."""

from __future__ import annotations

import json
import subprocess
import sys

#: None of these may be loaded where nothing is drawn, computed or watched.
HEAVY = (
    "textual",
    "rich",
    "numpy",
    "torch",
    "watchdog",
    "pynvml",
    "psutil",
    "plotext",
    "kan_trainer",
    "yaml",
    "asyncio",
)

#: The headless monitor, with the arguments that it is given.
HEADLESS = """
import json, sys
from kan_monitor.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def modules(code: str, *arguments: object) -> list[set[str]]:
    """Runs a piece of code that prints lists of modules, and gives the packages that they belong to."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    printed = json.loads((done.stderr if code is HEADLESS else done.stdout).splitlines()[-1])
    return [{module.partition(".")[0] for module in names} for names in printed if isinstance(names, list)]
