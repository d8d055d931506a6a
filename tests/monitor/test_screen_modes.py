"""Every screen as a terminal shows it, in three sizes, four colour modes and both themes: `cat` shows a golden."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, get_args

import pytest
from tests.conftest import SNAPSHOTS, Golden

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.colour import ColourMode

from .exhibit import ansi, write_exhibit
from .making import NOW

Size = tuple[int, int]
SIZES: Final[tuple[Size, ...]] = ((60, 18), (80, 24), (120, 34))
MODES: Final[tuple[ColourMode, ...]] = get_args(ColourMode)
#: The screens, in the order of a walk through all of them, and the keys that lead to each from the one before.
WALK: Final[Mapping[str, tuple[str, ...]]] = {
    "dashboard": (),
    "series": ("2",),
    "compare": ("r", "space", "space", "c"),
    "samples": ("3",),
    "events": ("4",),
    "log": ("5",),
    "config": ("6",),
    "hardware": ("7",),
    "network": ("8",),
    "runs": ("r",),
    "help": ("1", "?"),
    "control": ("?", "C"),
}
LIGHT: Final = ("dashboard", "series", "compare", "network")
ASCII: Final = ("dashboard", "network")
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))


@pytest.fixture(autouse=True)
def _at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`NO_COLOR` is what `launch` makes of it."""
    assert home == Path.cwd()
    monkeypatch.delenv("NO_COLOR", raising=False)


@sizes
@pytest.mark.parametrize("mode", MODES)
async def test_every_screen_in_every_mode(
    golden: Golden, monkeypatch: pytest.MonkeyPatch, mode: ColourMode, size: Size
) -> None:
    if mode == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    await compare(golden, Choices(mode=mode), size, mode)


@sizes
@pytest.mark.parametrize("mode", MODES[:3])
async def test_the_charts_on_a_light_ground(golden: Golden, mode: ColourMode, size: Size) -> None:
    await compare(golden, Choices(mode=mode, theme="light"), size, f"light-{mode}", LIGHT)


@sizes
async def test_what_has_curves_in_ascii(golden: Golden, size: Size) -> None:
    await compare(golden, Choices(ascii=True), size, "ascii", ASCII)


def test_every_golden_is_of_a_screen() -> None:
    kinds = {*MODES, *(f"light-{mode}" for mode in MODES[:3])}
    expected = {file_of(name, size, kind) for name in WALK for size in SIZES for kind in kinds}
    expected |= {file_of(name, size, "ascii") for name in ASCII for size in SIZES}
    expected -= {
        file_of(name, size, f"light-{mode}") for name in WALK for size in SIZES for mode in MODES if name not in LIGHT
    }
    assert {f"modes/{path.name}" for path in (SNAPSHOTS / "modes").iterdir()} == expected


def app(choices: Choices) -> MonitorApp:
    """The app on a run with everything, at a moment that never passes."""
    return MonitorApp(write_exhibit(), choices._replace(refresh_seconds=3600, control=True), clock=lambda: NOW)


def file_of(name: str, size: Size, kind: str) -> str:
    """The golden of a screen."""
    return f"modes/{name}-{size[0]}x{size[1]}-{kind}.ansi"


async def compare(
    golden: Golden, choices: Choices, size: Size, kind: str, names: Collection[str] = tuple(WALK)
) -> None:
    """Walks through screens, and compares each with its golden; all that differ are in the message."""
    failures = []
    for name, text in (await walk(app(choices), size, choices.mode, names)).items():
        try:
            golden(file_of(name, size, kind), text)
        except pytest.fail.Exception as failure:
            failures.append(str(failure))
    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)


async def walk(watching: MonitorApp, size: Size, mode: ColourMode, names: Collection[str]) -> dict[str, str]:
    """What a terminal shows of these screens."""
    shown = {}
    async with watching.run_test(size=size) as pilot:
        for name in [name for name in WALK if name in names]:
            await pilot.press(*WALK[name])
            await watching.workers.wait_for_complete()
            await pilot.pause()
            shown[name] = ansi(watching, mode)
    return shown
