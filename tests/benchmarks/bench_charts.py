"""How long charts take: `python tests/benchmarks/bench_charts.py`.

Every figure is CPU time: the median of rounds in which all jobs take turns, so each starts with the caches of the
others, as in the dashboard. The files were just written, so they come from the page cache.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from math import exp
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median

import numpy as np

from kan_monitor.charts.chart import Layer, Mark, columns_of, draw
from kan_monitor.charts.decimate import Envelope, envelope, smooth
from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.charts.records import checksums
from kan_monitor.charts.timeline import CLOCK
from kan_shared.series import NUMPY_FIELDS, Record, SeriesFile, SeriesWriter

WIDTH, HEIGHT = 120, 40
COLUMNS = columns_of(WIDTH)
WEIGHT = 0.9
ROUNDS = 25
LOADS = 5
COUNTS = {"100k": 100_000, "1M": 1_000_000, "10M": 10_000_000}
Job = Callable[[], object]


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in COUNTS}
        for name, path in files.items():
            _write(path, COUNTS[name])
        rows = [row for name, path in files.items() for row in _loads(name, path)]
        jobs = _few(480)
        for name, path in files.items():
            jobs |= _many(name, path)
        rows += [(name, f"{taken:.2f} ms") for name, taken in _medians(jobs).items()]
    for name, figure in rows:
        print(f"{name:<48}{figure:>12}")


def _medians(jobs: dict[str, Job]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            started = time.process_time()
            job()
            taken[name].append(1e3 * (time.process_time() - started))
    return {name: median(times) for name, times in taken.items()}


def _few(count: int) -> dict[str, Job]:
    """A first chart, from lists and without numpy."""
    noise = Random(0)
    values = [(0.9 + 7 * exp(-5 * step / count)) * noise.lognormvariate(0, 0.12) for step in range(count)]

    def decimate(chosen: list[float]) -> Envelope:
        return envelope(range(count), chosen, start=0, stop=count, columns=COLUMNS)

    return {
        f"{count} points: envelope, plain Python": lambda: decimate(values),
        f"{count} points: envelope of the average": lambda: decimate(smooth(values, WEIGHT)),
        f"{count} points: draw {WIDTH}×{HEIGHT}, 3 layers": _draw(decimate(values), decimate(smooth(values, WEIGHT))),
    }


def _many(name: str, path: Path) -> dict[str, Job]:
    """A chart of a long series, and what a new look at its file costs."""
    file = SeriesFile(path)
    file.refresh()
    pyramid = Pyramid(file)
    pyramid.extend()
    window = {"start": 0, "stop": COUNTS[name], "columns": COLUMNS}
    by_time = {"start": 1.7e9, "stop": 1.7e9 + 0.0123 * COUNTS[name], "columns": COLUMNS}
    raw, smoothed = pyramid.envelope(**window), pyramid.envelope(**window, smoothing=WEIGHT)
    new = [Record(COUNTS[name] + at, 0.0, 1.0, 0) for at in range(10)]
    writer = SeriesWriter(path)

    def append() -> None:
        writer.append(new)
        file.refresh()

    return {
        f"{name} points: query": lambda: pyramid.envelope(**window),
        f"{name} points: query of the average": lambda: pyramid.envelope(**window, smoothing=WEIGHT),
        f"{name} points: query by the time of day": lambda: pyramid.envelope(**by_time, timeline=CLOCK),
        f"{name} points: read at a crosshair": lambda: pyramid.beside(COUNTS[name] / 3, smoothing=WEIGHT),
        f"{name} points: draw {WIDTH}×{HEIGHT}, 3 layers": _draw(raw, smoothed),
        f"{name} points: (10 records are appended)": append,
        f"{name} points: extend by 10 records": pyramid.extend,
        f"{name} points: average of 10 more": lambda: pyramid.prepare(WEIGHT),
    }


def _draw(raw: Envelope, smoothed: Envelope) -> Job:
    layers = [
        Layer(raw, "train", "band", faint=True),
        Layer(smoothed, "train", "mean"),
        Layer(smoothed, "validation", "line"),
    ]
    marks = [Mark(step, "▲", "label") for step in (20, 40, 60)]
    return lambda: draw(layers, width=WIDTH, height=HEIGHT, start=0, stop=100, log=True, marks=marks)


def _loads(name: str, path: Path) -> list[tuple[str, str]]:
    """CPU time and anonymous memory of taking a file in, each time in a process of its own."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        loads = [pool.apply(_load, (path,)) for _ in range(LOADS)]
    cpu, cpu_average, megabytes = (median(column) for column in zip(*loads, strict=True))
    return [
        (f"{name} points: load", f"{1e3 * cpu:.0f} ms"),
        (f"{name} points: average of a new weight", f"{1e3 * cpu_average:.0f} ms"),
        (f"{name} points: memory of both", f"{megabytes:.1f} MB"),
    ]


def _load(path: Path) -> tuple[float, float, float]:
    warm = _pyramid(path)
    warm.extend(limit=100_000)
    warm.prepare(WEIGHT)
    del warm
    before, started = _anonymous_bytes(), time.process_time()
    pyramid = _pyramid(path)
    pyramid.extend()
    loaded = time.process_time()
    pyramid.prepare(WEIGHT)
    return loaded - started, time.process_time() - loaded, (_anonymous_bytes() - before) / 1e6


def _pyramid(path: Path) -> Pyramid:
    file = SeriesFile(path)
    file.refresh()
    return Pyramid(file)


def _anonymous_bytes() -> int:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon")]
    return 1024 * int(line.split()[1])


def _write(path: Path, count: int) -> None:
    noise = np.random.default_rng(0)
    with path.open("wb") as file:
        for first in range(0, count, 1 << 18):
            steps = np.arange(first, min(count, first + (1 << 18)))
            records = np.zeros(len(steps), NUMPY_FIELDS)
            records["step"], records["seconds"] = steps, 1.7e9 + 0.0123 * steps
            mean = 0.9 + 7 * np.exp(-5 * steps / count)
            records["value"] = (mean * noise.lognormal(0, 0.12, len(steps))).astype(np.float32)
            records["checksum"] = checksums(records.tobytes())
            file.write(records.tobytes())


if __name__ == "__main__":
    main()
