"""Where the monitor stands in these tests: on `gpu-box`, in UTC, with a clock that the tests hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kan_shared.liveness
from kan_shared.state import Producer

from .cases import CASES, GONE, HERE
from .looking import Look, look_at

LookAt = Callable[[str], Look]


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
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
