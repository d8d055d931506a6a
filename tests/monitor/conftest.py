"""Where the monitor stands in these tests: on `gpu-box`, in UTC, with a clock that the tests hold."""

from __future__ import annotations

import itertools
import os
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

import kan_shared.liveness
from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_shared.state import Producer

from .cases import CASES
from .growing import Series
from .looking import PLACE, Look, look_at
from .making import GONE, HERE, NOW
from .scripted import Scripted
from .waiting import give_up
from .watching import Clock

LookAt = Callable[[str], Look]
Watching = Callable[..., AbstractAsyncContextManager[tuple[MonitorApp, Pilot[None]]]]


@pytest.fixture(scope="module", autouse=True)
def machine() -> Iterator[None]:
    """This machine is `HERE`'s, and of its processes only `GONE` has died."""

    def local(producer: Producer) -> bool:
        return producer.boot_id == HERE.boot_id

    def alive(producer: Producer) -> bool:
        return producer.process_start != GONE.process_start

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kan_shared.liveness, "is_local", local)
        patch.setattr(kan_shared.liveness, "is_alive", alive)
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="module")
def look_once(tmp_path_factory: pytest.TempPathFactory) -> LookAt:
    """Looks at a case by its name, and remembers what was seen: for tests that only read."""
    seen: dict[str, Look] = {}

    def find(case: str) -> Look:
        if case not in seen:
            seen[case] = look_at(case, tmp_path_factory.mktemp(case))
        return seen[case]

    return find


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    """The name of every case in turn."""
    return str(request.param)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watching(home: Path, clock: Clock) -> Watching:
    """The app on `PLACE`, which looks five times a second: more often, and a pilot would never find it idle."""

    @asynccontextmanager
    async def run(case: str | None = "running", *, size: tuple[int, int] = (120, 34), place: Path = PLACE):
        if case:
            CASES[case].run().write(place)
        app = MonitorApp(place, Choices(refresh_seconds=0.2), clock=clock)
        async with app.run_test(size=size) as pilot:
            yield app, pilot

    return run


@pytest.fixture
def happens(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes `time` stand at `NOW`, and something happen at every wait; after the last thing the loop is broken."""

    def script(*steps: Callable[[], object]) -> None:
        waits = itertools.chain(steps, [give_up])
        monkeypatch.setattr(time, "time", lambda: NOW)
        monkeypatch.setattr(time, "sleep", lambda _: next(waits)())

    return script


@pytest.fixture
def series(tmp_path: Path) -> Iterator[Series]:
    """A series file that grows."""
    found = Series(tmp_path / "one.series")
    yield found
    found.writer.close()


@pytest.fixture
def ssh(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Puts an `ssh` first on the path; gives what it was told last."""
    folder, told = home / "bin", home / "told"
    folder.mkdir()
    script = folder / "ssh"
    script.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {shlex.quote(str(told))}\n'
        'for last; do :; done\necho "Welcome to the other machine"\nexec sh -c "exec $last"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return lambda: told.read_text().splitlines()


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., Scripted]:
    """Begins a scripted run."""
    number = itertools.count()
    return lambda **how: Scripted(tmp_path / str(next(number)), **how)
