"""Start-up is a feature: what a fresh interpreter has loaded by the time that something is to be seen."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from .cases import CASES
from .loaded import HEADLESS, HEAVY, modules
from .looking import PLACE
from .making import falling, series_of
from .source import source_run

LATER = ("numpy", "torch", "watchdog", "pynvml", "psutil", "plotext", "kan_trainer")

_APP = """
import asyncio, json, sys
from pathlib import Path
from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp

seen = {}

display = MonitorApp._display  # Textual's way to the terminal

def spied(app, screen, renderable):
    if renderable is not None and "first" not in seen:
        seen["first"] = sorted(sys.modules)
    display(app, screen, renderable)

MonitorApp._display = spied

async def show():
    app = MonitorApp(Path(sys.argv[1]), Choices(refresh_seconds=0.05))
    async with app.run_test(size=(120, 34)) as pilot:
        await pilot.pause(float(sys.argv[2]))
        seen["later"] = sorted(sys.modules)

asyncio.run(show())
print(json.dumps([seen["first"], seen["later"]]))
"""


@pytest.mark.parametrize("arguments", [["--once"], ["--line"], ["--headless"], ["--headless", "--format", "json"]])
def test_headless_loads_nothing_that_draws_computes_or_watches(home, arguments):
    CASES["complete"].run().write(PLACE)
    (loaded,) = modules(HEADLESS, PLACE, *arguments)
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_headless_loads_little_of_the_standard_library(home):
    """Each of these costs as much as the whole monitor does."""
    CASES["complete"].run().write(PLACE)
    (loaded,) = modules(HEADLESS, PLACE, "--once")
    assert loaded.isdisjoint({"statistics", "logging", "dataclasses", "http", "email", "unittest", "tempfile"})


def test_the_first_frame_waits_for_nothing_that_comes_later(home):
    source_run().write(PLACE)
    at_first, _ = modules(_APP, PLACE, 0)
    assert "textual" in at_first
    assert at_first.isdisjoint(LATER), at_first & set(LATER)


def test_a_long_run_is_on_the_screen_before_numpy_is_loaded(home):
    series = {"train/loss": series_of(falling(5.0, 1.0, 900), range(20_000))}
    replace(source_run(), series=series).write(PLACE)
    at_first, later = modules(_APP, PLACE, 1.5)
    assert at_first.isdisjoint(LATER), at_first & set(LATER)
    assert "numpy" in later


def test_a_short_run_never_needs_numpy(home):
    source_run().write(PLACE)
    _, later = modules(_APP, PLACE, 0.3)
    assert "numpy" not in later


def test_the_view_can_be_had_without_a_screen():
    code = "import json, sys, kan_monitor.view; print(json.dumps([sorted(sys.modules)]))"
    (loaded,) = modules(code)
    assert loaded.isdisjoint(HEAVY)


def test_numpy_comes_without_threads_and_nobody_is_told() -> None:
    look = (
        "import os; from kan_monitor import startup; startup.import_numpy(); import numpy; "
        "print(len(os.listdir('/proc/self/task')), 'OPENBLAS_NUM_THREADS' in os.environ)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == ["1", "False"]
