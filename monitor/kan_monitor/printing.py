"""`kan-monitor` without a screen: which lines, and where they go."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from kan_monitor import startup
from kan_monitor.dashboard import Dashboard
from kan_monitor.headless.stream import FORMATS, Render, Stream
from kan_monitor.sources.facts import Source
from kan_monitor.view import ViewOptions
from kan_shared.errors import UsageError


def print_run(source: Source, arguments: argparse.Namespace, complain: Callable[[str], None]) -> int:
    """Prints the run as the arguments say, and gives the exit code."""
    options = ViewOptions(utc_offset_seconds=time.localtime().tm_gmtoff)
    with output(arguments.output_file) as out, alert_command(arguments.on_alert, complain) as tell:
        render = _line(arguments, out) if arguments.line else FORMATS[arguments.format or "text"]
        stream = Stream(source, render, out, complain, fail_on=arguments.fail_on, tell=tell)
        if arguments.once or arguments.line:
            return stream.once(time.time(), options)
        startup.is_over()
        return stream.follow(arguments.refresh_ms / 1000, options)


@contextlib.contextmanager
def alert_command(command: str | None, complain: Callable[[str], None]) -> Iterator[Callable[[Dashboard], None] | None]:
    """What tells the command of `--on-alert` of new alerts; nothing where there is none."""
    if command is None:
        yield None
        return
    from kan_monitor.alerts.command import AlertCommand

    with contextlib.closing(AlertCommand(command, complain)) as teller:
        yield teller.tell


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


@contextlib.contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Where the lines go: standard output, or the end of a file.

    Raises:
        UsageError: There is no such place.
    """
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
