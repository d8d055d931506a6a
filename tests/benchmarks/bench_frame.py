"""A frame after one more record, in runs of a thousand to ten million steps.

What the app does at every look: poll the directory, build the view, take in what is new of the two curves, draw all
panels at 120 × 34 cells. Processor time of one thread; the record and the state are written outside of it. In turn,
medians of the rounds; a ratio is that of the rounds' own, by the shortest run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from harness import Row, Target, interleaved, ratio_of_rounds, spread
from runs import ended_state, write_records

from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.curves import Curves
from kan_monitor.frame import FrameOptions, draw_frame
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.view import ViewOptions, build
from kan_shared.experiment import Experiment
from kan_shared.series import Record, SeriesWriter
from kan_shared.state import State
from kan_shared.store import write_state

ROUNDS: Final = 60
LENGTHS: Final = {"1,000": 10**3, "4,000": 4000, "100,000": 10**5, "10 million": 10**7}
SERIES: Final = ("train/loss", "validation/loss")


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    found = interleaved({name: _frames(place / name, steps) for name, steps in LENGTHS.items()}, rounds=ROUNDS, warm=5)
    shortest = found["1,000"]
    return [
        Row(
            name=f"a frame at {name} steps",
            measured=median(taken) * 1e3,
            unit="ms of CPU",
            ratio=ratio_of_rounds(taken, shortest),
            target=None if taken is shortest else Target(bound=2, of="ratio"),
            note=spread(taken, 1e3),
        )
        for name, taken in found.items()
    ]


def _frames(directory: Path, steps: int) -> Callable[[], float]:
    """Draws one frame more at every call; the seconds that it took."""
    experiment = Experiment(directory)
    experiment.history.mkdir(parents=True)
    for seed, name in enumerate(SERIES):
        with open(experiment.series(name), "wb") as file:
            write_records(file, steps, 1, seed=seed)
    writers = [SeriesWriter(experiment.series(name)) for name in SERIES]
    state: State = ended_state(experiment, SERIES)
    source = ExperimentSource(directory)
    curves = Curves(source)
    curves.refresh([*SERIES])
    for curve in curves.wanting_pyramids():
        file = curve.new_file()
        file.refresh()
        pyramid = Pyramid(file)
        pyramid.extend()
        pyramid.prepare(FrameOptions().chart.smoothing)
        curve.adopt(pyramid, file)
    step = steps

    def frame() -> float:
        nonlocal step
        step += 1
        for writer in writers:
            writer.append([Record(step, time.time(), 1 / step, 0)])
        write_state(experiment.state, msgspec.structs.replace(state, revision=step, step=step, total_steps=10 * steps))
        began, now = time.thread_time(), time.time()
        dashboard = build(source.poll(now), ViewOptions(), now=now)
        curves.refresh([*SERIES])
        lines = draw_frame(dashboard, curves, FrameOptions(), 120, 34)
        taken = time.thread_time() - began
        assert len(lines) == 34
        return taken

    return frame
