"""Addresses of runs on other machines: `ssh://[user@]host[:port]/path`.

`/path` is absolute, `/~/path` begins at home there, and without a path the newest run under `experiments/` is meant.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kan_shared.errors import UsageError
from kan_shared.text import safe_line

SCHEME: Final = "ssh://"
#: Only what a host and a user can be: both become arguments of ssh, and a host goes into its user's proxy commands.
_ADDRESS: Final = re.compile(
    r"ssh://(?:(?P<user>[A-Za-z0-9._][A-Za-z0-9._+-]*)@)?"
    r"(?:(?P<host>[A-Za-z0-9_][A-Za-z0-9._-]*)|\[(?P<ip>[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^\x00-\x1f\x7f]*)?"
)


class Address(NamedTuple):
    """Where a run is; `path` is what the other side takes for its directory, `None` for the newest run."""

    host: str
    user: str | None = None
    port: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        path = self.path or ""
        return f"{SCHEME}{user}{host}{port}{path if path.startswith('/') or not path else f'/~/{path}'}"


def parse_address(text: str) -> Address:
    """The address that `text` is.

    Raises:
        UsageError: It is none.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found["port"] or 22) < 2**16:
        raise UsageError(f"{safe_line(text)} is no address: write ssh://[user@]host[:port]/path.")
    path = found["path"] or "/"
    at_home = path == "/~" or path.startswith("/~/")
    directory = path[3:] or "." if at_home else path if path != "/" else None
    port = int(found["port"]) if found["port"] else None
    return Address(found["host"] or found["ip"], found["user"], port, directory)
