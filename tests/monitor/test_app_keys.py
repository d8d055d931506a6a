"""The keys and the mouse of the dashboard, and what they change on its screen."""

from __future__ import annotations

import pytest

from kan_monitor.app.dashboard_screen import DashboardScreen
from kan_monitor.app.help_screen import HelpScreen

from .cases import CASES
from .looking import PLACE
from .making import NOW
from .source import source_run
from .watching import header, screen, titles, until

pytestmark = pytest.mark.usefixtures("home")


class TestKeys:
    async def test_1_goes_back_to_the_dashboard(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("r")
            await until(pilot, lambda: "─ runs ─" in screen(app))
            await pilot.press("1")
            assert isinstance(app.screen, DashboardScreen)

    @pytest.mark.parametrize("key", ["q", "ctrl+c"])
    async def test_q_quits(self, watching, key):
        async with watching() as (app, pilot):
            await pilot.press(key)
            await pilot.pause()
            assert not app.is_running
            assert app.return_code == 0
        assert PLACE.joinpath("state.json").exists(), "training goes on"

    @pytest.mark.parametrize("key", ["escape", "question_mark", "q", "enter"])
    async def test_question_mark_shows_the_help_and_any_of_these_closes_it(self, watching, key):
        async with watching() as (app, pilot):
            await pilot.press("question_mark")
            assert isinstance(app.screen, HelpScreen)
            assert "freeze the screen; the clock goes on" in screen(app)
            await pilot.press(key)
            assert isinstance(app.screen, DashboardScreen)
            assert app.is_running

    async def test_on_a_low_screen_the_help_is_scrolled_to_its_last_key(self, watching):
        async with watching(size=(80, 24)) as (app, pilot):
            await pilot.press("question_mark")
            assert "more ↓" in screen(app)
            assert "the configuration" not in screen(app)
            await pilot.press("pagedown", "pagedown", "pagedown")
            assert "the configuration" in screen(app)
            assert "more ↓" not in screen(app)
            await pilot.press("up", "pageup", "pageup", "pageup")
            assert "next panel" in screen(app)

    async def test_the_help_says_where_each_key_is_at_home(self, watching):
        async with watching(size=(80, 60)) as (app, pilot):
            await pilot.press("2", "question_mark")
            said = ("this screen", "back to the dashboard", "│ charts ", "x axis:", "│ everywhere", "freeze the screen")
            places = [screen(app).index(text) for text in said]
            assert places == sorted(places)

    async def test_l_switches_the_axis(self, watching):
        async with watching() as (app, pilot):
            assert "log · ema 0.6" in screen(app)
            await pilot.press("l")
            assert "linear · ema 0.6" in screen(app)
            await pilot.press("l")
            assert "log · ema 0.6" in screen(app)

    async def test_s_goes_through_the_smoothings(self, watching):
        async with watching() as (app, pilot):
            shown = []
            for _ in range(4):
                shown.append(next(line for line in screen(app).splitlines() if "─ loss ─" in line).split(" · ")[1])
                await pilot.press("s")
            assert shown == ["ema 0.6", "ema 0.9", "ema 0.99", "raw"]
            assert "ema 0.6" in screen(app)

    async def test_p_freezes_everything_but_the_header(self, watching, clock):
        async with watching() as (app, pilot):
            await pilot.press("p")
            assert "frozen" in header(app)
            before = screen(app).splitlines()[1:-3]
            moved = source_run().but(step=3000, heartbeat_seconds=NOW + 19.9, elapsed_seconds=272.0)
            moved.write(PLACE)
            clock.now += 20
            await until(pilot, lambda: "00:04:32" in header(app))
            assert screen(app).splitlines()[1:-3] == before
            await pilot.press("p")
            assert "frozen" not in header(app)
            assert "3 000 / 4 500" in screen(app)

    async def test_p_does_not_hide_a_crash(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("p")
            CASES["crashed"].run().write(PLACE)
            await until(pilot, lambda: "✕ crashed" in header(app))

    async def test_a_frozen_screen_takes_keys_and_sizes(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("p", "l", "s", "tab")
            await pilot.resize_terminal(80, 24)
            assert "linear · ema 0.9" in screen(app)

    async def test_tab_goes_round_the_panels(self, watching):
        async with watching() as (app, pilot):
            shown = []
            for _ in range(6):
                await pilot.press("tab")
                shown.append(app.screen._session.options.focus)
            assert shown == ["loss", "hardware", "progress", "sample", "events", "loss"]

    async def test_shift_tab_goes_round_the_other_way(self, watching):
        async with watching() as (app, pilot):
            shown = []
            for _ in range(6):
                await pilot.press("shift+tab")
                shown.append(app.screen._session.options.focus)
            assert shown == ["events", "sample", "progress", "hardware", "loss", "events"]

    async def test_tab_passes_over_panels_that_are_not_shown(self, watching):
        async with watching(size=(60, 18)) as (app, pilot):
            shown = set()
            for _ in range(5):
                await pilot.press("tab")
                shown.add(app.screen._session.options.focus)
            assert shown == {"loss", "hardware", "progress"}

    async def test_enter_shows_the_panel_alone_and_back(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("tab", "tab", "tab", "tab", "enter")
            assert titles(app) == ["sample"]
            assert "assert!(!is_even(3));" in screen(app)
            await pilot.press("tab")
            assert titles(app) == ["events"]
            await pilot.press("enter")
            assert titles(app) == ["loss", "hardware", "progress", "sample", "events"]

    async def test_escape_leaves_the_panel_alone(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("escape", "tab", "enter")
            assert titles(app) == ["loss"]
            await pilot.press("escape")
            assert len(titles(app)) == 5

    async def test_a_panel_that_has_no_room_is_reached_alone(self, watching):
        async with watching(size=(80, 24)) as (app, pilot):
            assert "events" not in titles(app)
            await pilot.press("shift+tab", "enter")
            for _ in range(5):
                if "events" in titles(app):
                    break
                await pilot.press("tab")
            assert titles(app) == ["events"]

    async def test_enter_without_a_focus_does_nothing(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("enter")
            assert len(titles(app)) == 5

    async def test_keys_that_mean_nothing_do_nothing(self, watching):
        async with watching() as (app, pilot):
            before = screen(app).splitlines()[:-3]
            await pilot.press("y", "1", "f5", "space", "ctrl+o", "y")
            assert screen(app).splitlines()[:-3] == before


class TestMouse:
    @pytest.mark.parametrize("name", ["loss", "hardware", "progress", "sample", "events"])
    async def test_a_click_focuses_the_panel_under_it(self, watching, name):
        async with watching() as (app, pilot):
            await pilot.click(f"#{name}", offset=(5, 2))
            assert app.screen._session.options.focus == name

    @pytest.mark.parametrize("name", ["header", "status", "footer"])
    async def test_there_is_nothing_to_focus_elsewhere(self, watching, name):
        async with watching() as (app, pilot):
            await pilot.click(f"#{name}")
            assert app.screen._session.options.focus is None
