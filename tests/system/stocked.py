"""A folder of ended runs with something of everything, so that every key has something to do."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.monitor.making import NOW, Run, event, series_of, summaries
from tests.monitor.networks import wide
from tests.monitor.source import source_run

from kan_shared.experiment import Experiment
from kan_shared.journal import Sample

LONG: Final = "as long as it takes to be cut at the edge of the screen, " * 4 + "and this is where it ends"
RUNS: Final = 16


def stock(root: Path) -> Path:
    """Writes the runs; the newest of them, with all that a run can have, is the one to be watched."""
    some = source_run()
    for number in range(RUNS - 1):
        changes = {"run_id": str(number), "name": f"run-{number:02}", "status": "complete", "ended_seconds": NOW}
        Run(state=some.but(**changes).state, samples=some.samples).write(root / f"run-{number:02}")
        # Half of it is as in the run that is watched.
        config = "".join(f"value {value:03}: {'x' if value < 100 else number}\n" for value in range(200))
        Experiment(root / f"run-{number:02}").config.write_text(config)
    rich = root / "rich"
    _write_rich(rich)
    for age, directory in enumerate([rich, *(root / f"run-{number:02}" for number in range(RUNS - 1))]):
        os.utime(Experiment(directory).state, (NOW - age, NOW - age))
    return rich


def _write_rich(directory: Path) -> None:
    run = source_run()
    series = {f"layer/{number:02}": series_of(lambda step: 1 + step % 50, range(10, 2401, 10)) for number in range(44)}
    # The one whose value says which step it is.
    all_series = {**run.series, **series, "at": series_of(float, range(1, 2401))}
    events = [event("checkpoint", f"event {number}", ago=500 - number, step=10 * number) for number in range(1, 121)]
    events[-3] = event("checkpoint", f"event 118 {LONG}", ago=382, step=1180)
    long_text = "\n".join(f"row {number}" for number in range(100))
    samples = [
        Sample(seconds=NOW, step=50 * number, input=f"question {number}", target="a b", generated="a c", match=0.5)
        for number in range(1, 41)
    ]
    samples.append(Sample(seconds=NOW, step=2400, input="long", target=long_text, generated=long_text, match=1.0))
    ended = run.but(name="rich", status="complete", total_steps=2400, ended_seconds=NOW, metrics=summaries(all_series))
    replace(ended, series=all_series, events=events, samples=samples, network=wide()).write(directory)
    experiment = Experiment(directory)
    experiment.log.write_text("".join(f"line {number}\n" for number in range(300)) + LONG + "\n")
    experiment.config.write_text(f"note: {LONG}\n" + "".join(f"value {number:03}: x\n" for number in range(200)))
