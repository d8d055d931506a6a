"""The real app, its keys pressed and its screen read."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_shared.journal import Sample

from .cases import CASES
from .looking import PLACE
from .making import NOW, event, falling, series_of
from .source import source_run
from .watching import header, screen, titles, until

pytestmark = pytest.mark.usefixtures("home")


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
