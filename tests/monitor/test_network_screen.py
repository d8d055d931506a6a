"""The screen of a network: its keys, and that it shows what is learned while it is learned."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from kan_monitor.panels import network as panel
from kan_shared.network import Network, encode_network
from kan_shared.store import replace_file

from .cases import kan_run
from .looking import PLACE
from .networks import layer, leaving, network, wide
from .watching import header, screen, until

pytestmark = pytest.mark.usefixtures("home")


def write(whole: Network) -> None:
    replace(kan_run(), network=whole).write(PLACE)


def learned(whole: Network) -> None:
    """The trainer writes what it has learned since."""
    replace_file(PLACE / "network.json", encode_network(whole))


def body(app) -> list[str]:
    return screen(app).splitlines()[2:-2]


def chosen(app) -> str:
    return screen(app).partition("▸")[2].split()[0]


async def test_shows_the_edges_of_every_layer(watching):
    write(network())
    async with watching(None) as (app, pilot):
        await pilot.press("8")
        await until(pilot, lambda: "╭─ KAN 2→5→1 ─" in screen(app))
        assert "h5→y1" in screen(app)
        assert "native on cpu · step 1 800" in screen(app)


async def test_shows_what_was_learned_since(watching):
    write(network())
    async with watching(None) as (app, pilot):
        await pilot.press("8")
        before = body(app)
        learned(network(layer(2, 5, edges=network(layer(2, 5)).layers[0].edges[::-1]), layer(5, 1), step=2000))
        await until(pilot, lambda: "step 2 000" in screen(app))
        assert body(app) != before, "the edges stand in another order"


async def test_a_frozen_screen_stays(watching):
    write(network())
    async with watching(None) as (app, pilot):
        await pilot.press("8", "p")
        learned(leaving())
        await pilot.pause(0.5)
        assert "27 %" not in screen(app)
        await pilot.press("p")
        await until(pilot, lambda: "27 %" in screen(app))


async def test_keys_choose_an_edge_of_any_layer_and_enlarge_it(watching):
    write(network())
    async with watching(None) as (app, pilot):
        await pilot.press("8")
        assert chosen(app) == "x1→h1"
        await pilot.press("right")
        assert chosen(app) == "x2→h1"
        await pilot.press("right_square_bracket", "right", "enter")
        assert "φ h2→y1" in screen(app)
        await pilot.press("left")
        assert "φ h1→y1" in screen(app)
        await pilot.press("escape")
        assert chosen(app) == "h1→y1"
        await pilot.press("left_square_bracket", "left", "up", "pageup")
        assert chosen(app) == "x1→h1"


async def test_the_wheel_and_the_arrows_go_through_all_of_a_large_one(watching):
    write(wide())
    async with watching(None, size=(80, 24)) as (app, pilot):
        await pilot.press("8")
        for _ in range(40):
            await pilot.press("down")
        assert chosen(app).endswith("→y4"), "the last row of the last layer"
        await pilot.press("pageup")
        assert chosen(app) in screen(app)


async def test_the_chosen_edge_stays_the_same_where_it_comes_to_matter_more(watching):
    whole = network()
    write(whole)
    async with watching(None) as (app, pilot):
        await pilot.press("8", "right", "right")
        name = chosen(app)
        first = whole.layers[0]
        other_order = msgspec.structs.replace(first, edges=(first.edges[2], *first.edges[:2], *first.edges[3:]))
        learned(network(other_order, whole.layers[1], step=1900))
        await until(pilot, lambda: "step 1 900" in screen(app))
        assert chosen(app) == name
        assert screen(app).index(name) < screen(app).index("x2→h1")


async def test_one_scale_shows_which_edges_are_large(watching):
    write(network())
    async with watching(None) as (app, pilot):
        await pilot.press("8")
        own = screen(app)
        await pilot.press("s")
        assert "one scale a layer" in screen(app)
        assert screen(app) != own


async def test_a_network_that_comes_and_goes_and_shrinks_is_followed(watching):
    write(wide())
    async with watching(None) as (app, pilot):
        await pilot.press("8", "right_square_bracket", "down")
        learned(network(layer(1, 1)))
        await until(pilot, lambda: "x1→y1" in screen(app))
        (PLACE / "network.json").unlink()
        await until(pilot, lambda: "no Kolmogorov–Arnold network" in screen(app))
        await pilot.press("enter", "right", "down", "left_square_bracket", "pagedown", "s")
        learned(network())
        await until(pilot, lambda: "h5→y1" in screen(app))


async def test_inputs_that_leave_the_grid_are_an_alert_on_every_screen(watching):
    write(leaving())
    async with watching(None) as (app, pilot):
        await until(pilot, lambda: "alert" in header(app))
        await pilot.press("4")
        await until(pilot, lambda: "7 in 10 inputs of layer 2 leave its grid" in screen(app))
        await pilot.press("8")
        await until(pilot, lambda: "→ use --update-grid-every=100" in screen(app))


async def test_is_drawn_only_when_it_is_seen_and_there_is_something_new(watching, monkeypatch):
    write(network())
    drawn = []
    draw = panel.draw
    monkeypatch.setattr(panel, "draw", lambda *arguments: drawn.append(1) or draw(*arguments))
    async with watching(None) as (app, pilot):
        await pilot.press("8")
        await until(pilot, lambda: "native" in screen(app))
        await pilot.pause(0.5)
        assert len(drawn) == 1
        await pilot.press("1")
        learned(leaving())
        await pilot.pause(0.5)
        assert len(drawn) == 1


def test_drawing_it_needs_no_numpy(run_python):
    program = """
import sys
from tests.monitor.networks import network
from kan_monitor.panels.network import Chosen, draw
from kan_monitor.view.network import edge_views, network_view
from kan_monitor.sources.facts import Facts
whole = network()
edges = [edge_views(whole, at) for at in range(2)]
assert draw(network_view(Facts(place="x", network=whole)), edges, (), Chosen(), 120, 30)
assert "numpy" not in sys.modules and "textual" not in sys.modules
"""
    run_python(program)


@pytest.fixture
def run_python():
    """Runs a program in an interpreter of its own."""
    import subprocess

    def run(program: str) -> None:
        subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])

    return run
