"""The command `kan-monitor`: arguments in, an exit code out. It imports a screen only when one is wanted.

What it does beside watching has a word of its own, `kan-monitor export …`, and a module in `commands`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kan_monitor.commands import COMMANDS
from kan_monitor.finding import named, newest, one_run
from kan_monitor.options import parser
from kan_monitor.printing import print_run
from kan_monitor.sources.experiment import ExperimentSource
from kan_shared.errors import EXIT_COMPLETE, EXIT_INTERRUPTED, EXIT_USAGE, KanError, UsageError
from kan_shared.text import safe_line

if TYPE_CHECKING:
    from kan_monitor.sources.address import Address
    from kan_monitor.sources.remote import RemoteSource


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command with `argv` (the process's by default), and gives its exit code."""
    try:
        words = list(sys.argv[1:] if argv is None else argv)
        return _command(words[0], words[1:]) if words and words[0] in COMMANDS else _watch(words)
    except KanError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return EXIT_COMPLETE
    except OSError as error:
        _forget_output()
        _complain(f"{error.filename or 'the output'}: {error.strerror}.")
        return EXIT_USAGE


def _command(name: str, words: Sequence[str]) -> int:
    """Runs the command of that name; one that nobody asked for costs no start."""
    module = import_module(f"kan_monitor.commands.{name}")
    return int(module.main(words))


def _watch(words: Sequence[str]) -> int:
    arguments = parser().parse_args(words)
    if arguments.control and _wants_headless(arguments):
        raise UsageError("--control is for the dashboard: without one, kan-monitor control asks a training.")
    return _headless(arguments) if _wants_headless(arguments) else _dashboard(arguments)


def _wants_headless(arguments: argparse.Namespace) -> bool:
    """A terminal that cannot draw gets lines, too; a browser has no terminal, and can."""
    asked = (arguments.headless, arguments.once, arguments.line, arguments.format, arguments.output_file)
    if any(asked) or arguments.fail_on:
        return True
    if "TEXTUAL_DRIVER" in os.environ:
        return False
    terminals = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    return not terminals or os.environ.get("TERM") == "dumb"


def _directory(arguments: argparse.Namespace) -> Path | Address | None:
    if arguments.directory and arguments.experiment and arguments.directory != arguments.experiment:
        raise UsageError("two directories were named: give one, either as an argument or with --experiment.")
    directory: Path | Address | None = arguments.directory or arguments.experiment
    return named(directory) if isinstance(directory, Path) else directory


@contextlib.contextmanager
def _remote(address: Address, arguments: argparse.Namespace, *, for_all: bool = False) -> Iterator[RemoteSource]:
    """The run at `address`, once the other side has answered."""
    from kan_monitor.sources.remote import RemoteSource

    command, refresh_ms = arguments.remote_command, max(500, arguments.refresh_ms)
    with (
        _signals_that_exit(),  # nothing of the other side is left behind
        contextlib.closing(RemoteSource(address, remote_command=command, refresh_ms=refresh_ms)) as source,
    ):
        source.wait(for_all=for_all)
        yield source


@contextlib.contextmanager
def _signals_that_exit() -> Iterator[None]:
    """Inside the block SIGTERM and SIGHUP end the program by an exception, so that what is open is closed."""
    exits = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda number, _: sys.exit(128 + number)) for number in exits]
    try:
        yield
    finally:
        for number, handler in zip(exits, before, strict=True):
            signal.signal(number, handler)


def _headless(arguments: argparse.Namespace) -> int:
    directory = _directory(arguments)
    if directory is None or isinstance(directory, Path):
        return print_run(ExperimentSource(one_run(directory or newest())), arguments, _complain)
    with _remote(directory, arguments, for_all=True) as source:
        return print_run(source, arguments, _complain)


def _dashboard(arguments: argparse.Namespace) -> int:
    from kan_monitor.app.choices import choices_of
    from kan_monitor.app.launch import launch

    directory, choices = _directory(arguments), choices_of(arguments, os.environ)
    if directory is None or isinstance(directory, Path):
        return launch(directory, choices)
    if choices.control:
        raise UsageError(f"--control asks where the run trains: start it on {directory.host}, in a shell there.")
    with _remote(directory, arguments) as source:
        return launch(source.directory, choices, source)


def _forget_output() -> None:
    """Nobody reads it any more, or it has no room: Python must not try once more at its end, and complain of that."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _complain(message: str) -> None:
    sys.stderr.write(f"kan-monitor: {safe_line(message, 2000)}\n")
    sys.stderr.flush()
