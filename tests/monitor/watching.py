"""What the tests of the app hold and see: its clock, and its screen as text."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from kan_monitor.app.monitor_app import MonitorApp

from .making import NOW

#: How long anything may take on a machine that is busy with other things.
PATIENCE_SECONDS = 30.0


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def screen(app: App[None]) -> str:
    """What stands on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def header(app: MonitorApp) -> str:
    return screen(app).splitlines()[0]


def titles(app: MonitorApp) -> list[str]:
    return [name for name in ("loss", "hardware", "progress", "sample", "events") if f"─ {name} ─" in screen(app)]


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    """Waits for something to be seen on the screen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    await pilot.pause(0.01)
    while not seen():
        if time.monotonic() > deadline:
            pytest.fail(f"was not seen:\n{screen(pilot.app)}")
        await pilot.pause(0.01)
