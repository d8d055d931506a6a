"""The commit of the repository that a training was begun in, if it was one."""

from __future__ import annotations

import os
import subprocess
from typing import Final

#: A large repository on a slow disk shall not keep a training waiting.
_PATIENCE_SECONDS: Final = 5


def git_commit() -> tuple[str | None, bool | None]:
    """The commit of the working directory's repository, and whether files that it follows were changed since.

    Unknown is `None`: there is no repository, no commit, no git, or it takes too long.
    """
    commit = _git("rev-parse", "--verify", "HEAD")
    if not commit:
        return None, None
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return commit.strip()[:64], None if changes is None else bool(changes)


def _git(*arguments: str) -> str | None:
    """What git says, or `None`. It only looks: it locks nothing, and runs none of the programs that a repository may
    name for its watch over files."""
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
