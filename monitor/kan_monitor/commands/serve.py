"""`kan-monitor serve`: the dashboard in a browser, on this machine, for who has the token."""

from __future__ import annotations

import argparse
import ipaddress
import secrets
import shlex
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from kan_monitor import startup
from kan_monitor.arguments import Parser, formatter, milliseconds
from kan_monitor.finding import named, place
from kan_shared.errors import EXIT_COMPLETE, MissingExtra, UsageError


def main(words: Sequence[str]) -> int:
    """Runs the command until it is ended by a signal."""
    arguments = _parser().parse_args(words)
    _refuse_strangers(arguments)
    try:
        from kan_monitor.serving.server import TokenServer
    except ImportError as error:
        raise MissingExtra("kan-monitor serve", "web", "textual-serve") from error
    token = secrets.token_urlsafe()
    with _bind(arguments.host, arguments.port) as bound:
        _say_where(arguments.host, bound.getsockname()[1], token)
        startup.is_over()
        title = f"kan-monitor {arguments.directory or ''}".strip()
        TokenServer(_app_command(arguments), title=title, token=token).run(bound)
    return EXIT_COMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor serve",
        description="Show the dashboard in a browser, at an address that this prints.",
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument("directory", nargs="?", type=place, help="as for kan-monitor")
    parser.add_argument("--port", type=_port, default=0, help="where to listen (any that is free)")
    parser.add_argument("--host", default="127.0.0.1", help="by which address (127.0.0.1)")
    parser.add_argument("--allow-remote", action="store_true", help="also by one that other machines reach")
    parser.add_argument("--refresh-ms", type=milliseconds, default=500, metavar="MS", help="between two looks (500)")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**16:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return int(text)


def _refuse_strangers(arguments: argparse.Namespace) -> None:
    if isinstance(arguments.directory, Path):
        named(arguments.directory)
    if _is_loopback(arguments.host):
        return
    if not arguments.allow_remote:
        raise UsageError(
            f"{arguments.host} can be reached from other machines: keep to 127.0.0.1 and use ssh -L,"
            " or say --allow-remote."
        )
    _say("other machines can reach this: who has the address sees the run, and nothing on the way is encrypted.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]  # create_server adds where
        raise UsageError(f"{host}:{port} cannot be listened at ({why}): choose another --port.") from error


def _app_command(arguments: argparse.Namespace) -> str:
    """What makes the shell a dashboard of this very kan-monitor, in the colours that a browser has."""
    directory = [] if arguments.directory is None else ["--", str(arguments.directory)]
    options = ["--color", "truecolor", "--refresh-ms", str(arguments.refresh_ms)]
    return "exec " + shlex.join([sys.executable, "-m", "kan_monitor", *options, *directory])


def _say_where(host: str, port: int, token: str) -> None:
    """The address alone on the standard output, for who wants to open it by a script."""
    name = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"http://{name}:{port}/{token}/\n")
    sys.stdout.flush()
    if _is_loopback(host):
        _say(f"from another machine, ssh -N -L {port}:{name}:{port} {socket.gethostname()} brings the same address.")


def _say(sentence: str) -> None:
    sys.stderr.write(f"kan-monitor: {sentence}\n")
    sys.stderr.flush()
