"""How far, how fast, and the figures of training beside the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kan_monitor.charts.decimate import polyline
from kan_monitor.dashboard import Figure, Gauge, NamedFigure, ProgressView
from kan_monitor.sources.experiment import main_series
from kan_monitor.sources.facts import Facts
from kan_monitor.text import count, duration, number, percent, rate
from kan_monitor.thresholds import GRADIENT_NORM, classify
from kan_monitor.view.loss import VALIDATION, loss_figure, metric
from kan_shared.numbers import from_wire
from kan_shared.state import State
from kan_shared.text import safe_line

RATE_UNITS: Final = {"tokens": "tok/s", "samples": "samples/s", "steps": "steps/s"}
#: So many rates the line of the whole run is drawn from.
_RATES_OVER_THE_RUN: Final = 64
_HAVE_A_PLACE: Final = (VALIDATION, "train/loss", "learning_rate", "gradient_norm")


def progress_view(facts: Facts) -> ProgressView:
    """The progress of `facts`."""
    state = facts.state
    fraction = progress_fraction(state)
    learning_rate = metric(state, "learning_rate")
    past, ahead = _over_the_run(facts, fraction)
    return ProgressView(
        epoch=_gauge(state.epoch if state else None, state.total_epochs if state else None, fraction),
        step=_gauge(state.step if state else None, state.total_steps if state else None, fraction),
        learning_rate=loss_figure(learning_rate),
        learning_rate_mark=_direction(facts.learning_rates),
        learning_rates=past,
        learning_rates_ahead=ahead,
        learning_rate_plan=state.learning_rate_plan if state else (),
        gradient_norm=_gradient_norm(state),
        throughput=_throughput(state),
        steps_per_second=_steps_per_second(state),
        epoch_duration=_epoch_duration(state),
        metrics=tuple(_own_metrics(state)) if state else (),
    )


def progress_fraction(state: State | None) -> float | None:
    """How much of the run is done, 0 … 1, by steps; by whole epochs where the steps are not known."""
    if state is None:
        return None
    if state.total_steps:
        return min(1.0, (state.step or 0) / state.total_steps)
    if state.total_epochs and state.epoch is not None:
        done = state.epoch if state.status == "complete" else state.epoch - 1
        return min(1.0, max(0, done) / state.total_epochs)
    return 1.0 if state.status == "complete" else None


def _gauge(done: int | None, whole: int | None, fraction: float | None) -> Gauge:
    """A counter against its total. Epoch and step show the same share of the run, so that they never disagree."""
    share = None if fraction is None or whole is None else 100 * fraction
    return Gauge(
        figure=Figure(value=done, text=count(done)),
        whole=Figure(value=whole, text=count(whole)),
        share=Figure(value=share, text=percent(share, 1), unit="%"),
        fraction=fraction if whole else None,
    )


def _gradient_norm(state: State | None) -> Figure:
    found = metric(state, "gradient_norm")
    if found is None:
        return Figure()
    value = from_wire(found.value)
    severity, word = classify(GRADIENT_NORM, value)
    return Figure(value=value, text=number(value, 3), severity=severity, word=word)


def _throughput(state: State | None) -> Figure:
    found = state.rate if state else None
    if found is None:
        return Figure()
    return Figure(value=found.per_second, text=rate(found.per_second), unit=RATE_UNITS[found.unit])


def _steps_per_second(state: State | None) -> Figure:
    pace = state.seconds_per_step if state else None
    return Figure(value=1 / pace, text=rate(1 / pace), unit="steps/s") if pace else Figure()


def _epoch_duration(state: State | None) -> Figure:
    """What an epoch takes at the run's pace."""
    if state is None or not (state.seconds_per_step and state.total_steps and state.total_epochs):
        return Figure()
    seconds = state.total_steps / state.total_epochs * state.seconds_per_step
    if seconds < 60:
        return Figure(value=seconds, text=number(seconds, 3), unit="s an epoch")
    return Figure(value=seconds, text=duration(seconds), unit="an epoch")


def _direction(values: tuple[float, ...]) -> str:
    """Where the learning rate is going: against the last value that differs by more than a thousandth."""
    if not values:
        return ""
    last = values[-1]
    for value in reversed(values):
        if abs(value - last) > 1e-3 * abs(last):
            return "↓" if value > last else "↑"
    return "→"


def _over_the_run(facts: Facts, fraction: float | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The learning rate so far and as it is planned from here on, both at one distance; only so far without a plan."""
    state, rates = facts.state, facts.learning_rates
    if state is None or not state.total_steps or not state.learning_rate_plan or fraction is None or not rates:
        return rates, ()
    done = max(1, round(fraction * _RATES_OVER_THE_RUN))
    past = tuple(rates[at * (len(rates) - 1) // max(1, done - 1)] for at in range(done))
    plan = polyline(state.learning_rate_plan, start=0, stop=state.total_steps, columns=_RATES_OVER_THE_RUN)
    return past, tuple(rate for rate in plan.mean[done:] if rate is not None)


def _own_metrics(state: State) -> Iterator[NamedFigure]:
    """The other metrics; which value is the best only the run can say, by a goal."""
    main = main_series(state)
    for name, found in state.metrics.items():
        if name != main and name not in _HAVE_A_PLACE:
            best = Figure(value=found.best, text=number(found.best)) if name in state.goals else Figure()
            yield NamedFigure(name=safe_line(name, 60), figure=loss_figure(found), best=best)
