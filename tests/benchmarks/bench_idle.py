"""The processor time of watching: the dashboard on a run that logs 20 steps a second, against two other Textual apps.

One has eight panels that fill the screen, each given another constant text of the same size twice a second: what
Textual needs to redraw these cells. The other replays frames of the same run, recorded beforehand, and knows which of
the cells change: the least that there is. All run at the same time, each at a terminal of its own, so that what
disturbs one disturbs the others; user and system time of the whole process by the kernel's clock. Bytes: what goes to
the terminal, over ssh for instance; of a run that has ended or is paused nothing should, although the producer of the
latter lives on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from harness import Row, Target, ratio_of_rounds, spread
from runs import live_run
from terminal import Terminal, cpu_seconds, dashboard_shown, monitor, program

SETTLE_SECONDS: Final = 3.0
WINDOWS: Final = 6
WINDOW_SECONDS: Final = 3.0
#: The terminals are read in turn, this long each.
TURN_SECONDS: Final = 0.05
STILL_RUNS: Final[dict[str, Callable[[Path], AbstractContextManager[Path]]]] = {
    "ended": lambda place: live_run(place, then="complete"),
    "paused": lambda place: live_run(place, then="pause"),
    "waiting": lambda place: live_run(place, pace=0),
}


class Load(NamedTuple):
    """Of one app in one window: the share of a core, and bytes written a second."""

    share: float
    bytes_per_second: float


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    with (
        live_run(place / "idle", pace=20) as run,
        Terminal(monitor(run)) as watching,
        Terminal(program("panels_app")) as panels,
        Terminal(program("empty_app")) as empty,
        Terminal(program("replay_app", run)) as replay,
    ):
        watching.read_until(dashboard_shown)
        replay.read_until(dashboard_shown)
        apps = [watching, panels, empty, replay]
        _read_in_turn(apps, SETTLE_SECONDS)
        windows = [_loads(apps) for _ in range(WINDOWS)]
    own, static, nothing, constant = ([window[index] for window in windows] for index in range(4))
    return [
        *_rows("kan-monitor, live run", own, static, Target(bound=2, of="ratio"), Target(bound=5000)),
        *_rows("eight panels from constants, twice a second", static, static),
        *_rows("the cells that change, and no others, from constants", constant, static),
        *_rows("empty Textual app", nothing, static),
        *(_quiet(name, still(place / name)) for name, still in STILL_RUNS.items()),
    ]


def _quiet(name: str, run: AbstractContextManager[Path]) -> Row:
    """What is written of a run in which nothing changes."""
    with run as directory, Terminal(monitor(directory)) as terminal:
        terminal.read_until(dashboard_shown)
        if name == "paused":
            terminal.write(b"\t\r")  # the loss alone: the load of the machine, which goes on, may change
        terminal.read_for(SETTLE_SECONDS)
        rates = [terminal.read_for(WINDOW_SECONDS) / WINDOW_SECONDS for _ in range(2)]
    note = "" if any(rates) else "not one in six seconds"
    # Of a step that takes long at least the clock goes on.
    target = Target(bound=5000 if name == "waiting" else 0)
    return Row(name=f"{name} run", measured=max(rates), unit="bytes/s", target=target, note=note)


def _loads(apps: list[Terminal]) -> list[Load]:
    before = [(cpu_seconds(app.pid), len(app.output)) for app in apps]
    began = time.perf_counter()
    _read_in_turn(apps, WINDOW_SECONDS)
    span = time.perf_counter() - began
    return [
        Load((cpu_seconds(app.pid) - cpu) / span, (len(app.output) - written) / span)
        for app, (cpu, written) in zip(apps, before, strict=True)
    ]


def _read_in_turn(apps: list[Terminal], seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for app in apps:
            app.read_for(TURN_SECONDS / len(apps))


def _rows(
    name: str,
    loads: list[Load],
    reference: list[Load],
    target: Target | None = None,
    byte_target: Target | None = None,
) -> list[Row]:
    shares = [load.share for load in loads]
    ratio = ratio_of_rounds(shares, [load.share for load in reference])
    written = median(load.bytes_per_second for load in loads)
    return [
        Row(
            name=name,
            measured=median(shares) * 100,
            unit="% of a core",
            ratio=ratio,
            target=target,
            note=spread(shares, 100),
        ),
        Row(name="  written to the terminal", measured=written, unit="bytes/s", target=byte_target),
    ]
