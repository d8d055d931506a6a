"""`--bell` and `--notify`: the terminal rings, or asks the desktop to say something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kan_monitor.alerts.raised import Raised
from kan_monitor.dashboard import Dashboard
from kan_shared.text import safe_line

_BELL: Final = "\a"
#: OSC 9, which iTerm2, kitty, WezTerm, Ghostty, foot and Windows Terminal show; other terminals pass over it.
_NOTIFY: Final = "\x1b]9;{}\x1b\\"
_ENDINGS: Final = ("complete", "stopped", "error", "crashed")
_CHARACTERS: Final = 200


class Notifier:
    """Tells of new alerts and of the end of the run; what it looks at first is the state of things, and no news.

    Args:
        write: Takes bytes for the terminal, past whatever draws on it.
        bell: Whether to ring.
        notify: Whether to notify.
    """

    def __init__(self, write: Callable[[str], object], *, bell: bool, notify: bool) -> None:
        self._write = write
        self._bell = bell
        self._notify = notify
        self._raised = Raised()
        self._condition: str | None = None

    def tell(self, dashboard: Dashboard) -> None:
        """Rings once for all that is new in `dashboard`, and notifies of each."""
        badge, name = dashboard.header.badge, dashboard.header.name
        raised = [alert for alert in self._raised.among(dashboard.alerts) if alert.severity != "info"]
        news = [f"{alert.verdict}: {alert.evidence}" for alert in raised]
        if badge.condition in _ENDINGS and self._condition not in (None, badge.condition):
            news.append(f"{badge.word} {badge.detail}".strip())
        first, self._condition = self._condition is None, badge.condition
        if news and not first:
            self._write(_BELL * self._bell + "".join(self._notification(name, text) for text in news))

    def _notification(self, name: str, text: str) -> str:
        """One, of text that is made safe again here, right before it becomes part of what a terminal obeys."""
        return _NOTIFY.format(safe_line(f"{name}: {text}", _CHARACTERS)) if self._notify else ""
