"""The command `kan-monitor`: arguments in, an exit code out. It imports a screen only when one is wanted.

What it does beside watching has a word of its own, `kan-monitor export …`, and a module in `commands`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from kan_monitor import startup
from kan_monitor.arguments import Parser, formatter, milliseconds
from kan_monitor.commands import COMMANDS
from kan_monitor.finding import named, newest, one_run, place
from kan_monitor.headless.stream import FORMATS, Render, Stream
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.view import ViewOptions
from kan_shared import __version__
from kan_shared.errors import EXIT_COMPLETE, EXIT_INTERRUPTED, EXIT_USAGE, KanError, UsageError
from kan_shared.text import safe_line

if TYPE_CHECKING:
    from kan_monitor.sources.address import Address
    from kan_monitor.sources.facts import Source
    from kan_monitor.sources.remote import RemoteSource

_EPILOG: Final = """\
commands beside watching, each with a --help of its own:
  kan-monitor export   the series as a table, or the frame on the screen as a file
  kan-monitor serve    the dashboard in a browser

exit codes:
  0  the run is complete (or, with --once, still going; in the dashboard: you quit)
  1  the run ended in an error, or was stopped before its end
  2  an argument that cannot be used, or an optional dependency that is missing
  3  the run's producer died, stalled or is out of reach (headless, after its last line)
  5  no such run
"""


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
    arguments = _parser().parse_args(words)
    return _headless(arguments) if _wants_headless(arguments) else _dashboard(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor",
        description="Watch a training run, live, from another shell. It only ever reads.",
        epilog=_EPILOG,
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "directory", nargs="?", type=place, help="experiment directory, or ssh://host/path; by default the newest run"
    )
    parser.add_argument("--experiment", type=place, metavar="DIR", help="the same, as an option")
    parser.add_argument("--refresh-ms", type=milliseconds, default=500, metavar="MS", help="between two looks (500)")
    parser.add_argument(
        "--color", choices=("auto", "truecolor", "256", "16", "none"), default="auto", help="colours (auto)"
    )
    headless = parser.add_argument_group("without a screen")
    headless.add_argument("--headless", action="store_true", help="print lines instead of drawing")
    headless.add_argument("--format", choices=tuple(FORMATS), default=None, help="of those lines (text)")
    headless.add_argument("--line", action="store_true", help="print one short line, for tmux or a prompt, and end")
    headless.add_argument("--once", action="store_true", help="print the run as it is, and end")
    headless.add_argument("--output-file", type=Path, metavar="FILE", help="append the lines to FILE instead")
    remote = parser.add_argument_group("on another machine")
    remote.add_argument(
        "--remote-command", metavar="CMD", default="kan-monitor", help="what starts kan-monitor there (kan-monitor)"
    )
    parser.add_argument("--version", action="version", version=f"kan-monitor {__version__}")
    return parser


def _wants_headless(arguments: argparse.Namespace) -> bool:
    """A terminal that cannot draw gets lines, too; a browser has no terminal, and can."""
    asked = arguments.headless or arguments.once or arguments.line or arguments.format or arguments.output_file
    return bool(asked) or not (
        "TEXTUAL_DRIVER" in os.environ
        or (
            all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
            and os.environ.get("TERM") != "dumb"
        )
    )


def _directory(arguments: argparse.Namespace) -> Path | Address | None:
    if arguments.directory and arguments.experiment and arguments.directory != arguments.experiment:
        raise UsageError("two directories were named: give one, either as an argument or with --experiment.")
    directory: Path | Address | None = arguments.directory or arguments.experiment
    return named(directory) if isinstance(directory, Path) else directory


@contextlib.contextmanager
def _remote(address: Address, arguments: argparse.Namespace, *, for_all: bool = False) -> Iterator[RemoteSource]:
    """The run at `address`, once the other side has answered."""
    from kan_monitor.sources.remote import RemoteSource

    for number in (signal.SIGTERM, signal.SIGHUP):  # nothing of it is left behind
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    command, refresh_ms = arguments.remote_command, max(500, arguments.refresh_ms)
    with contextlib.closing(RemoteSource(address, remote_command=command, refresh_ms=refresh_ms)) as source:
        source.wait(for_all=for_all)
        yield source


def _headless(arguments: argparse.Namespace) -> int:
    directory = _directory(arguments)
    if directory is None or isinstance(directory, Path):
        return _print(ExperimentSource(one_run(directory or newest())), arguments)
    with _remote(directory, arguments, for_all=True) as source:
        return _print(source, arguments)


def _print(source: Source, arguments: argparse.Namespace) -> int:
    options = ViewOptions(utc_offset_seconds=time.localtime().tm_gmtoff)
    with _output(arguments.output_file) as out:
        render = _line(arguments, out) if arguments.line else FORMATS[arguments.format or "text"]
        stream = Stream(source, render, out, _complain)
        if arguments.once or arguments.line:
            return stream.once(time.time(), options)
        startup.is_over()
        return stream.follow(arguments.refresh_ms / 1000, options)


def _line(arguments: argparse.Namespace, out: TextIO) -> Render:
    """The one line, in colours where it goes to a terminal, or they were asked for."""
    from kan_monitor.colour import detect
    from kan_monitor.headless.line_format import line

    if arguments.format:
        raise UsageError("--line is a format of its own: leave --format out.")
    mode = arguments.color
    if mode == "auto":
        mode = detect(os.environ) if out.isatty() else "none"
    return line(colour=mode != "none")


def _dashboard(arguments: argparse.Namespace) -> int:
    from kan_monitor.app.launch import launch

    colour = None if arguments.color == "auto" else arguments.color
    directory, refresh_seconds = _directory(arguments), arguments.refresh_ms / 1000
    if directory is None or isinstance(directory, Path):
        return launch(directory, refresh_seconds=refresh_seconds, colour=colour)
    with _remote(directory, arguments) as source:
        return launch(source.directory, source, refresh_seconds=refresh_seconds, colour=colour)


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        if sys.stdout is None:
            raise UsageError("there is no standard output to print to: name an --output-file.")
        if isinstance(sys.stdout, TextIO) or hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a latin-1 terminal must not end it
        yield sys.stdout
        return
    try:
        file = open(path, "a", encoding="utf-8")  # noqa: SIM115  # the `with` below closes it
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}): choose another --output-file.") from error
    with file:
        yield file


def _forget_output() -> None:
    """Nobody reads it any more, or it has no room: Python must not try once more at its end, and complain of that."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _complain(message: str) -> None:
    sys.stderr.write(f"kan-monitor: {safe_line(message, 2000)}\n")
    sys.stderr.flush()
