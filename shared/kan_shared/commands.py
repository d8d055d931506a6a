"""How a person runs one of our commands from the shell that this process was started in."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from kan_shared.text import safe_line


def command_line(program: str, *arguments: str) -> str:
    """The line to type for `program` with `arguments`, quoted, and safe to print.

    In an environment that is not activated the program's name alone would not be found: then it is its path.
    """
    beside = Path(sys.executable).with_name(program)
    if shutil.which(program) is None and beside.exists():
        program = min(str(beside), os.path.relpath(beside), key=len)
    return safe_line(shlex.join([program, *arguments]), 2000)
