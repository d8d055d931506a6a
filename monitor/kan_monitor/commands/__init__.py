"""What `kan-monitor` does beside watching: a module each, named after its word, with a `main` like the command's own.

A module is imported when its word is the first argument: nobody else pays for it.
"""

from __future__ import annotations

from typing import Final

#: The words; a folder of that name is watched as `./export`.
COMMANDS: Final[frozenset[str]] = frozenset({"compare", "control", "export", "feed", "runs", "serve"})
