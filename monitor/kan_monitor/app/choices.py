"""What the user chose for the dashboard on the command line, and what the terminal says where nothing was chosen."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final, NamedTuple

from kan_monitor.colour import ColourMode, Theme, detect, detect_theme


class Choices(NamedTuple):
    """How the dashboard looks, and what it does beside looking.

    Attributes:
        refresh_seconds: The time between two looks.
        mode: How many colours to use.
        theme: The ground that they stand on.
        ascii: Draw without Braille and box drawing.
        control: Let the user ask the training for something; otherwise nothing here can write anything to a run.
        on_alert: A command to run for every new alert.
        bell: Ring at a new alert and at the end of the run.
        notify: Have the terminal notify of them.
    """

    refresh_seconds: float = 0.5
    mode: ColourMode = "truecolor"
    theme: Theme = "dark"
    ascii: bool = False
    control: bool = False
    on_alert: str | None = None
    bell: bool = False
    notify: bool = False


DEFAULTS: Final = Choices()


def choices_of(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Choices:
    """The choices in the arguments of a command line; what they leave to us is looked up in `environment`."""
    return Choices(
        refresh_seconds=arguments.refresh_ms / 1000,
        mode=detect(environment) if arguments.color == "auto" else arguments.color,
        theme=detect_theme(environment) if arguments.theme == "auto" else arguments.theme,
        ascii=arguments.ascii,
        control=arguments.control,
        on_alert=arguments.on_alert,
        bell=arguments.bell,
        notify=arguments.notify,
    )
