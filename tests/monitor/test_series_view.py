"""The grid of every series, its keys pressed and its screen read."""

from __future__ import annotations

import pytest

from kan_monitor.app.series_view import View
from kan_shared.experiment import Experiment
from kan_shared.series import SeriesWriter

from .looking import PLACE
from .making import falling, series_of
from .source import source_run
from .watching import screen, until

pytestmark = pytest.mark.usefixtures("home")


def write_series(name: str, count: int) -> None:
    """A series of so many records."""
    writer = SeriesWriter(Experiment(PLACE).series(name))
    writer.append(series_of(falling(2.0, 1.0, 500), range(count)))
    writer.close()


def with_layers(count: int) -> None:
    """The run of the source, with that many series more."""
    source_run().write(PLACE)
    for number in range(count):
        write_series(f"layer{number}/norm", 50)


def titles(app) -> list[str]:
    """The first words of what begins a chart."""
    return [word for line in screen(app).splitlines() for word in line.split() if "/" in word and "┤" not in line]


class TestTheGrid:
    async def test_shows_every_series_with_its_latest_value(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: "▸ train/loss" in screen(app))
            assert "validation/loss" in screen(app)
            assert "learning_rate" in screen(app)
            assert f"{len(Experiment(PLACE).series_names())} series" in screen(app)

    async def test_pages_through_more_than_fit(self, watching):
        with_layers(40)
        async with watching(None) as (app, pilot):
            await pilot.press("2", "pagedown")
            assert "page 2 of" in screen(app)
            assert "train/loss" not in screen(app)
            await pilot.press("pageup")
            assert "▸ train/loss" in screen(app)

    async def test_only_what_is_on_the_page_is_refreshed(self, watching):
        with_layers(100)
        async with watching(None) as (app, pilot):
            await pilot.press("2")
            await pilot.pause(0.5)
            view = app.screen
            assert isinstance(view, View)
            for name in Experiment(PLACE).series_names():
                write_series(name, 10)
            view.show_news()
            curves = view._session.curves
            assert set(curves._curves) == set(view._page())
            assert not set(curves._curves) & set(view._names()[view._grid().cells :])

    async def test_new_series_come_by_themselves(self, watching):
        with_layers(1)
        async with watching(None) as (app, pilot):
            await pilot.press("2")
            with_layers(3)
            await until(pilot, lambda: "layer2/norm" in screen(app))

    async def test_finds_series_as_one_types(self, watching):
        with_layers(12)
        async with watching(None) as (app, pilot):
            await pilot.press("2", "slash", *"layer1")
            await until(pilot, lambda: "/layer1▏" in screen(app))
            assert {title for title in titles(app) if title != "/layer1▏"} >= {"layer1/norm", "layer10/norm"}
            assert "layer2/norm" not in screen(app)
            await pilot.press(*"xyz", "enter")
            assert "no series has 'layer1xyz' in its name" in screen(app)
            await pilot.press("escape")
            assert "train/loss" in screen(app)

    async def test_pins_to_the_top_for_as_long_as_one_sits_here(self, watching):
        with_layers(3)
        async with watching(None) as (app, pilot):
            await pilot.press("2", "slash", *"layer2", "enter", "space", "escape")
            assert "▸ • layer2/norm" in screen(app).splitlines()[1]
            await pilot.press("escape", "2")
            assert "• layer2/norm" in screen(app).splitlines()[1]
            await pilot.press("space")
            assert "•" not in screen(app)

    async def test_enlarges_the_chosen_one(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("2", "right", "enter")
            await until(pilot, lambda: "▸ validation/loss" in screen(app))
            assert "train/loss" not in screen(app)
            await pilot.press("escape")
            assert "train/loss" in screen(app)

    async def test_a_click_chooses_and_another_enlarges(self, watching):
        with_layers(20)
        async with watching(None) as (app, pilot):
            await pilot.press("2")
            await pilot.click("#view", offset=(50, 3))
            chosen = next(title for title in screen(app).splitlines()[1].split("▸")[1:])
            await pilot.click("#view", offset=(50, 3))
            assert screen(app).splitlines()[1].startswith("▸" + chosen.split("  ")[0])

    async def test_columns_are_as_many_as_one_wants(self, watching):
        with_layers(20)
        async with watching(None) as (app, pilot):
            await pilot.press("2")
            before = app.screen._grid().columns
            await pilot.press("left_square_bracket")
            assert app.screen._grid().columns == before - 1
            await pilot.press("right_square_bracket")
            assert app.screen._grid().columns == before

    async def test_a_hostile_name_is_only_a_name(self, watching):
        with_layers(0)
        Experiment(PLACE).series("\x1b[31m[@click=app.quit]x/\u202e").touch()
        async with watching(None) as (app, pilot):
            await pilot.press("2", "pagedown")
            assert "\x1b" not in screen(app)
            assert app.is_running

    async def test_without_series_says_so(self, watching):
        async with watching("starting") as (app, pilot):
            for path in Experiment(PLACE).history.glob("*"):
                path.unlink()
            await pilot.press("2")
            await until(pilot, lambda: "no series yet" in screen(app))


class TestLongSeries:
    async def test_are_all_taken_in_exactly(self, watching):
        with_layers(0)
        for number in range(3):
            write_series(f"long{number}", 6000)
        async with watching(None) as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: "long2" in screen(app) and "loading" not in screen(app))
            curves = app._session.curves._curves
            assert not any(curve.wants_pyramid for curve in curves.values())
            assert curves["long0"]._pyramid is not None
