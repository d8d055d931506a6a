"""`kan-monitor runs`: the list of runs as lines, filtered and sorted as on the screen."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kan_monitor.arguments import Parser, formatter
from kan_monitor.headless.runs_format import runs_fields, runs_text
from kan_monitor.runs import query as language
from kan_monitor.runs.index import STATE, Known, learn
from kan_monitor.runs.listing import SORTS, Listing, Order
from kan_monitor.runs.parser import parse, parse_field
from kan_monitor.view.runs import count_note, nothing_note, run_row
from kan_shared.errors import EXIT_COMPLETE, NoSuchRun
from kan_shared.experiment import DEFAULT_ROOT
from kan_shared.text import safe_line

_LANGUAGE: Final = (language.__doc__ or "").partition("\n\n")[2].strip("\n")
_EPILOG: Final = f"""\
the filter, as on the screen behind the key /:

{_LANGUAGE}

Sort by {", ".join(SORTS)},
or any field of the filter, such as lr or best(accuracy). Best is by the goal that a run has declared, otherwise its
validation loss or its main loss. What is not known is at the end.

exit codes:
  0  the list was printed, though it may be empty
  2  a filter or an argument that cannot be used
  5  no run under that folder
"""


def main(argv: Sequence[str]) -> int:
    """Prints the list, and gives the exit code.

    Raises:
        KanError: The filter is wrong, or there is no run.
    """
    arguments = _parser().parse_args(argv)
    order = Order(parse_field(arguments.sort), arguments.reverse)
    listing, now = Listing(arguments.root, parse(arguments.filter), order), time.time()
    listing.index.look()
    if not listing.index.runs:
        raise NoSuchRun(f"there is no run under {arguments.root}/: name another folder.")
    listing.learn()
    matching = listing.select(now)
    sys.stdout.write(_printed(listing, matching[: arguments.limit], len(matching), arguments, now))
    return EXIT_COMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor runs",
        description="List the runs under a folder.",
        epilog=_EPILOG,
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument("root", nargs="?", type=Path, default=DEFAULT_ROOT, help="their folder (experiments)")
    parser.add_argument("--filter", default="", metavar="QUERY", help="only those that match")
    parser.add_argument("--sort", default="age", metavar="KEY", help="by what (age: the last written first)")
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument("--limit", type=_positive, metavar="N", help="no more than N")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="a table, or one object (text)")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)


def _printed(listing: Listing, shown: Sequence[Known], matching: int, arguments: argparse.Namespace, now: float) -> str:
    learn(shown, listing.needs or STATE)
    rows = [run_row(run.facts(now), now, smoothed=run.smoothed("")) for run in shown]
    places, root, total = [safe_line(run.place, 4096) for run in shown], str(arguments.root), len(listing.index.runs)
    if arguments.format == "text":
        note = count_note(root, total=total, matching=matching, unknown=0)
        return (
            f"{runs_text(rows)}{note}\n" if rows else f"{nothing_note(root, str(listing.query), listing.slip(now))}\n"
        )
    import json  # here, since the text format starts sooner without it

    about = {
        "root": safe_line(root, 4096),
        "total": total,
        "matching": matching,
        "filter": arguments.filter and str(listing.query),
        "sort": listing.order.field,
    }
    return json.dumps(runs_fields(rows, places, **about), ensure_ascii=True, allow_nan=False) + "\n"
