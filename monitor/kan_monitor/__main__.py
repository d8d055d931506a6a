"""The command `kan-monitor`, and `python -m kan_monitor`."""

from __future__ import annotations

import sys

from kan_monitor import startup


def main() -> int:
    """Runs the command, and gives its exit code."""
    startup.begins()
    from kan_monitor import cli

    try:
        return cli.main()
    finally:
        startup.ends()


if __name__ == "__main__":
    sys.exit(main())
