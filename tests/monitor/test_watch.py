"""A dashboard that waits shows a run as soon as it is there, however seldom it looks by itself."""

import time
from pathlib import Path

import pytest

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.app.panel import Panel
from kan_monitor.app.watch import Watch
from kan_monitor.ink import plain_text
from kan_trainer import Run

HOURLY = 3600.0


async def test_a_run_that_begins_wakes_the_dashboard(home: Path) -> None:
    app = MonitorApp(home / "not" / "yet", Choices(refresh_seconds=HOURLY))
    async with app.run_test(size=(120, 34)) as pilot:
        await pilot.pause(0.3)
        assert "waiting" in _header(app)
        with Run(home / "not" / "yet") as run:
            run.log(1, {"train/loss": 1.0})
            for _ in range(100):
                await pilot.pause(0.05)
                if "running" in _header(app):
                    break
            assert "running" in _header(app)


def test_the_watch_follows_a_path_that_is_made_bit_by_bit(tmp_path: Path) -> None:
    woken: list[float] = []
    watch = Watch(lambda: woken.append(time.monotonic()))
    target = tmp_path / "a" / "b"
    try:
        for directory in (tmp_path / "a", target):
            watch.aim(target)
            woken.clear()
            directory.mkdir()
            _until(lambda: bool(woken))
        watch.aim(target)
        woken.clear()
        (target / "state.json").touch()
        _until(lambda: bool(woken))
    finally:
        watch.stop()


def test_nothing_is_watched_while_a_run_goes_on(tmp_path: Path) -> None:
    woken: list[int] = []
    watch = Watch(lambda: woken.append(1))
    watch.aim(tmp_path)
    watch.aim(None)
    (tmp_path / "state.json").touch()
    time.sleep(0.2)
    assert not woken


def _header(app: MonitorApp) -> str:
    return plain_text(app.screen.query_one("#header", Panel)._lines)


def _until(true: object) -> None:
    for _ in range(100):
        if true():  # type: ignore[operator]
            return
        time.sleep(0.05)
    pytest.fail("the watch was not woken")
