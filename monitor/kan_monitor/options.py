"""The options of `kan-monitor`, in the groups in which its help shows them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from kan_monitor.alerts import KINDS
from kan_monitor.alerts.conditions import conditions
from kan_monitor.arguments import Parser, formatter, milliseconds
from kan_monitor.finding import place
from kan_monitor.headless.stream import FORMATS
from kan_shared import __version__

_EPILOG: Final = """\
commands beside watching, each with a --help of its own:
  kan-monitor runs     all runs of a folder, filtered and sorted
  kan-monitor compare  some of them, ranked, with what their configurations differ in
  kan-monitor export   the series as a table, or the frame on the screen as a file
  kan-monitor serve    the dashboard in a browser
  kan-monitor control  pause, resume, save or stop a training that allows it

exit codes:
  0  the run is complete (or, with --once, still going; in the dashboard: you quit)
  1  the run ended in an error, or was stopped before its end
  2  an argument that cannot be used, or an optional dependency that is missing
  3  the run's producer died, stalled or is out of reach (headless, after its last line)
  4  a condition of --fail-on was met; this goes before 0, 1 and 3
  5  no such run
"""


def parser() -> argparse.ArgumentParser:
    """Reads the command line."""
    made = Parser(
        prog="kan-monitor",
        description="Watch a training run, live, from another shell. It only reads, unless --control is given.",
        epilog=_EPILOG,
        formatter_class=formatter,
        allow_abbrev=False,
    )
    made.add_argument(
        "directory", nargs="?", type=place, help="experiment directory, or ssh://host/path; by default the newest run"
    )
    made.add_argument("--experiment", type=place, metavar="DIR", help="the same, as an option")
    made.add_argument("--refresh-ms", type=milliseconds, default=500, metavar="MS", help="between two looks (500)")
    made.add_argument("--control", action="store_true", help="let C ask a training for something, if that allows it")
    _add_looks(made)
    _add_headless(made)
    _add_alerts(made)
    remote = made.add_argument_group("on another machine")
    remote.add_argument(
        "--remote-command", metavar="CMD", default="kan-monitor", help="what starts kan-monitor there (kan-monitor)"
    )
    made.add_argument("--version", action="version", version=f"kan-monitor {__version__}")
    return made


def _add_looks(made: argparse.ArgumentParser) -> None:
    looks = made.add_argument_group("looks")
    colours = ("auto", "truecolor", "256", "16", "none")
    looks.add_argument("--color", choices=colours, default="auto", help="how many colours (auto)")
    looks.add_argument("--theme", choices=("auto", "dark", "light"), default="auto", help="their ground (auto)")
    looks.add_argument("--ascii", action="store_true", help="draw without Braille and box drawing")


def _add_headless(made: argparse.ArgumentParser) -> None:
    headless = made.add_argument_group("without a screen")
    headless.add_argument("--headless", action="store_true", help="print lines instead of drawing")
    headless.add_argument("--format", choices=tuple(FORMATS), default=None, help="of those lines (text)")
    headless.add_argument("--line", action="store_true", help="print one short line, for tmux or a prompt, and end")
    headless.add_argument("--once", action="store_true", help="print the run as it is, and end")
    headless.add_argument("--output-file", type=Path, metavar="FILE", help="append the lines to FILE instead")


def _add_alerts(made: argparse.ArgumentParser) -> None:
    alerts = made.add_argument_group("alerts")
    alerts.add_argument(
        "--fail-on",
        metavar="LIST",
        type=conditions,
        default=(),
        help=f"print lines, and end with 4 on an alert ({', '.join(KINDS)}) or on a comparison with the latest value"
        ' of a metric: nan,stall,"validation/loss>3"; NaN is above and below nothing',
    )
    alerts.add_argument(
        "--on-alert",
        metavar="COMMAND",
        help="run it in a shell for every new alert, which is in KAN_ALERT_KEY, _KIND, _SEVERITY, _VERDICT, _EVIDENCE,"
        " _ACTION and _RUN, and as JSON on its standard input",
    )
    alerts.add_argument("--bell", action="store_true", help="let the dashboard ring at a new alert and at the end")
    alerts.add_argument("--notify", action="store_true", help="and the terminal notify of them (OSC 9)")
