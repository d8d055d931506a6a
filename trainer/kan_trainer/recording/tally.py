"""What a run amounts to so far: takes in what was logged, gives the state. No clock, no file, no thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from math import inf, isfinite, nan
from typing import Final

import msgspec

from kan_shared.numbers import from_wire, to_wire
from kan_shared.series import Record
from kan_shared.state import MAX_ANSWERS, MAX_METRICS, Answer, Goal, Loss, Metric, RateUnit, State, Status, Telemetry
from kan_trainer.recording.entries import clean_text
from kan_trainer.recording.pace import Pace, Throughput

#: Logged for the hardware's sake; they have series but are no metrics of the run.
SYSTEM_PREFIX: Final = "system/"


class _Summary:
    """The running summary of one series; `Metric` is its frozen form."""

    __slots__ = ("best", "best_step", "count", "first", "pick", "seconds", "step", "value", "worst")

    def __init__(self, goal: Goal, metric: Metric | None = None) -> None:
        self.pick: Callable[[Sequence[float]], float] = max if goal == "maximize" else min
        self.worst = -inf if goal == "maximize" else inf
        self.count = metric.count if metric else 0
        self.first = from_wire(metric.first) if metric else nan
        self.best = metric.best if metric else None
        self.best_step = metric.best_step if metric else None
        self.step, self.seconds, self.value = 0, 0.0, nan
        if metric:
            self.step, self.seconds, self.value = metric.step, metric.seconds, from_wire(metric.value)

    def extend(self, records: Sequence[Record]) -> None:
        if not self.count:
            self.first = records[0][2]
        self.count += len(records)
        self.step, self.seconds, self.value, _ = records[-1]
        values = [record[2] for record in records]
        if not isfinite(sum(values)):
            values = [value if isfinite(value) else self.worst for value in values]
        best = self.pick(values)
        if best != self.worst and (self.best is None or self.pick((self.best, best)) != self.best):
            self.best, self.best_step = best, records[values.index(best)][0]

    def frozen(self) -> Metric:
        return Metric(
            step=self.step,
            value=to_wire(self.value),
            seconds=self.seconds,
            count=self.count,
            first=to_wire(self.first),
            best=self.best,
            best_step=self.best_step,
        )


class Tally:
    """The figures of one run, from the state it begins with: a new one, or that of the run that is resumed."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._summaries = {name: _Summary(self._goal(name), metric) for name, metric in state.metrics.items()}
        self._began = time.monotonic()
        self._paused_at: float | None = None
        self._pace, self._throughput = Pace(), Throughput()
        self.revision = state.revision
        self._last_step_seconds: float | None = None
        self.step, self.epoch = state.step, state.epoch
        self.samples, self.events = state.samples, state.events
        self.telemetry = state.telemetry
        self.lost, self.lost_reason = 0, ""
        self._answers: tuple[Answer, ...] = ()

    def step_done(self, step: int, seconds: float, epoch: int | None, amount: float | None, unit: RateUnit) -> None:
        """Takes in that the loop logged `step`, having processed `amount` units in it."""
        if amount is not None:
            self._throughput.count(amount, unit)
        elif step != self.step:
            self._throughput.count(1, "steps")
        self.step, self._last_step_seconds = step, seconds
        if epoch is not None:
            self.epoch = epoch
        self.revision += 1

    def extend(self, name: str, records: Sequence[Record]) -> None:
        """Takes in one or more records of the series `name`."""
        summary = self._summaries.get(name)
        if summary is None:
            if name.startswith(SYSTEM_PREFIX) or len(self._summaries) >= MAX_METRICS:
                return
            summary = self._summaries[name] = _Summary(self._goal(name))
        summary.extend(records)

    def batch_done(self) -> None:
        """Measures the pace once for all the steps that were taken in since the last time."""
        if self.step is not None and self._last_step_seconds is not None:
            self._pace.advance(self.step, self._last_step_seconds)
            self._throughput.mark(self._last_step_seconds)

    def happened(self, *, samples: int = 0, events: int = 0) -> None:
        """Counts samples and events."""
        self.samples += samples
        self.events += events
        self.revision += 1

    def answer(self, answer: Answer) -> None:
        """Takes in what became of a request, in place of what had become of it before."""
        others = (kept for kept in self._answers if kept.id != answer.id)
        self._answers = (*others, answer)[-MAX_ANSWERS:]
        self.revision += 1

    def lose(self, records: int, reason: str) -> None:
        """Counts records that could not be written."""
        self.lost, self.lost_reason = self.lost + records, clean_text(reason, 200)

    def pause(self) -> None:
        """Stops the clock."""
        self._paused_at = time.monotonic()

    def unpause(self) -> None:
        """Lets the clock go on; the pause counts neither as training time nor as part of a step."""
        if self._paused_at is not None:
            pause = time.monotonic() - self._paused_at
            self._began += pause
            if self._last_step_seconds is not None:
                self._last_step_seconds += pause
            self._pace.skip(pause)
            self._throughput.restart()
            self._paused_at = None

    def state(self, status: Status, now: float, *, message: str | None = None) -> State:
        """The state at unix time `now`."""
        if (status, message) != (self._state.status, self._state.message):
            self.revision += 1
        clock = time.monotonic() if self._paused_at is None else self._paused_at
        ended = status in ("complete", "stopped", "error")
        self._state = msgspec.structs.replace(self._state, status=status, message=message)
        return msgspec.structs.replace(
            self._state,
            revision=self.revision,
            heartbeat_seconds=now,
            ended_seconds=now if ended else None,
            elapsed_seconds=self._state.elapsed_seconds + clock - self._began,
            last_step_seconds=self._last_step_seconds,
            longest_gap_seconds=self._pace.longest_gap_seconds,
            seconds_per_step=self._pace.seconds_per_step,
            step=self.step,
            epoch=self.epoch,
            rate=self._throughput.rate,
            metrics={name: summary.frozen() for name, summary in self._summaries.items()},
            samples=self.samples,
            events=self.events,
            telemetry=self.telemetry,
            lost=Loss(records=self.lost, reason=self.lost_reason) if self.lost else None,
            answers=self._answers,
        )

    def _goal(self, name: str) -> Goal:
        return self._state.goals.get(name, "minimize")


def telemetry_values(telemetry: Telemetry) -> Iterable[tuple[str, float]]:
    """The figures of `telemetry` that have a series of their own."""
    for gpu in telemetry.gpus:
        prefix = f"{SYSTEM_PREFIX}gpu{gpu.index}"
        yield from _known(f"{prefix}/utilization_percent", gpu.utilization_percent)
        yield from _known(f"{prefix}/memory_bytes", gpu.memory_used_bytes)
        yield from _known(f"{prefix}/temperature_celsius", gpu.temperature_celsius)
        yield from _known(f"{prefix}/power_watts", gpu.power_watts)
    host, prefix = telemetry.host, f"{SYSTEM_PREFIX}host"
    yield from _known(f"{prefix}/cpu_percent", host.cpu_percent)
    yield from _known(f"{prefix}/memory_bytes", host.memory_used_bytes)
    yield from _known(f"{prefix}/disk_read_bytes_per_second", host.disk_read_bytes_per_second)
    yield from _known(f"{prefix}/disk_write_bytes_per_second", host.disk_write_bytes_per_second)
    yield from _known(f"{prefix}/network_received_bytes_per_second", host.network_received_bytes_per_second)
    yield from _known(f"{prefix}/network_sent_bytes_per_second", host.network_sent_bytes_per_second)


def _known(name: str, value: float | None) -> Iterable[tuple[str, float]]:
    if value is not None:
        yield name, float(value)
