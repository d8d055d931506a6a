"""Runs that lie beside each other, to be listed and compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .making import ending, falling, series_of, summaries
from .source import source_run

ROOT = Path("experiments")


def make(name: str, *, floor: float, steps: int = 400, end: float | None = None, config: str = "", **changes) -> Path:
    """A run whose loss falls to `floor`."""
    loss = series_of(falling(3.0, floor, steps / 6, noise=0.1, seed=steps), range(1, steps + 1))
    series = {
        "train/loss": loss if end is None else ending(loss, end),
        "accuracy": series_of(lambda s: s / 900, [1, steps]),
    }
    goals = {"accuracy": "maximize"}
    run = replace(source_run(), series=series).but(goals=goals, metrics=summaries(series, goals), step=steps, **changes)
    run.write(ROOT / name)
    if config:
        (ROOT / name / "config.yaml").write_text(config)
    return ROOT / name
