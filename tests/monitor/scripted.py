"""Runs that are played step by step into an experiment directory, and looked at as they go: what their alerts are."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kan_monitor.alerts import Alert, AlertBook
from kan_monitor.sources.experiment import ExperimentSource
from kan_shared.experiment import Experiment
from kan_shared.series import Record, SeriesWriter
from kan_shared.state import State
from kan_shared.store import write_state

from .making import HERE, NOW, summary

Curve = Callable[[int, random.Random], float]


def healthy_loss(noise: float, decay: float = 400.0, floor: float = 0.2) -> Curve:
    """A loss that decays, with a scatter in proportion to it."""
    return lambda step, dice: (floor + 4 * math.exp(-step / decay)) * math.exp(dice.gauss(0, noise))


def steps_with_validation(seconds: float = 0.1, every: int = 100, pause: float = 5.0) -> Curve:
    """Steps of about that length, and a pause at every so many."""
    return lambda step, dice: seconds * math.exp(dice.gauss(0, 0.2)) + (pause if step % every == 0 else 0.0)


def from_step(step: int, then: Curve, before: Curve | None = None) -> Curve:
    """A curve that becomes another one from that step on."""
    before = before or healthy_loss(0.2)
    return lambda at, dice: then(at, dice) if at >= step else before(at, dice)  # type: ignore[misc]


def at_step(step: int, value: float, curve: Curve | None = None) -> Curve:
    """A curve that is something else at one step."""
    curve = curve or healthy_loss(0.2)
    return lambda at, dice: value if at == step else curve(at, dice)  # type: ignore[misc]


def said(alert: Alert) -> str:
    return f"{alert.finding.verdict}: {alert.finding.evidence}"


@dataclass
class Scripted:
    """A run in `place`: what its series are, and how long its steps take."""

    place: Path
    loss: Curve = healthy_loss(0.2)  # noqa: RUF009  # a function
    seconds: Curve = steps_with_validation()  # noqa: RUF009
    other: dict[str, Curve] = field(default_factory=dict)
    seed: int = 1
    state: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.experiment = Experiment(self.place)
        self.experiment.history.mkdir(parents=True)
        self.dice = random.Random(self.seed)
        self.step, self.segment, self.now = 0, 0, NOW
        self.records: dict[str, list[Record]] = {}
        self.source, self.book = ExperimentSource(self.place), AlertBook()

    def play(self, steps: int) -> None:
        """Goes on by so many steps."""
        fresh: dict[str, list[Record]] = {}
        curves = {"train/loss": self.loss, **self.other}
        for _ in range(steps):
            self.step += 1
            self.now += self.seconds(self.step, self.dice)
            for name, curve in curves.items():
                fresh.setdefault(name, []).append(
                    Record(self.step, self.now, curve(self.step, self.dice), self.segment)
                )
        for name, records in fresh.items():
            self.append(name, records)
        self.write()

    def append(self, name: str, records: Iterable[Record]) -> None:
        """Puts records behind those of a series."""
        writer = SeriesWriter(self.experiment.series(name))
        writer.append(records)
        writer.close()
        self.records.setdefault(name, []).extend(records)

    def write(self, **changes: Any) -> None:
        """Writes the state."""
        self.state.update(changes)
        state = State(
            run_id="scripted",
            name="scripted",
            status="running",
            producer=HERE,
            revision=self.step,
            segment=self.segment,
            started_seconds=NOW,
            heartbeat_seconds=self.now,
            elapsed_seconds=self.now - NOW,
            last_step_seconds=self.now,
            longest_gap_seconds=10.0,
            seconds_per_step=(self.now - NOW) / max(1, self.step),
            step=self.step,
            total_steps=100_000,
            metrics={name: summary(records) for name, records in self.records.items() if "system/" not in name},
        )
        write_state(self.experiment.state, msgspec.structs.replace(state, **self.state))

    def look(self, later: float = 0.0) -> dict[str, Alert]:
        """What is wrong now, by the keys of the alerts."""
        now = self.now + later
        return {alert.key: alert for alert in self.book.look(self.source.poll(now), now)}

    def look_anew(self) -> dict[str, Alert]:
        """What a monitor finds that has not looked before."""
        alerts = AlertBook().look(ExperimentSource(self.place).poll(self.now), self.now)
        return {alert.key: alert for alert in alerts}
