"""The views of a run beside its dashboard: their keys, and what they show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.events import Paste

from kan_monitor.app.dashboard_screen import DashboardScreen
from kan_monitor.app.views import VIEWS
from kan_shared.experiment import Experiment

from .looking import PLACE
from .making import event
from .source import source_run
from .watching import header, screen, until

pytestmark = pytest.mark.usefixtures("home")


def write_log(lines: int) -> None:
    path = Experiment(PLACE).log
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"line {number}: loss {number / 7:.3f}\n" for number in range(lines)))


def body(app) -> list[str]:
    """What stands inside the frame of a view, without what lies beside it."""
    return [line[2:-2].rstrip() for line in screen(app).splitlines()[2:-2]]


class TestEveryView:
    @pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.module)
    async def test_has_a_key_a_header_and_a_way_back(self, watching, view):
        async with watching() as (app, pilot):
            await pilot.press(view.key)
            await pilot.pause()
            assert "● running" in header(app)
            assert screen(app).splitlines()[-1].rstrip().endswith("esc back   ? help   q quit")
            await pilot.press("escape")
            assert isinstance(app.screen, DashboardScreen)

    async def test_is_left_for_the_dashboard_of_another_run(self, watching):
        write_log(1)
        source_run().write(PLACE.with_name("another"))
        async with watching() as (app, pilot):
            await pilot.press("5")
            await until(pilot, lambda: "line 0" in screen(app))
            await pilot.press("r")
            await until(pilot, lambda: "another" in screen(app))
            await pilot.press("slash", *"another", "enter", "enter")
            await until(pilot, lambda: app.directory.name == "another")
            await until(pilot, lambda: isinstance(app.screen, DashboardScreen))

    async def test_stands_in_the_place_of_the_one_before(self, watching):
        async with watching() as (app, pilot):
            for view in VIEWS:
                await pilot.press(view.key)
            await pilot.press("escape")
            assert isinstance(app.screen, DashboardScreen)

    @pytest.mark.parametrize("size", [(1, 1), (7, 3), (20, 6), (60, 18), (200, 50)])
    @pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.module)
    async def test_fits_every_screen(self, watching, view, size):
        write_log(100)
        async with watching(size=size) as (app, pilot):
            await pilot.press(view.key)
            await pilot.pause()
            assert len(screen(app).splitlines()) == size[1]

    async def test_the_palette_offers_what_the_keys_do(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "All runs" in screen(app))
            await pilot.press(*"training log")
            await until(pilot, lambda: "The training log" in screen(app))
            await pilot.press("enter")
            await until(pilot, lambda: "─ log ─" in screen(app))


class TestTheLog:
    async def test_is_followed_at_its_end(self, watching):
        write_log(100)
        async with watching() as (app, pilot):
            await pilot.press("5")
            await until(pilot, lambda: "line 99: loss 14.143" in screen(app))
            assert "following" in screen(app)
            write_log(101)
            await until(pilot, lambda: "line 100:" in screen(app))

    async def test_has_what_there_is_when_all_is_frozen(self, watching):
        write_log(10)
        async with watching() as (app, pilot):
            await pilot.press("p", "5")
            assert "line 9:" in screen(app)
            write_log(20)
            await pilot.pause(0.5)
            assert "line 19:" not in screen(app)

    async def test_stands_still_while_one_reads_further_up(self, watching):
        write_log(100)
        async with watching() as (app, pilot):
            await pilot.press("5", "pageup")
            await until(pilot, lambda: "line 99:" not in screen(app))
            shown = body(app)
            write_log(200)
            await pilot.pause(0.5)
            assert body(app) == shown
            await pilot.press("G")
            await until(pilot, lambda: "line 199:" in screen(app))

    async def test_home_and_end(self, watching):
        write_log(100)
        async with watching() as (app, pilot):
            await pilot.press("5", "home")
            assert body(app)[0].strip() == "line 0: loss 0.000"
            await pilot.press("end")
            assert body(app)[-1].strip() == "line 99: loss 14.143"

    async def test_is_searched_as_one_types(self, watching):
        write_log(100)
        async with watching() as (app, pilot):
            await pilot.press("5", "home", "slash", *"line 7")
            assert "▸ line 7: loss 1.000" in screen(app)
            await pilot.press("0")
            assert "▸ line 70: loss 10.000" in screen(app)
            assert "/line 70▏" in screen(app)

    async def test_is_searched_for_what_is_pasted(self, watching):
        write_log(100)
        async with watching() as (app, pilot):
            await pilot.press("5", "home", "slash")
            app.post_message(Paste("line\n70"))
            await until(pilot, lambda: "▸ line 70" in screen(app))

    async def test_n_goes_on_to_the_next_match_and_round(self, watching):
        write_log(100)
        async with watching() as (app, pilot):
            await pilot.press("5", "home", "slash", *"line 9:", "enter", "n")
            assert "▸ line 9:" in screen(app), "there is one only"
            await pilot.press("slash", "backspace", "enter", "n")
            assert "▸ line 90:" in screen(app)
            await pilot.press("N", "N")
            assert "▸ line 99:" in screen(app)

    async def test_says_what_is_not_found(self, watching):
        write_log(10)
        async with watching() as (app, pilot):
            await pilot.press("5", "slash", *"quit")
            assert "not found" in screen(app)
            assert app.is_running, "q was a letter"
            await pilot.press("escape", "slash")
            assert "not found" not in screen(app), "nothing is looked for yet"
            await pilot.press("escape")
            assert "not found" not in screen(app)

    async def test_without_one_says_where_it_would_be(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("5")
            assert "no log yet: experiments/qwen-rust-tests-07/training.log" in screen(app)

    async def test_wraps_long_lines(self, watching):
        write_log(1)
        Experiment(PLACE).log.write_text("word " * 60 + "the end\n")
        async with watching() as (app, pilot):
            await pilot.press("5")
            assert "the end" not in screen(app)
            await pilot.press("w")
            assert "the end" in screen(app)


class TestTheConfig:
    async def test_shows_the_file_below_what_is_known_of_the_run(self, watching):
        PLACE.mkdir(parents=True)
        Experiment(PLACE).config.write_text("model:\n  name: qwen  # [bold]\n  layers: [1, 2]\n")
        async with watching() as (app, pilot):
            await pilot.press("6")
            shown = "\n".join(body(app))
            assert "directory   experiments/qwen-rust-tests-07" in shown
            assert "    name: qwen  # [bold]" in shown
            assert "─ config.yaml ─" in screen(app)

    async def test_says_when_there_is_none(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("6")
            assert "no config.yaml" in screen(app)


class TestTheEvents:
    async def test_are_all_there_the_latest_first(self, watching):
        events = [event("checkpoint", f"step-{number}", step=number) for number in range(1000)]
        replace(source_run(), events=events).write(PLACE)
        async with watching(None) as (app, pilot):
            await pilot.press("4")
            await until(pilot, lambda: "checkpoint step-999" in screen(app))
            assert "1 000 so far" in screen(app)
            await pilot.press("end")
            assert body(app)[-1].strip().endswith("checkpoint step-0")

    async def test_come_after_the_alerts_for_which_small_screens_have_no_other_place(self, watching):
        async with watching("nan-loss", size=(60, 18)) as (app, pilot):
            await pilot.press("4")
            await until(pilot, lambda: "is NaN" in screen(app))
            assert "→" in screen(app), "what to do about it"
            assert "alert" in screen(app).splitlines()[1]
            await pilot.press("slash", *"best val", "enter")
            assert any("▸" in line and "best validation" in line for line in body(app))
