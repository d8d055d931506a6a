"""The list of runs and the comparison as a person uses them: keys pressed, the screen read."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

import kan_monitor.runs.index
from kan_monitor.app.compare_screen import CompareScreen
from kan_monitor.app.runs_screen import RunsScreen
from kan_monitor.palette import styles

from .cases import CASES, kan_run
from .making import NOW, falling, series_of
from .neighbours import ROOT, make
from .source import source_run
from .watching import screen, until

pytestmark = pytest.mark.usefixtures("home")

KEYS = {
    " ": "space",
    "<": "less_than_sign",
    "=": "equals_sign",
    "~": "tilde",
    ".": "full_stop",
    "(": "left_parenthesis",
}


class Host(App[None]):
    """An app with the list on it, which notes what was chosen."""

    def __init__(self, *, take_first: bool = False) -> None:
        super().__init__()
        self.take_first = take_first
        self.chosen: Path | None = None

    def on_mount(self) -> None:
        self.push_screen(
            RunsScreen(ROOT, styles("truecolor"), refresh_seconds=0.2, take_first=self.take_first, clock=lambda: NOW),
            self.choose,
        )

    def choose(self, chosen: Path | None) -> None:
        self.chosen = chosen


@asynccontextmanager
async def listing(size: tuple[int, int] = (120, 24), **how):
    app = Host(**how)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


@pytest.fixture
def several(home) -> list[Path]:
    """Five runs, the first of them written last."""
    assert ROOT.absolute().parent == home
    places = [
        make("new", floor=0.5, tags=("baseline",), config="lr: 0.01\nseed: 1\n"),
        make("good", floor=0.1, steps=500, config="lr: 0.001\nseed: 1\n"),
        make("short", floor=0.9, steps=200, config="lr: 0.0001\nseed: 2\n"),
    ]
    for case in ("crashed", "unknown"):
        CASES[case].run().write(ROOT / case)
        places.append(ROOT / case)
    for age, place in enumerate(places):
        os.utime(place / "state.json", (NOW - age, NOW - age))
    return places


def names(app: App[None]) -> list[str]:
    """The runs on the screen, from the top."""
    rows = [line[5:].split() for line in screen(app).splitlines()[2:] if line.startswith("│")]
    return [row[0] for row in rows if len(row) > 1]


def cursor(app: App[None]) -> str:
    return next(line[5:].split()[0] for line in screen(app).splitlines() if line.startswith("│ ▸"))


def footer(app: App[None]) -> list[str]:
    return [line.rstrip() for line in screen(app).splitlines()[-2:]]


async def type_in(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash", "ctrl+u")
    keys = {
        " ": "space",
        "<": "less_than_sign",
        "=": "equals_sign",
        "~": "tilde",
        ".": "full_stop",
        "(": "left_parenthesis",
    }
    await pilot.press(*(keys.get(character, character) for character in text))


@pytest.mark.usefixtures("several")
class TestSorting:
    async def test_o_goes_through_the_columns_and_shift_o_turns_them_round(self):
        async with listing() as (app, pilot):
            assert names(app) == ["new", "good", "short", "crashed", "unknown"]
            await pilot.press("o")
            assert "run ▴" in screen(app)
            assert names(app) == ["crashed", "good", "new", "short", "unknown"]
            await pilot.press("O")
            assert "run ▾" in screen(app)
            assert names(app) == ["unknown", "short", "new", "good", "crashed"]

    async def test_reads_all_runs_to_sort_by_a_value(self):
        async with listing() as (app, pilot):
            await pilot.press("o", "o", "o", "o")
            await until(pilot, lambda: names(app)[:3] == ["good", "new", "short"])
            assert "best ▴" in screen(app)
            assert "still to read" not in screen(app)

    async def test_shows_the_average_that_it_sorts_by(self):
        async with listing() as (app, pilot):
            await pilot.press("o", "o", "o", "o", "o")
            await until(pilot, lambda: "smoothed ▴" in screen(app))

    async def test_the_cursor_stays_on_its_run(self):
        async with listing() as (app, pilot):
            await pilot.press("down", "o")
            assert cursor(app) == "good"


@pytest.mark.usefixtures("several")
class TestFiltering:
    async def test_shows_while_one_types_what_is_found(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "lr<=0.001")
            await until(pilot, lambda: names(app) == ["good", "short", "crashed"])
            assert footer(app)[0] == " / lr<=0.001▏"
            assert "3 of 5 under experiments" in screen(app)
            await pilot.press("enter")
            assert "runs / lr<=0.001" in screen(app)
            assert "/ filter" in footer(app)[1]

    async def test_says_what_is_wrong_and_shows_what_its_beginning_finds(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "running (")
            await until(pilot, lambda: names(app) == ["new", "good", "short", "unknown"])
            assert footer(app)[1] == " ! character 10: something is missing at the end"
            await pilot.press("enter")
            assert footer(app)[0] == " / running (▏", "nothing is kept that is wrong"
            await pilot.press("n", "e", "w", "right_parenthesis")
            assert names(app) == ["new"]
            assert "! character" not in screen(app)

    async def test_escape_goes_back_to_the_one_before(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "crashed")
            await pilot.press("enter")
            await type_in(pilot, "new")
            assert names(app) == ["new"]
            await pilot.press("escape")
            assert names(app) == ["crashed"]
            assert isinstance(app.screen, RunsScreen), "escape has left the line, not the list"

    async def test_an_empty_one_shows_all(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "crashed")
            await pilot.press("enter", "slash", "ctrl+u", "enter")
            assert len(names(app)) == 5
            assert "─ runs ─" in screen(app)

    async def test_takes_every_key_as_text_while_one_types(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "o c j k q r")
            assert footer(app)[0] == " / o c j k q r▏"
            await pilot.press("question_mark", "O")
            assert footer(app)[0] == " / o c j k q r?O▏"
            assert app.is_running

    async def test_says_that_nothing_is_found(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "name~zzz")
            assert "no run matches name~zzz" in screen(app)
            await pilot.press("enter", "enter", "space", "c", "down")
            assert isinstance(app.screen, RunsScreen)

    async def test_names_a_field_that_no_run_has_and_what_was_meant(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "lerning_rate<1")
            await until(pilot, lambda: "no run has lerning_rate: did you mean learning_rate?" in screen(app))
            await pilot.press("ctrl+u", *"learning_rate<1")
            assert "no run has" not in screen(app) and names(app)

    async def test_takes_what_is_pasted(self):
        async with listing() as (app, pilot):
            await pilot.press("slash")
            app.post_message(events.Paste("name~go\x1b[31m\n od"))
            await until(pilot, lambda: footer(app)[0] == " / name~go␛[31m od▏")

    async def test_a_run_that_begins_to_match_appears(self):
        async with listing() as (app, pilot):
            await type_in(pilot, "step>9000")
            await pilot.press("enter")
            source_run().but(step=9001, total_steps=9999).write(ROOT / "new")
            await until(pilot, lambda: names(app) == ["new"])


class TestMoving:
    async def test_home_end_pages_and_the_wheel(self):
        for number in range(60):
            CASES["unknown"].run().write(ROOT / f"run-{number:02}")
            os.utime(ROOT / f"run-{number:02}" / "state.json", (NOW - number, NOW - number))
        async with listing((100, 14)) as (app, pilot):
            seen = []
            for key in ("end", "home", "pagedown", "pageup"):
                await pilot.press(key)
                seen.append(cursor(app))
            assert seen == ["run-59", "run-00", "run-10", "run-00"]
            await pilot._post_mouse_events([events.MouseScrollDown], "#runs")
            assert cursor(app) == "run-03"

    @pytest.mark.usefixtures("several")
    async def test_a_click_chooses_and_a_second_one_opens(self):
        async with listing() as (app, pilot):
            await pilot.click("#runs", offset=(10, 4))
            assert cursor(app) == "short"
            await pilot.click("#runs", offset=(10, 23))
            assert app.chosen is None, "the footer is no run"
            await pilot.click("#runs", offset=(10, 4))
            await pilot.pause()
            assert app.chosen == ROOT / "short"

    @pytest.mark.usefixtures("several")
    async def test_reads_only_what_is_on_the_screen(self, monkeypatch):
        seen, read = [], kan_monitor.runs.index.read_state
        monkeypatch.setattr(kan_monitor.runs.index, "read_state", lambda path: seen.append(path) or read(path))
        async with listing((80, 6)) as (app, pilot):
            assert names(app) == ["new", "good"]
            await pilot.pause(0.5)
            assert len(seen) == 2
            await pilot.press("down")
            assert len(set(seen)) <= 3

    async def test_takes_the_first_run_that_comes(self):
        async with listing(take_first=True) as (app, pilot):
            assert "no runs under experiments yet" in screen(app)
            make("first", floor=0.5)
            await until(pilot, lambda: app.chosen == ROOT / "first")


@pytest.mark.usefixtures("several")
class TestComparing:
    async def test_space_marks_and_c_compares(self):
        async with listing() as (app, pilot):
            await pilot.press("down", "space", "space", "c")
            assert isinstance(app.screen, CompareScreen)
            shown = screen(app)
            assert "compare accuracy" in shown
            assert "1 good" in shown
            assert "2 short" in shown
            assert "new" not in shown
            await pilot.press("escape")
            assert isinstance(app.screen, RunsScreen)
            assert [line[2:4] for line in screen(app).splitlines()[3:5]] == [" 1", " 2"]

    async def test_space_takes_a_mark_away_again(self):
        async with listing() as (app, pilot):
            await pilot.press("space", "space", "up", "up", "space")
            assert [line[3] for line in screen(app).splitlines()[2:5]] == [" ", "1", " "]

    async def test_marks_no_more_than_can_be_told_apart(self):
        for number in range(9):
            CASES["unknown"].run().write(ROOT / f"more-{number}")
        async with listing() as (app, pilot):
            await pilot.press("home", *["space"] * 12)
            assert sum(line[3].isdigit() for line in screen(app).splitlines() if line.startswith("│")) == 8

    async def test_without_marks_it_shows_the_one_under_the_cursor(self):
        async with listing() as (app, pilot):
            await pilot.press("c")
            assert "1 ━ new" in screen(app)

    async def test_keeps_marks_of_runs_that_a_filter_hides(self):
        async with listing() as (app, pilot):
            await pilot.press("space")
            await type_in(pilot, "good")
            await pilot.press("enter", "space", "c")
            assert "1 ━ new" in screen(app)
            assert "2 ━ good" in screen(app)

    async def test_the_keys(self):
        async with listing((120, 34)) as (app, pilot):
            await pilot.press("space", "space", "space", "c")
            assert "by best value, highest first" in screen(app)
            await pilot.press("m")
            assert "compare train/loss" in screen(app)
            assert "by best value, lowest first" in screen(app)
            await pilot.press("M")
            assert "compare accuracy" in screen(app)
            await pilot.press("o")
            assert "by smoothed value" in screen(app)
            assert "log · ema 0.6" in screen(app)
            await pilot.press("l", "s")
            assert "linear · ema 0.9" in screen(app)
            assert "alike" not in screen(app), "lr and seed both differ"
            await pilot.press("a")
            assert "2 keys" in screen(app)
            await pilot.press("down", "pagedown", "right", "left", "up", "pageup", "j", "k")
            await pilot.press("c")
            assert isinstance(app.screen, RunsScreen)

    async def test_follows_the_runs(self):
        async with listing() as (app, pilot):
            await pilot.press("space", "space", "c", "m")
            assert "0.0100" not in screen(app)
            make("new", floor=0.01, steps=600)
            await until(pilot, lambda: "600" in screen(app).split("ranking")[1])

    async def test_draws_long_runs_from_their_pyramids(self):
        spike = falling(5.0, 1.0, 900)
        series = {"train/loss": series_of(lambda step: 30.0 if step == 7001 else spike(step), range(20_000))}
        replace(kan_run().but(goals={}), series=series).write(ROOT / "new")
        async with listing() as (app, pilot):
            await pilot.press("c")
            while "compare train/loss" not in screen(app):
                await pilot.press("m")
            await until(pilot, lambda: " 20 ┤" in screen(app))

    @pytest.mark.parametrize("size", [(60, 18), (20, 6), (5, 3), (200, 50)])
    async def test_takes_any_size(self, size):
        async with listing() as (app, pilot):
            await pilot.press("space", "space", "c")
            await pilot.resize_terminal(*size)
            await pilot.press("m", "down", "right", "escape", "slash", "x", "escape")
            await pilot.pause()
            assert app.is_running
