"""Several charts side by side, on a screen that is wide enough: which ones, and that they are one with the loss."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.app.panel import Panel
from kan_monitor.cli import main
from kan_monitor.frame import charted
from kan_monitor.ink import plain_text
from kan_monitor.viewport import ChartOptions
from kan_shared.series import Record

from .cases import kan_run
from .looking import PLACE, Look, look_at_run
from .making import NOW, Run
from .source import source_run

WIDE = (200, 50)
LOSSES = ("train/loss", "validation/loss")


@pytest.fixture
def opened(home: Path) -> Callable[[Run], MonitorApp]:
    def open_app(run: Run) -> MonitorApp:
        run.write(PLACE)
        return MonitorApp(PLACE, Choices(refresh_seconds=3600), clock=lambda: NOW)

    return open_app


def with_series(*names: str) -> Run:
    """The run, with nothing beside its losses but these."""
    losses = {name: records for name, records in source_run().series.items() if name in LOSSES}
    return replace(source_run(), series={**losses, **{name: [Record(2400, NOW, 0.5, 0)] for name in names}})


def shown(app: MonitorApp, name: str = "charts") -> str:
    panel = app.screen.query_one(f"#{name}", Panel)
    return plain_text(panel.lines) if panel.display else ""


def values(app: MonitorApp) -> list[str]:
    """What stands behind the names of the charts."""
    return re.findall(r"(?:learning_rate|gradient_norm) +(\S+)", shown(app))


def beside(seen: Look, width: int, height: int, *pinned: str) -> tuple[str, ...]:
    return charted(seen.dashboard, lambda: seen.series_names, width, height, pinned=pinned)


def last_dot(seen: Look) -> float:
    """How far to the right the only chart beside the loss has dots."""
    rows = seen.text(*WIDE, chart=ChartOptions(log=False)).splitlines()[4:24]
    rows = [row[row.rindex("│", 0, 160) + 1 : -2] for row in rows]
    return max((at + 1) / len(row) for row in rows for at, glyph in enumerate(row) if glyph > "⠀")


class TestWhichCharts:
    def test_those_that_are_looked_for_first_and_no_loss(self, home):
        seen = look_at_run(with_series("b", "gradient_norm", "a", "learning_rate"), home)
        assert beside(seen, *WIDE) == ("learning_rate", "gradient_norm", "a")

    def test_the_pinned_before_all(self, home):
        seen = look_at_run(with_series("b", "gradient_norm", "a", "learning_rate"), home)
        assert beside(seen, *WIDE, "b", "train/loss") == ("b", "learning_rate", "gradient_norm")

    def test_more_on_a_larger_screen_but_never_a_crowd(self, home):
        seen = look_at_run(with_series(*(f"layer{number}/sparsity" for number in range(50))), home)
        assert [len(beside(seen, *size)) for size in ((180, 26), (200, 50), (300, 60), (400, 120))] == [1, 3, 8, 8]

    def test_none_where_there_is_no_room_and_nobody_asks_for_their_names(self, home):
        seen = look_at_run(source_run(), home)
        for size in ((179, 50), (120, 34), (200, 25)):
            assert charted(seen.dashboard, lambda: pytest.fail("asked"), *size) == ()

    def test_without_other_series_the_loss_has_all_columns(self, home):
        rows = look_at_run(with_series(), home).text(*WIDE).splitlines()
        assert rows[2].startswith("╭─ loss ") and rows[2].count("╮") == 1


class TestOneAxis:
    def test_a_plan_does_not_make_its_chart_go_on_beyond_the_others(self, look_once):
        """The run is at step 2,400 of 4,500 that are planned."""
        rows = look_once("planned-rate").text(*WIDE).splitlines()
        axes = [row[138:].split() for row in rows if "0.5K" in row[138:]]
        assert len(axes) == 2
        assert axes[0] == axes[1] == ["│", "0", "0.5K", "1K", "1.5K", "2K", "2.5K", "│"]

    def test_the_plan_is_drawn_as_far_as_that_goes(self, home):
        run = with_series("learning_rate").but(total_steps=3000)
        plan = ((9000, 0.0), (9000, 0.1), (2000, 0.4), (0, 0.8))
        without, with_plan = (look_at_run(run.but(learning_rate_plan=told), home) for told in ((), plan))
        assert last_dot(without) < 0.85 < 0.95 < last_dot(with_plan)


class TestOneCrosshair:
    def test_is_read_in_all_charts(self, look_once, golden):
        golden("charts/wide-crosshair.txt", look_once("running").text(*WIDE, chart=ChartOptions(cursor=1481.0)))

    async def test_moves_in_all_charts(self, opened):
        app = opened(source_run())
        async with app.run_test(size=WIDE) as pilot:
            assert values(app) == ["5.80e-4", "3.200"]
            await pilot.press("semicolon", "semicolon")
            assert "┃ step 2" in shown(app, "loss")
            before = values(app)
            await pilot.press("semicolon")
            assert all(value != other for value, other in zip(before, values(app), strict=True))
            await pilot.press("0")
            assert values(app) == ["5.80e-4", "3.200"]


class TestOnTheScreen:
    async def test_a_wider_terminal_has_charts_at_once(self, opened):
        app = opened(kan_run())
        async with app.run_test(size=(120, 34)) as pilot:
            assert shown(app) == ""
            await pilot.resize_terminal(*WIDE)
            await pilot.pause()
            assert [name for name in ("learning_rate", "gradient_norm", "r2") if name in shown(app)] == [
                "learning_rate",
                "gradient_norm",
                "r2",
            ]
            await pilot.resize_terminal(120, 34)
            await pilot.pause()
            assert shown(app) == ""

    async def test_what_is_pinned_in_the_series_comes_first(self, opened):
        app = opened(kan_run())
        async with app.run_test(size=WIDE) as pilot:
            await pilot.press("2", "end", *["right"] * 4, "space", "escape")
            assert shown(app).index("r2") < shown(app).index("learning_rate")

    async def test_a_zoomed_loss_is_alone(self, opened):
        app = opened(source_run())
        async with app.run_test(size=WIDE) as pilot:
            await pilot.press("tab", "enter")
            assert shown(app) == ""
            await pilot.press("enter")
            assert "learning_rate" in shown(app)


def test_an_exported_frame_has_them_too(home, capsys):
    source_run().write(PLACE)
    assert main(["export", str(PLACE), "--frame", "text", "--size", "200x50"]) == 0
    assert "╭─ charts ─" in capsys.readouterr().out
