"""The keys and the mouse of the charts: zoom, pan, crosshair, x axes; and what is new since one was away."""

from __future__ import annotations

import re

import pytest
from textual.events import MouseScrollUp

from kan_monitor.app.last_seen import LastSeen
from kan_monitor.app.monitor_app import MonitorApp

from .cases import CASES
from .looking import PLACE
from .making import NOW
from .watching import Clock, screen

pytestmark = pytest.mark.usefixtures("home")


def note(app) -> str:
    """What the loss panel says of its axes."""
    line = next(line for line in screen(app).splitlines() if "╭─ loss" in line)
    return line.split("╮")[0].strip(" ╭─").removeprefix("loss").strip(" ─")


def legend(app) -> str:
    lines = screen(app).splitlines()
    below = next(row for row, line in enumerate(lines) if line.startswith("╰"))
    return lines[below - 1].split("│")[1].strip()


class TestZoom:
    async def test_in_and_out_and_back_to_everything(self, watching):
        async with watching() as (app, pilot):
            assert note(app) == "log · ema 0.6 · step"
            await pilot.press("plus", "plus")
            assert note(app).endswith("step ×4")
            await pilot.press("minus")
            assert note(app).endswith("step ×2")
            await pilot.press("0")
            assert note(app).endswith("· step")

    async def test_keeps_the_newest_in_sight_until_one_pans_away(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("plus", "plus", "plus")
            zoomed = screen(app)
            await pilot.press("less_than_sign")
            assert screen(app) != zoomed
            await pilot.press("greater_than_sign")
            assert screen(app) == zoomed

    async def test_by_the_wheel_where_it_turns(self, watching):
        async with watching() as (app, pilot):
            await pilot._post_mouse_events([MouseScrollUp], "#loss", offset=(30, 5))
            await pilot.pause()
            assert note(app).endswith("step ×1.25")


class TestTheCrosshair:
    async def test_reads_values_where_it_stands(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("comma")
            assert legend(app).startswith("┃ step 2 3")
            assert "━ train " in legend(app)
            before = legend(app)
            await pilot.press("semicolon")
            assert legend(app) != before
            await pilot.press("colon")
            assert legend(app) == before
            await pilot.press("0")
            assert "┃ step" not in legend(app)

    async def test_comes_to_where_one_clicks(self, watching):
        async with watching() as (app, pilot):
            await pilot.click("#loss", offset=(30, 5))
            assert "┃ step 1 " in legend(app) or "┃ step 8" in legend(app) or "┃ step 9" in legend(app)


class TestEveryChart:
    async def test_has_the_window_and_the_crosshair_of_the_others(self, watching):
        def values() -> list[str]:
            return re.findall(r"(?:train|validation)/loss +(\S+)", screen(app))

        async with watching() as (app, pilot):
            await pilot.press("plus", "semicolon", "2")
            at_the_crosshair = values()
            await pilot.press("0")
            assert values() == ["2.146", "2.310"], "the latest again"
            assert len(at_the_crosshair) == 2 and not set(at_the_crosshair) & set(values())
            await pilot.press("plus", "semicolon", "escape")
            assert note(app).endswith("step ×2")
            assert "┃ step" in legend(app)


class TestTheXAxis:
    async def test_is_steps_time_trained_or_the_clock(self, watching):
        async with watching() as (app, pilot):
            shown = []
            for _ in range(3):
                await pilot.press("x")
                shown.append(note(app).split(" · ")[-1])
            assert shown == ["elapsed", "clock", "step"]

    async def test_a_window_stays_at_what_it_shows(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("plus", "plus", "x")
            assert note(app).split(" · ")[-1].startswith("elapsed ×")
            await pilot.press("x", "x")
            assert note(app).split(" · ")[-1].startswith("step ×")


class TestSinceYouLastLooked:
    async def test_a_line_stands_where_one_left(self, tmp_path):
        CASES["running"].run().write(PLACE)
        seen = LastSeen(tmp_path / "seen.json")
        seen.remember("qwen-rust-tests-07", NOW - 120)
        app = MonitorApp(PLACE, clock=Clock(), last_seen=seen)
        async with app.run_test(size=(120, 34)) as pilot:
            seen.remember(app._session.facts.state.run_id, NOW - 120)
            app._session.come_back()
            app._show_news()
            await pilot.pause()
            assert "┊ since you last looked" in screen(app)
        assert seen.of(app._session.facts.state.run_id) == NOW, "and one has looked until now"

    async def test_so_it_does_after_the_terminal_was_left(self, watching, clock):
        clock.now -= 60  # so that some of the run is yet to come
        async with watching() as (app, pilot):
            app.on_app_blur()
            clock.now += 90
            app.on_app_focus()
            await pilot.pause()
            assert "since you last looked" in screen(app)
            app.on_app_blur()
            clock.now += 5
            app.on_app_focus()
            await pilot.pause()
            assert "since you last looked" not in screen(app), "five seconds are no absence"

    async def test_there_is_none_where_nothing_has_come_since(self, watching, clock):
        async with watching("complete") as (app, pilot):
            app.on_app_blur()
            clock.now += 90
            app.on_app_focus()
            await pilot.pause()
            assert "since you last looked" not in screen(app)
