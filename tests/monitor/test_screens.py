"""The real app as pictures, by Textual's own renderer: compared as SVG, to be looked at as what a user sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.colour import ColourMode

from .cases import CASES
from .looking import PLACE
from .making import NOW

WIDE, NARROW = (120, 34), (80, 24)
MODES: tuple[ColourMode, ...] = get_args(ColourMode)


def app(case: str, *, mode: ColourMode = "truecolor") -> MonitorApp:
    """The app on one of the cases, at a moment that never passes."""
    CASES[case].run().write(PLACE)
    return MonitorApp(PLACE, Choices(refresh_seconds=3600, mode=mode), clock=lambda: NOW)


@pytest.fixture(autouse=True)
def _at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run stands in a folder of its own; `NO_COLOR` is what `launch` makes of it."""
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize("mode", MODES)
def test_running(snap_compare, monkeypatch, mode):
    if mode == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app("running", mode=mode), terminal_size=WIDE)


@pytest.mark.parametrize("case", ["running", "nan-loss", "eight-gpus"])
def test_narrow(snap_compare, case):
    assert snap_compare(app(case), terminal_size=NARROW)


@pytest.mark.parametrize("case", ["nan-loss", "eight-gpus", "image-sample", "crashed", "hostile"])
def test_wide(snap_compare, case):
    assert snap_compare(app(case), terminal_size=WIDE)


def test_waiting(snap_compare):
    assert snap_compare(MonitorApp(PLACE, Choices(refresh_seconds=3600), clock=lambda: NOW), terminal_size=WIDE)


def test_help(snap_compare):
    assert snap_compare(app("running"), press=["?"], terminal_size=WIDE)


def test_a_panel_in_focus(snap_compare):
    assert snap_compare(app("running"), press=["tab", "tab"], terminal_size=WIDE)


def test_a_panel_alone(snap_compare):
    assert snap_compare(app("running"), press=["tab", "tab", "tab", "tab", "enter"], terminal_size=WIDE)


def test_a_frozen_screen_with_a_linear_raw_chart(snap_compare):
    assert snap_compare(app("running"), press=["l", "s", "s", "s", "p"], terminal_size=WIDE)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_list_of_runs(snap_compare, size):
    cases = ("running", "no-gpu", "nan-loss", "complete", "crashed", "error", "hostile", "unknown")
    for age, case in enumerate(cases):
        place = PLACE.with_name(f"run-{age:02}-{case}")
        CASES[case].run().write(place)
        os.utime(place / "state.json", (NOW - 60 * age, NOW - 60 * age))
    PLACE.with_name("broken").mkdir()
    PLACE.with_name("broken").joinpath("state.json").write_text("{")
    os.utime(PLACE.with_name("broken") / "state.json", (NOW - 9999, NOW - 9999))
    watched = MonitorApp(PLACE.with_name("run-00-running"), Choices(refresh_seconds=3600), clock=lambda: NOW)
    assert snap_compare(watched, press=["r", "down", "down"], terminal_size=size)


def test_a_picture_does_not_depend_on_where_it_is_taken(request, tmp_path):
    """Neither on the time zone, nor on what the environment says of colours and themes."""
    elsewhere = {
        "TZ": "Asia/Kathmandu",
        "NO_COLOR": "",
        "COLORTERM": "",
        "TERM": "dumb",
        "TEXTUAL_THEME": "textual-light",
        "TEXTUAL_COLOR_SYSTEM": "standard",
        "LC_ALL": "C",
        "COLUMNS": "40",
        "FORCE_COLOR": "1",
        "PYTHONHASHSEED": "1",
    }
    if request.config.getoption("--update-goldens"):
        pytest.skip("the goldens are being made")
    test = f"{Path(__file__)}::test_running[truecolor]"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--snapshot-warn-unused",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "TEXTUAL"))}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [*command, f"--snapshot-report={tmp_path}/report.html", test],
        env={**environment, **elsewhere},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
