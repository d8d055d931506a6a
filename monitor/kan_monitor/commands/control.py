"""`kan-monitor control`: asks a training to pause, resume, save or stop, and says what came of it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

from kan_monitor.arguments import Parser, formatter
from kan_monitor.control import Asking, Progress, hindrance, question
from kan_monitor.sources.experiment import ExperimentSource
from kan_shared.errors import EXIT_COMPLETE, EXIT_PRODUCER_LOST, EXIT_RUN_FAILED, NoSuchRun, UsageError
from kan_shared.state import Action

_LOOK_SECONDS: Final = 0.1
_EPILOG: Final = """\
exit codes:
  0  it is done
  1  it was refused, by the training or by you
  2  an argument that cannot be used
  3  no answer: the trainer is gone, or its step lasts longer than --timeout
  5  no such run
"""


def main(words: Sequence[str]) -> int:
    """Runs the command with the arguments `words`; its exit code.

    Raises:
        KanError: It cannot be asked.
    """
    arguments = _parser().parse_args(words)
    source = ExperimentSource(arguments.directory)
    facts = source.poll(time.time())
    if facts.state is None:
        raise facts.problem or NoSuchRun(f"{arguments.directory} holds no run.")
    if (problem := hindrance(facts)) is not None:
        sys.stderr.write(f"kan-monitor control: {problem}\n")
        return EXIT_PRODUCER_LOST if facts.state.allows_control else EXIT_RUN_FAILED
    if not (arguments.yes or _confirmed(question(facts, arguments.action))):
        sys.stderr.write("kan-monitor control: nothing was asked.\n")
        return EXIT_RUN_FAILED
    return _ask(source, arguments.action, arguments.timeout)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor control",
        description="Ask a training that allows it to do something at the end of its step, and wait until it is done.",
        epilog=_EPILOG,
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=get_args(Action), help="what it is asked")
    parser.add_argument("directory", type=Path, metavar="DIR", help="experiment directory")
    parser.add_argument("--yes", action="store_true", help="do not ask whether that is meant")
    parser.add_argument("--timeout", type=_seconds, default=60.0, metavar="SECONDS", help="to wait at most (60)")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1000000")
    return seconds


def _confirmed(question: str) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("there is nobody to confirm it: say --yes.")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _ask(source: ExperimentSource, action: Action, timeout_seconds: float) -> int:
    asking = Asking(source.poll(time.time()), action, time.time())
    deadline = time.monotonic() + timeout_seconds
    try:
        progress = asking.look(source.poll(time.time()), time.time())
        while not progress.final and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            progress = asking.look(source.poll(time.time()), time.time())
    finally:
        asking.withdraw()
    return _said(progress)


def _said(progress: Progress) -> int:
    stream = sys.stdout if progress.stage == "done" else sys.stderr
    stream.write(f"{progress.text}\n")
    return {"done": EXIT_COMPLETE, "refused": EXIT_RUN_FAILED}.get(progress.stage, EXIT_PRODUCER_LOST)
