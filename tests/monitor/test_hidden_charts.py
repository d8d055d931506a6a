"""A chart that is not on the screen costs nothing: its series are not read, and it is not drawn."""

from __future__ import annotations

from typing import Any

import pytest

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.curve import Curve
from kan_monitor.panels import loss, tile
from kan_shared.experiment import Experiment
from kan_shared.series import Record, SeriesWriter
from kan_shared.store import write_state

from .looking import PLACE
from .making import NOW
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done for charts: curves read or queried, charts drawn."""
    done: list[str] = []

    def count(owner: Any, name: str) -> None:
        do = getattr(owner, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            done.append(name)
            return do(*arguments, **options)

        monkeypatch.setattr(owner, name, counted)

    count(Curve, "refresh")
    count(Curve, "envelope")
    count(loss, "draw")
    count(tile, "draw")
    return done


def log_a_step(step: int) -> None:
    """The run goes on."""
    experiment = Experiment(PLACE)
    writer = SeriesWriter(experiment.series("train/loss"))
    writer.append([Record(step, NOW, 2.0, 0)])
    writer.close()
    write_state(experiment.state, source_run().but(step=step, revision=step).state)


@pytest.mark.parametrize("size", [(120, 34), (200, 50)])
@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ([], True),
        (["tab", "enter"], True),
        (["2"], True),
        (["2", "1"], True),
        (["tab", "tab", "enter"], False),
        (["tab", "tab", "tab", "enter"], False),
        (["4"], False),
        (["5"], False),
        (["6"], False),
        (["7"], False),
        (["8"], False),
        (["r"], False),
        (["2", "r"], False),
    ],
    ids=[
        "dashboard",
        "loss zoomed",
        "series",
        "back on the dashboard",
        "hardware zoomed",
        "progress zoomed",
        "events",
        "log",
        "config",
        "hardware over time",
        "network",
        "list of runs",
        "list of runs over series",
    ],
)
async def test_only_a_chart_that_is_seen_is_read_and_drawn(
    spent: list[str], keys: list[str], shown: bool, size: tuple[int, int]
) -> None:
    source_run().write(PLACE)
    app = MonitorApp(PLACE, Choices(refresh_seconds=0.1), clock=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause(0.3)  # what was under way when the keys came is over
        spent.clear()
        for step in range(2401, 2405):
            log_a_step(step)
            await pilot.pause(0.15)
        assert bool(spent) == shown


@pytest.mark.parametrize(
    ("size", "keys", "drawn"),
    [
        ((120, 34), [], 0),
        ((200, 50), [], 2),
        ((200, 50), ["tab", "enter"], 0),
        ((200, 50), ["tab", "enter", "enter"], 2),
    ],
    ids=["narrow", "wide", "loss alone", "all again"],
)
async def test_charts_beside_the_loss_cost_nothing_where_there_are_none(
    spent: list[str], size: tuple[int, int], keys: list[str], drawn: int
) -> None:
    source_run().write(PLACE)
    app = MonitorApp(PLACE, Choices(refresh_seconds=3600), clock=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        spent.clear()
        app._look()
        assert len(app._session.curves._curves) == 2 + drawn
        assert spent.count("refresh") == 2 + drawn
