"""A folder of runs in which every screen of the app has something to show, and what a terminal shows of a screen."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.color import ColorSystem
from textual.app import App
from textual.strip import Strip

from kan_monitor.app.changed_cells import Pen, _cells
from kan_monitor.colour import ColourMode
from kan_shared.experiment import Experiment

from .hardware_cases import h100, machine_with, on
from .looking import PLACE
from .making import GONE, NOW, Run, ending, falling, series_of, summaries
from .networks import network
from .source import source_run

CONFIG = """\
# what the run was started with
model:
  name: Qwen2.5-Coder-0.5B
  quantization: nf4
adapter:
  rank: 16
  alpha: 32
  targets: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, embed_tokens, lm_head]
training:
  learning_rate: 1.186e-3
  warm_up_steps: 240
  total_steps: 4500
  batch_size: 8
  seed: 7
"""
_SYSTEMS: Final[Mapping[ColourMode, ColorSystem]] = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
    "none": ColorSystem.STANDARD,
}
#: The runs beside the one that is watched: where their losses and their steps end, the learning rate, how long ago.
_NEIGHBOURS: Final = {
    "qwen-rust-tests-06": (2.02, 4500, "4e-4", 2 * 3600),
    "qwen-rust-tests-05": (1.9, 1340, "2e-3", 5 * 3600),
    "qwen-rust-tests-04": (2.4, 900, "1e-2", 26 * 3600),
}
_ENDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "qwen-rust-tests-06": {"status": "complete", "elapsed_seconds": 765.0},
    "qwen-rust-tests-05": {"producer": GONE},
    "qwen-rust-tests-04": {"status": "stopped", "message": "interrupted by SIGTERM"},
}


def write_exhibit() -> Path:
    """Writes a run with everything, which allows control, and three beside it; the place of the first."""
    _watched().write(PLACE)
    Experiment(PLACE).control.mkdir(mode=0o700)
    write_texts()
    for name, run, rate in _neighbours():
        run.write(PLACE.with_name(name))
        config = CONFIG.replace("1.186e-3", rate).replace("rank: 16", "rank: 8")
        Experiment(PLACE.with_name(name)).config.write_text(config)
    for age, place in enumerate(sorted(PLACE.parent.iterdir(), reverse=True)):
        os.utime(Experiment(place).state, (NOW - age, NOW - age))
    return PLACE


def write_texts() -> None:
    """The log and the configuration of the run."""
    lines = ["INFO qwen-rust-tests-07: 4 500 steps of qlora on gpu-box"]
    for step in range(100, 2401, 100):
        lines.append(f"INFO step {step} of 4500: train/loss {6.9 - step / 520:.3f}, 1 420 tok/s")
        if step % 500 == 0:
            lines.append(f"INFO checkpoint step-{step} in {PLACE}/checkpoints, 84.2 MB in 0.31 s")
    lines.insert(17, "WARNING loss spike at step 1481: 5.31 is 2.6 times its mean over the last 100 steps")
    Experiment(PLACE).log.write_text("\n".join(lines) + "\n")
    Experiment(PLACE).config.write_text(CONFIG)


def _watched() -> Run:
    """The source's run on a card that is warm; its hardware recorded over its last steps."""
    run = on(machine_with(h100(0, temperature_celsius=85, throttle_reasons=("power cap",))))
    series = {
        name: [record._replace(step=1200 + 10 * record.step) for record in records] if "system/" in name else records
        for name, records in run.series.items()
    }
    return replace(run, series=series, network=network()).but(allows_control=True)


def _neighbours() -> Iterator[tuple[str, Run, str]]:
    """Names, runs and learning rates."""
    for name, (floor, steps, rate, age) in _NEIGHBOURS.items():
        loss = series_of(falling(6.9, floor, 880, noise=0.16, seed=steps), range(1, steps + 1))
        validation = series_of(falling(7.5, floor + 0.3, 880, seed=steps), range(100, steps + 1, 100))
        series = {"train/loss": ending(loss, floor * 1.1), "validation/loss": validation}
        times = dict.fromkeys(("heartbeat_seconds", "last_step_seconds"), NOW - age)
        ended = {"rate": None} if "producer" in _ENDS[name] else {"rate": None, "ended_seconds": NOW - age}
        changes = {"run_id": name, "name": name, "step": steps, "metrics": summaries(series), **times, **ended}
        run = replace(source_run(), series=series, events=(), samples=())
        yield name, run.but(**changes, **_ENDS[name]), rate


def ansi(app: App[None], mode: ColourMode) -> str:
    """The screen as a terminal gets it: every row with the fewest sequences that colour it, and on its own."""
    return "\n".join(_row(strip, mode) for strip in app.screen._compositor.render_strips())


def _row(strip: Strip, mode: ColourMode) -> str:
    pen = Pen(_SYSTEMS[mode])
    return "".join(pen.turn_to(style) + glyph for glyph, style in _cells(strip)) + pen.lift()
