"""What runs to look at are made of: a run as data, series with a shape, GPUs, events.

Each is written by the contract's own writers, at clock values that never change.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalWriter, Sample
from kan_shared.network import Network, encode_network
from kan_shared.numbers import to_wire
from kan_shared.series import Record, SeriesWriter
from kan_shared.state import Goal, Gpu, Host, Metric, Producer, State, Telemetry
from kan_shared.store import replace_file, write_state

GIB: Final = 2**30
NOW: Final = datetime(2025, 6, 1, 13, 53, 32, tzinfo=UTC).timestamp()
#: The machine that the monitor stands on is `gpu-box`, in its present boot: see the fixture `machine`.
HERE: Final = Producer(pid=4242, host="gpu-box", boot_id="this boot", process_start="alive")
GONE: Final = msgspec.structs.replace(HERE, process_start="gone")
ELSEWHERE: Final = Producer(pid=17, host="far-box", boot_id="another boot")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What lies in an experiment directory."""

    state: State
    series: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    events: Sequence[Event] = ()
    samples: Sequence[Sample] = ()
    network: Network | None = None

    def but(self, **changes: Any) -> Run:
        """The same run with another state: what F §10.2 shows, but paused, say."""
        return replace(self, state=msgspec.structs.replace(self.state, **changes))

    def having(self, *more: Event) -> Run:
        """The same run after some more events."""
        return replace(self, events=sorted([*self.events, *more], key=lambda event: event.seconds))

    def write(self, directory: Path) -> None:
        """Puts the run into `directory`, the state last, as a producer does."""
        experiment = Experiment(directory)
        experiment.history.mkdir(parents=True, exist_ok=True)
        for name, records in self.series.items():
            experiment.series(name).unlink(missing_ok=True)
            writer = SeriesWriter(experiment.series(name))
            writer.append(records)
            writer.close()
        for path, entries in ((experiment.events, self.events), (experiment.samples, self.samples)):
            path.unlink(missing_ok=True)
            write_journal(path, entries)
        experiment.network.unlink(missing_ok=True)
        if self.network is not None:
            replace_file(experiment.network, encode_network(self.network))
        counts = {"events": len(self.events), "samples": len(self.samples)}
        write_state(experiment.state, msgspec.structs.replace(self.state, **counts))


def write_journal(path: Path, entries: Iterable[Event | Sample]) -> None:
    """Appends entries to a journal."""
    journal = JournalWriter(path)
    for entry in entries:
        journal.append(entry)
    journal.close()


def summary(records: Sequence[Record], goal: Goal = "minimize") -> Metric:
    """What the state says of a series."""
    last, choose = records[-1], min if goal == "minimize" else max
    finite = [record for record in records if math.isfinite(record.value)]
    best = choose(finite, key=lambda record: record.value) if finite else None
    return Metric(
        step=last.step,
        value=to_wire(last.value),
        seconds=last.seconds,
        count=len(records),
        first=to_wire(records[0].value),
        best=best.value if best else None,
        best_step=best.step if best else None,
    )


def summaries(series: Mapping[str, Sequence[Record]], goals: Mapping[str, Goal] | None = None) -> dict[str, Metric]:
    """What the state says of all series."""
    return {name: summary(records, (goals or {}).get(name, "minimize")) for name, records in series.items()}


def series_of(curve: Callable[[int], float], steps: Iterable[int], *, segment: int = 0) -> list[Record]:
    """A series with the values of `curve`, a tenth of a second a step, that ends at `NOW`."""
    steps = list(steps)
    return [Record(step, NOW - (steps[-1] - step) * 0.105, curve(step), segment) for step in steps]


def falling(start: float, floor: float, decay: float, *, noise: float = 0.0, seed: int = 7) -> Callable[[int], float]:
    """A loss that falls from `start` to `floor`, with a scatter that is the same every time."""
    dice = random.Random(seed)
    return lambda step: (
        (floor + (start - floor) * math.exp(-step / decay)) * math.exp(noise * (dice.random() - dice.random()))
    )


def warmed_up_cosine(peak: float, warm_up: int, total: int) -> Callable[[int], float]:
    """A learning rate."""

    def rate(step: int) -> float:
        if step < warm_up:
            return peak * step / warm_up
        return peak * (1 + math.cos(math.pi * (step - warm_up) / (total - warm_up))) / 2

    return rate


def ending(records: Sequence[Record], value: float) -> list[Record]:
    """The series with another last value."""
    return [*records[:-1], records[-1]._replace(value=value)]


def rtx_4090(index: int = 0, **changes: Any) -> Gpu:
    """The card of F §10.2."""
    gpu = Gpu(
        index=index,
        name="NVIDIA GeForce RTX 4090",
        utilization_percent=78,
        memory_used_bytes=round(9.2 * GIB),
        memory_total_bytes=24 * GIB,
        temperature_celsius=67,
        throttle_celsius=83,
        power_watts=285,
        power_limit_watts=450,
    )
    return msgspec.structs.replace(gpu, **changes)


HOST: Final = Host(cpu_percent=34, memory_used_bytes=11 * GIB, memory_total_bytes=64 * GIB)


def machine_with(*gpus: Gpu, problem: str | None = None) -> Telemetry:
    """A machine with these GPUs."""
    return Telemetry(seconds=NOW - 0.3, gpus=gpus, gpu_problem=problem, host=HOST)


def event(kind: str, detail: str = "", *, ago: float = 60, step: int | None = None) -> Event:
    """Something that happened so many seconds before `NOW`."""
    return Event(kind=kind, seconds=NOW - ago, step=step, detail=detail)
