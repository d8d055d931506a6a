"""The real app, its keys pressed and its screen read."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kan_monitor.app.choices import Choices
from kan_monitor.app.dashboard_screen import DashboardScreen
from kan_monitor.app.help_screen import HelpScreen
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.app.runs_screen import RunsScreen
from kan_shared.journal import Sample

from .cases import CASES, NOW, event, falling, series_of, source_run
from .looking import PLACE

pytestmark = pytest.mark.usefixtures("home")

Watching = Callable[..., "AsyncIterator[tuple[MonitorApp, Pilot[None]]]"]


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watching(clock: Clock) -> Watching:
    """The app on `PLACE`, which looks five times a second: more often, and a pilot would never find it idle."""

    @asynccontextmanager
    async def run(case: str | None = "running", *, size: tuple[int, int] = (120, 34), place: Path = PLACE):
        if case:
            CASES[case].run().write(place)
        app = MonitorApp(place, Choices(refresh_seconds=0.2), clock=clock)
        async with app.run_test(size=size) as pilot:
            yield app, pilot

    return run


def screen(app: MonitorApp) -> str:
    """What stands on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def header(app: MonitorApp) -> str:
    return screen(app).splitlines()[0]


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    """Waits for something to be seen on the screen."""
    for _ in range(200):
        await pilot.pause(0.01)
        if seen():
            return
    pytest.fail(f"was not seen:\n{screen(pilot.app)}")


def titles(app: MonitorApp) -> list[str]:
    return [name for name in ("loss", "hardware", "progress", "sample", "events") if f"─ {name} ─" in screen(app)]


class TestTheScreen:
    async def test_shows_the_run_at_once(self, watching):
        async with watching() as (app, _):
            assert "● running  00:04:12  eta 00:08:33 done 13:57–14:02" in header(app)
            assert titles(app) == ["loss", "hardware", "progress", "sample", "events"]

    async def test_is_the_frame_that_the_goldens_pin(self, watching, look_once):
        async with watching() as (app, _):
            shown = [line.rstrip() for line in screen(app).splitlines()]
            expected = look_once("running").text().splitlines()
            assert shown[:-3] == expected[:-3], "all but the status line, which counts the app's own frames"

    async def test_takes_every_case(self, watching, look_once):
        """One after the other, as if one went through the list of runs."""
        async with watching(None) as (app, pilot):
            for case in [name for name, case in CASES.items() if case.run and not case.then]:
                place = PLACE.with_name(case)
                CASES[case].run().write(place)
                app._watch_run(place)
                await pilot.pause()
                shown = [line.rstrip() for line in screen(app).splitlines()]
                assert shown[:-3] == look_once(case).text().splitlines()[:-3], case

    async def test_follows_the_run(self, watching):
        async with watching() as (app, pilot):
            source_run().but(step=2600, revision=2600, epoch=9).write(PLACE)
            await until(pilot, lambda: "2 600 / 4 500" in screen(app))
            assert " 9 / 15 " in screen(app)

    async def test_has_a_clock_that_goes_on_while_nothing_is_written(self, watching, clock):
        async with watching() as (app, pilot):
            clock.now += 10
            await until(pilot, lambda: "00:04:22" in header(app))

    async def test_says_when_the_producer_dies(self, watching):
        async with watching() as (app, pilot):
            CASES["crashed"].run().write(PLACE)
            await until(pilot, lambda: "✕ crashed" in header(app))
            assert "process 4242 is gone" in header(app)

    async def test_keeps_the_last_good_state_and_says_so(self, watching):
        async with watching() as (app, pilot):
            (PLACE / "state.json").write_text("{")
            await until(pilot, lambda: "! experiments/" in screen(app))
            assert "2 400 / 4 500" in screen(app)

    async def test_survives_the_deletion_of_its_directory(self, watching):
        async with watching() as (app, pilot):
            shutil.rmtree(PLACE)
            await until(pilot, lambda: "cannot be read" in screen(app))
            source_run().but(run_id="new", name="another").write(PLACE)
            await until(pilot, lambda: "another" in header(app))
            assert "cannot be read" not in screen(app)

    async def test_marks_new_events_and_samples(self, watching):
        """Bug TUI-002 of the source: a preview that never changes."""
        async with watching() as (app, pilot):
            run = source_run().having(event("checkpoint", "brand-new", ago=0, step=2400))
            newer = Sample(seconds=NOW, step=2400, input="i", target="t", generated="brand new")
            replace(run, samples=[*run.samples, newer]).write(PLACE)
            await until(pilot, lambda: "checkpoint brand-new" in screen(app))
            assert "15 of 15" in screen(app)
            assert "generated brand new" in screen(app)

    async def test_draws_a_long_run_from_its_pyramid(self, watching):
        spike = falling(5.0, 1.0, 900)
        series = {"train/loss": series_of(lambda step: 30.0 if step == 7001 else spike(step), range(20_000))}
        replace(source_run(), series=series).write(PLACE)
        async with watching(None) as (app, pilot):
            await until(pilot, lambda: " 20 ┤" in screen(app))

    async def test_numbers_the_frames_that_differ(self, watching, clock):
        async with watching() as (app, pilot):
            assert "frame 1 " in screen(app)
            await pilot.pause(0.5)
            assert "frame 1 " in screen(app), "nothing has changed but the time that passed here"
            clock.now += 1
            await until(pilot, lambda: "frame 2 " in screen(app))


class TestWaiting:
    async def test_says_what_for(self, watching):
        async with watching(None) as (app, _):
            assert "○ waiting" in header(app)
            assert "waiting for a run in experiments/qwen-rust-tests-07" in screen(app)

    @pytest.mark.parametrize("case", ["running", "eight-gpus"])
    async def test_ends_when_there_is_a_run(self, watching, look_once, case):
        """The panels are laid out anew then, for as many GPUs as there are."""
        async with watching(None) as (app, pilot):
            CASES[case].run().write(PLACE)
            await until(pilot, lambda: "● running" in header(app))
            await pilot.pause()
            shown = [line.rstrip() for line in screen(app).splitlines()]
            assert shown[:-3] == look_once(case).text().splitlines()[:-3]

    async def test_a_newer_version_is_said(self, watching):
        async with watching(None) as (app, pilot):
            CASES["newer-version"].then(PLACE)
            await until(pilot, lambda: "has schema version 99" in screen(app))


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


class TestSizes:
    async def test_is_laid_out_anew(self, watching, look_once):
        async with watching() as (app, pilot):
            for width, height in [(80, 24), (60, 18), (40, 12), (20, 6), (5, 3), (1, 1), (300, 90), (120, 34)]:
                await pilot.resize_terminal(width, height)
                await pilot.pause()
                shown = [line.rstrip() for line in screen(app).splitlines()]
                expected = look_once("running").text(width, height).splitlines()
                same = height - 3 if width >= 64 else height
                assert shown[:same] == expected[:same], (width, height)

    async def test_a_zoomed_panel_too(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("tab", "enter")
            for size in [(80, 24), (40, 8), (30, 5), (1, 1), (200, 60)]:
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert titles(app) == ["loss"]

    @pytest.mark.parametrize("keys", [["r"], ["question_mark"], ["r", "question_mark"]])
    async def test_other_screens_too(self, watching, keys):
        async with watching() as (app, pilot):
            await pilot.press(*keys)
            for size in [(80, 24), (40, 8), (10, 4), (1, 1), (200, 60)]:
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert app.is_running


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


class TestOutOfSight:
    async def test_a_size_that_changed_meanwhile_is_taken(self, watching, look_once):
        async with watching() as (app, pilot):
            await pilot.press("r")
            await pilot.resize_terminal(80, 24)
            await pilot.press("escape")
            await pilot.pause()
            shown = [line.rstrip() for line in screen(app).splitlines()]
            assert shown[:-3] == look_once("running").text(80, 24).splitlines()[:-3]

    async def test_news_that_came_meanwhile_are_shown(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("r")
            source_run().but(step=2600).write(PLACE)
            await pilot.press("escape")
            await until(pilot, lambda: "2 600 / 4 500" in screen(app))

    async def test_behind_the_help_the_run_goes_on(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("question_mark")
            CASES["crashed"].run().write(PLACE)
            await until(pilot, lambda: "✕ crashed" in header(app))


class TestHostileText:
    """Names, tasks, messages, samples, events, GPU and metric names that are escape sequences and markup."""

    @pytest.mark.parametrize("size", [(120, 34), (80, 24), (60, 18), (20, 6)])
    async def test_reaches_no_terminal(self, watching, size):
        async with watching("hostile", size=size) as (app, _):
            assert all(line.isprintable() for line in screen(app).splitlines())

    async def test_is_no_markup(self, watching):
        """Neither taken for a link to an action, nor swallowed, nor an error."""
        async with watching("hostile") as (app, pilot):
            assert "[@click=app.quit]x[/]" in screen(app)
            assert "[red]metric[/]" in screen(app)
            column = header(app).index("]x[/]") + 1
            await pilot.click("#header", offset=(column, 0))
            await pilot.pause()
            assert app.is_running

    async def test_is_harmless_in_the_list_of_runs_too(self, watching):
        bad_name = PLACE.with_name("\x1b[31m[bold]run[b] \u202e")
        async with watching("hostile", place=bad_name) as (app, pilot):
            await pilot.press("r")
            assert "␛[31m[bold]run[b] �" in screen(app)
            assert all(line.isprintable() for line in screen(app).splitlines())
            await pilot.press("enter", "question_mark")
            assert app.is_running


class TestColourModes:
    @pytest.mark.parametrize("mode", ["truecolor", "256", "16", "none"])
    async def test_every_mode_shows_the_same(self, clock, mode, look_once):
        source_run().write(PLACE)
        app = MonitorApp(PLACE, Choices(refresh_seconds=0.02, mode=mode), clock=clock)
        async with app.run_test(size=(120, 34)):
            shown = [line.rstrip() for line in screen(app).splitlines()]
            expected = look_once("running").text(plain=mode == "none").splitlines()
            assert shown[:-3] == expected[:-3]


class TestControl:
    async def test_is_off_unless_it_was_asked_for(self, watching):
        async with watching() as (app, pilot):
            before = screen(app)
            await pilot.press("C")
            assert screen(app) == before
            await pilot.press("question_mark")
            assert "ask the training" not in screen(app)

    async def test_is_a_key_where_it_was(self, clock):
        CASES["running"].run().write(PLACE)
        app = MonitorApp(PLACE, Choices(control=True), clock=clock)
        async with app.run_test(size=(120, 34)) as pilot:
            await pilot.press("question_mark")
            assert "C          ask the training to pause, go on, save or stop" in screen(app)
            await pilot.press("escape", "C")
            await until(pilot, lambda: "--allow-control" in screen(app))


class TestTellers:
    async def test_the_bell_and_the_desktop_hear_of_a_new_alert(self, clock, monkeypatch):
        written: list[str] = []
        monkeypatch.setattr(MonitorApp, "_write", lambda _, sequence: written.append(sequence))
        CASES["running"].run().write(PLACE)
        app = MonitorApp(PLACE, Choices(refresh_seconds=0.1, bell=True, notify=True), clock=clock)
        async with app.run_test(size=(120, 34)) as pilot:
            await pilot.pause(0.3)
            assert not written, "what there was is no news"
            CASES["nan-loss"].run().write(PLACE)
            await until(pilot, lambda: any("\a" in sequence for sequence in written))
            assert any(sequence.startswith("\a\x1b]9;") for sequence in written), written

    async def test_a_command_of_the_user_hears_of_it_too(self, clock, tmp_path):
        heard = tmp_path / "heard"
        CASES["nan-loss"].run().write(PLACE)
        app = MonitorApp(PLACE, Choices(refresh_seconds=0.1, on_alert=f"echo $KAN_ALERT_KIND >> {heard}"), clock=clock)
        async with app.run_test(size=(120, 34)) as pilot:
            await until(pilot, lambda: heard.exists() and "nan" in heard.read_text())
