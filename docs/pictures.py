"""Makes the pictures in this folder: trains four small networks, and draws the app's own screens of two of them.

`python docs/pictures.py FOLDER`; what is trained under FOLDER already is not trained again.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.app.panel import Panel
from kan_monitor.exporting.frame_svg import frame_svg
from kan_monitor.ink import Line
from kan_monitor.palette import styles
from kan_shared.experiment import Experiment
from kan_shared.state import State
from kan_shared.store import StateReader
from kan_trainer import kan
from kan_trainer.kan import plots

HERE: Final = Path(__file__).parent.absolute()
WIDTH: Final = 120
DIGITS: Final = (
    *("classify", "--dataset", "digits", "--batch-size", "8", "--epochs", "60", "--checkpoint-every", "2000"),
    *("--update-grid-every", "500"),
)
RUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "digits-64": (*DIGITS, "--hidden", "64", "--learning-rate", "0.002"),
    "digits-256-slow": (*DIGITS, "--hidden", "256,256", "--learning-rate", "0.00005"),
    "digits-256": (*DIGITS, "--hidden", "256,256", "--learning-rate", "0.0005"),
    "exponential": (
        *("regress", "--function", "exponential", "--hidden", "5", "--epochs", "5000", "--update-grid-every", "1000"),
    ),
}
#: Which of them are watched while they train, from which step on, and the pictures of each: how high they are, and the
#: keys that lead to each from the one before.
WALKS: Final[Mapping[str, tuple[int, Mapping[str, tuple[int, tuple[str, ...]]]]]] = {
    "digits-256": (
        7300,
        {
            "dashboard": (34, ()),
            "series": (34, ("2",)),
            "compare": (34, ("r", "space", "space", "space", "c", "m")),
            "samples": (18, ("3", "home")),
        },
    ),
    "exponential": (50000, {"kan": (30, ("8",))}),
}


def main(folder: Path) -> None:
    """Trains what is not there yet, and draws."""
    os.chdir(folder)
    for name in RUNS:
        run = Path("experiments", name)
        training = train(run)
        if name in WALKS:
            step, pictures = WALKS[name]
            wait_for_step(run, step)
            asyncio.run(draw(run, pictures))
        training.wait()
    draw_network()


def train(run: Path) -> subprocess.Popen[bytes]:
    """Starts a training, unless that is there already."""
    options = ("-m", "kan_trainer", *RUNS[run.name], "--output", str(run), "--headless")
    return subprocess.Popen([sys.executable, *(("-c", "") if run.exists() else options)], stdout=subprocess.DEVNULL)


def wait_for_step(run: Path, step: int) -> None:
    """Waits until a training has come so far."""
    reader = StateReader(Experiment(run).state)
    state: State | None = None
    while state is None or (state.step or 0) < step:
        time.sleep(0.1)
        reader.poll()
        state = reader.state


async def draw(run: Path, pictures: Mapping[str, tuple[int, tuple[str, ...]]]) -> None:
    """Writes the pictures of a run beside this file."""
    app = MonitorApp(run, Choices(refresh_seconds=3600))
    async with app.run_test() as pilot:
        for name, (height, keys) in pictures.items():
            await pilot.resize_terminal(WIDTH, height)
            await pilot.press(*keys)
            await app.workers.wait_for_complete()
            await pilot.pause()
            (HERE / f"{name}.svg").write_text(frame_svg(lines_of(app), styles("truecolor")), encoding="utf-8")


def draw_network() -> None:
    """Writes `network.svg`: the network of the last run, as it came to be."""
    network = kan.load("experiments/exponential/checkpoints/best")
    x = torch.rand(1000, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
    (HERE / "network.svg").write_text(plots.svg(network, x, names=["x₁", "x₂"], output_names=["y"]), "utf-8")


def lines_of(app: MonitorApp) -> list[Line]:
    """The lines of all panels on the screen, each where it stands."""
    panels = sorted(app.screen.query(Panel), key=lambda panel: panel.region.offset)
    rows = range(app.size.height)
    return [[span for panel in panels for span in _row(panel, y - panel.region.y)] for y in rows]


def _row(panel: Panel, y: int) -> Line:
    return panel.lines[y] if 0 <= y < panel.region.height else []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
