"""`--detach`: the same command again, in a session of its own, which a closed terminal or a lost SSH does not end.

The parent reads from a pipe, into which the child writes its directory as soon as the run is there. Until then the
child speaks through the parent's stdout and stderr, and after that into `training.log`. A pipe that closes empty is a
training that did not begin.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kan_shared.commands import command_line
from kan_trainer.command.speech import say, write


def train_in_background(argv: Sequence[str]) -> int:
    """Runs `kan-train` with `argv` in the background; prints its directory when the run has begun.

    Returns:
        0, or the exit code of a training that did not begin.
    """
    receiving, sending = os.pipe()
    child = subprocess.Popen(
        # -P: modules in the working directory, such as a csv.py, are not to be run.
        [sys.executable, "-P", "-m", "kan_trainer", *argv, "--ready-fd", str(sending)],
        stdin=subprocess.DEVNULL,
        pass_fds=(sending,),
        start_new_session=True,
    )
    os.close(sending)
    try:
        with open(receiving, "rb") as pipe:
            directory = os.fsdecode(pipe.read())
    except KeyboardInterrupt:
        child.terminate()
        raise
    if not directory:
        return child.wait()
    write(sys.stdout, f"{directory}\n")  # for a script, which wants it as it is
    watch = command_line("kan-monitor", directory)
    say(sys.stderr, f"Training goes on as process {child.pid}; {watch} shows it, kill {child.pid} stops it.\n")
    return 0


def say_ready(fd: int, directory: Path, log: Path) -> None:
    """In the child: the run in `directory` has begun, and what this process writes goes to `log` from now on."""
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    # The parent may have been killed meanwhile: that is no reason not to train.
    with contextlib.suppress(BrokenPipeError), open(fd, "wb") as pipe:
        pipe.write(os.fsencode(directory))
