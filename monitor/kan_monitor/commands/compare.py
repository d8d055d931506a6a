"""`kan-monitor compare`: runs ranked by one metric, and where their configs differ."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kan_monitor.arguments import Parser, formatter
from kan_monitor.headless.compare_format import compare_fields, compare_text
from kan_monitor.runs.comparison import Comparison
from kan_shared.errors import EXIT_COMPLETE, NoSuchRun, UsageError
from kan_shared.text import safe_line

_EPILOG: Final = """\
The metric is by default what the first run is judged by: the first that it has declared a goal for, otherwise its
validation loss or its main loss. Smoothed is its exponential mean of weight 0.9.

exit codes:
  0  the comparison was printed
  2  a metric that none of the runs has, or an argument that cannot be used
  5  one of the directories holds no run that can be read
"""


def main(argv: Sequence[str]) -> int:
    """Prints the comparison, and gives the exit code.

    Raises:
        KanError: One of them is no run, or none has the metric.
    """
    arguments = _parser().parse_args(argv)
    comparison = Comparison(arguments.runs)
    comparison.look()
    for run in comparison.runs:
        if run.state is None:
            raise run.problem or NoSuchRun(f"{run.place} holds no run: name its experiment directory.")
    view = comparison.view(
        _metric(comparison, arguments.metric), arguments.rank, time.time(), all_keys=arguments.all_keys
    )
    if arguments.format == "text":
        sys.stdout.write(compare_text(view))
    else:
        import json  # here, since the text format starts sooner without it

        sys.stdout.write(json.dumps(compare_fields(view), ensure_ascii=True, allow_nan=False) + "\n")
    return EXIT_COMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor compare",
        description="Compare runs: ranked by a metric, and where their configs differ.",
        epilog=_EPILOG,
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="experiment directory of a run")
    parser.add_argument("--metric", metavar="NAME", help="by which metric")
    parser.add_argument("--rank", choices=("best", "smoothed"), default="best", help="by which of its values (best)")
    parser.add_argument("--all-keys", action="store_true", help="the whole configs, not only what differs")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="tables, or one object (text)")
    return parser


def _metric(comparison: Comparison, asked: str | None) -> str:
    """The metric to compare by.

    Raises:
        UsageError: None of the runs has it.
    """
    if asked is None:
        return next(iter(comparison.metrics), "")
    known = dict.fromkeys(name for run in comparison.runs if run.state for name in run.state.metrics)
    if asked not in known:
        names = ", ".join(safe_line(name, 60) for name in list(known)[:20]) or "none"
        raise UsageError(f"none of these runs has the metric {asked}: choose one of theirs, which are {names}.")
    return asked
