"""Who hears of every look at the run: the bell, the desktop, and a command of the user's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kan_monitor.app.choices import Choices
from kan_monitor.dashboard import Dashboard

Tell = Callable[[Dashboard], None]


def tellers(choices: Choices, write: Callable[[str], object], complain: Callable[[str], None]) -> Iterator[Tell]:
    """Those that were asked for.

    Args:
        choices: What was asked for.
        write: Takes a sequence for the terminal, past what draws on it.
        complain: Takes a sentence for the user.
    """
    if choices.bell or choices.notify:
        from kan_monitor.alerts.notifier import Notifier

        yield Notifier(write, bell=choices.bell, notify=choices.notify).tell
    if choices.on_alert:
        from kan_monitor.alerts.command import AlertCommand

        yield AlertCommand(choices.on_alert, complain).tell
