"""`kan-monitor feed`: what `kan-monitor ssh://…` starts on the other machine, and reads."""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

from kan_monitor import startup
from kan_monitor.arguments import Parser, formatter, milliseconds
from kan_monitor.feeding.feed import Feed
from kan_monitor.finding import named, newest, one_run
from kan_monitor.sources.protocol import HELLO, encode
from kan_shared.errors import UsageError


def main(words: Sequence[str]) -> int:
    """Runs the command until nobody reads it any more."""
    arguments = _parser().parse_args(words)
    feed = Feed(one_run(named(arguments.directory) if arguments.directory else newest()))
    if sys.stdout is None:
        raise UsageError("there is no standard output to write to.")
    out, deflate = sys.stdout.buffer, zlib.compressobj()
    out.write(HELLO)
    startup.is_over()
    while True:
        for message in feed.look(time.time()):
            # One message at a time, so that the first is on its way while the next is made.
            out.write(deflate.compress(encode(message) + b"\n"))
            out.write(deflate.flush(zlib.Z_SYNC_FLUSH))
            out.flush()
        time.sleep(arguments.refresh_ms / 1000)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor feed",
        description="Send a run to the kan-monitor of another machine, which has started this over ssh.",
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument("directory", nargs="?", type=Path, help="experiment directory; by default the newest run")
    parser.add_argument("--refresh-ms", type=milliseconds, default=500, metavar="MS", help="between two looks (500)")
    return parser
