"""The list of runs as it is reached from the dashboard, and the way to another run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kan_monitor.app.dashboard_screen import DashboardScreen
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.app.runs_screen import RunsScreen

from .cases import CASES
from .looking import PLACE
from .making import NOW
from .watching import header, screen, until

pytestmark = pytest.mark.usefixtures("home")


class TestRuns:
    @pytest.fixture
    def several(self) -> list[Path]:
        """Three runs, the first of them written last."""
        places = []
        for age, (name, case) in enumerate([("new", "running"), ("done", "complete"), ("sine", "no-gpu")]):
            place = PLACE.with_name(name)
            CASES[case].run().write(place)
            os.utime(place / "state.json", (NOW - age, NOW - age))
            places.append(place)
        return places

    def cursor(self, app: MonitorApp) -> str:
        return next(line.split()[2] for line in screen(app).splitlines() if "▸" in line)

    async def test_r_lists_them_and_goes_back(self, watching, several):
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("r")
            assert isinstance(app.screen, RunsScreen)
            assert "3 under experiments" in screen(app)
            names = [line.split()[1 + ("▸" in line)] for line in screen(app).splitlines()[2:5]]
            assert names == ["new", "done", "sine"]
            for key in ("r", "escape"):
                await pilot.press(key)
                assert isinstance(app.screen, DashboardScreen)
                await pilot.press("r")

    async def test_the_cursor_stays_within(self, watching, several):
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("r")
            seen = [self.cursor(app)]
            for key in ("down", "j", "down", "up", "k", "up", "pagedown", "pageup"):
                await pilot.press(key)
                seen.append(self.cursor(app))
            assert seen == ["new", "done", "sine", "sine", "done", "new", "new", "sine", "new"]

    async def test_enter_goes_to_another_run(self, watching, several):
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("l", "p", "r", "down", "down", "enter")
            await until(pilot, lambda: "sinusoid" in screen(app))
            assert app.directory == several[2]
            assert "linear" in screen(app), "what was chosen stays"
            assert "frozen" not in header(app), "but for the freeze"
            assert "is_even" not in screen(app), "nothing of the other run is left"

    async def test_enter_on_the_same_run_changes_nothing(self, watching, several):
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("r", "enter")
            assert app.directory == several[0]
            assert "qwen-rust-tests-07" in header(app)

    async def test_a_click_chooses_and_a_second_one_opens(self, watching, several):
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("r")
            await pilot.click("#runs", offset=(10, 3))
            assert self.cursor(app) == "done"
            await pilot.click("#runs", offset=(10, 3))
            await until(pilot, lambda: "✓ complete" in header(app))

    async def test_a_long_list_moves_under_the_cursor(self, watching):
        for number in range(60):
            CASES["unknown"].run().write(PLACE.with_name(f"run-{number:02}"))
            os.utime(PLACE.with_name(f"run-{number:02}") / "state.json", (NOW - number, NOW - number))
        async with watching(None, place=PLACE.with_name("run-00"), size=(100, 20)) as (app, pilot):
            await pilot.press("r", *["pagedown"] * 3)
            assert self.cursor(app) == "run-48", "a page is what the screen shows"
            await pilot.press(*["pagedown"] * 9)
            assert self.cursor(app) == "run-59"
            assert "run-44" in screen(app)
            await pilot.press(*["pageup"] * 9)
            assert self.cursor(app) == "run-00"

    async def test_there_may_be_none(self, watching):
        async with watching(None) as (app, pilot):
            await pilot.press("r")
            assert "no runs under experiments yet" in screen(app)
            await pilot.press("down", "enter", "escape")
            assert isinstance(app.screen, DashboardScreen)

    async def test_has_a_help_of_its_own(self, watching, several):
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("r", "question_mark")
            assert "watch this run" in screen(app)
            await pilot.press("escape")
            assert isinstance(app.screen, RunsScreen)

    async def test_a_run_that_cannot_be_read_says_so(self, watching, several):
        (several[1] / "state.json").write_text("{")
        async with watching(None, place=several[0]) as (app, pilot):
            await pilot.press("r")
            assert "! unreadable" in screen(app)
