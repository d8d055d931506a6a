"""The views of a run beside its dashboard: a key each, and a screen that is imported when its key is pressed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final, NamedTuple

from rich.style import Style

from kan_monitor.app.session import Session
from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.ink import Ink


class View(NamedTuple):
    """One of them.

    Attributes:
        key: Opens it from any other.
        module: In this package; its screen is called `View`.
        meaning: What the help says of it.
    """

    key: str
    module: str
    meaning: str


VIEWS: Final[tuple[View, ...]] = (
    View("2", "series_view", "every series, small"),
    View("3", "samples_view", "all samples"),
    View("4", "events_view", "alerts and all events"),
    View("5", "log_view", "the training log"),
    View("6", "config_view", "the configuration"),
    View("7", "hardware_view", "the hardware over time"),
    View("8", "network_view", "the network: every edge's function"),
)


def screen_of(view: View, session: Session, inks: Mapping[Ink, Style]) -> ViewScreen:
    """The screen of `view`, made anew."""
    made = import_module(f"kan_monitor.app.{view.module}").View(session, inks)
    assert isinstance(made, ViewScreen)
    return made
