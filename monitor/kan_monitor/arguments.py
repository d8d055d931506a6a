"""How the arguments of `kan-monitor` and its commands are read and refused."""

from __future__ import annotations

import argparse
from typing import NoReturn

from kan_shared.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, as every other error is said."""

    def error(self, message: str) -> NoReturn:
        """Refuses the arguments.

        Raises:
            UsageError: Always.
        """
        raise UsageError(f"{message} ({self.prog} --help tells more).")


def formatter(prog: str) -> argparse.HelpFormatter:
    """One with a width of its own: to find the terminal's, argparse imports a lot each time that it starts."""
    return argparse.RawDescriptionHelpFormatter(prog, width=100)


def milliseconds(text: str) -> int:
    """A time between two looks."""
    if not text.isdecimal() or not 20 <= int(text) <= 3_600_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 20 and 3600000")
    return int(text)


def screen_size(text: str) -> tuple[int, int]:
    """A screen's width and height in cells: 120x34."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and 20 <= int(width) <= 1000 and 6 <= int(height) <= 500):
        raise argparse.ArgumentTypeError(f"{text} is no size from 20x6 to 1000x500, such as 120x34")
    return int(width), int(height)
