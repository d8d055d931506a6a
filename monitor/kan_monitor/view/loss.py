"""The loss and where it is going."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kan_monitor.dashboard import Figure, LossView, Trend
from kan_monitor.forecast import trend
from kan_monitor.sources.experiment import main_series
from kan_monitor.sources.facts import Facts
from kan_monitor.text import count, number, percent
from kan_monitor.thresholds import Severity
from kan_shared.numbers import from_wire
from kan_shared.state import Metric, State
from kan_shared.text import safe_line

TRENDS: Final = {
    "decreasing": Trend(word="decreasing", mark="↓", severity="good"),
    "plateau": Trend(word="plateau", mark="→", severity="warn"),
    "increasing": Trend(word="increasing", mark="↑", severity="bad"),
}
#: Of what is to be high, rising is good.
_UPSIDE_DOWN: Final[dict[Severity, Severity]] = {"good": "bad", "bad": "good"}
VALIDATION: Final = "validation/loss"


def loss_view(facts: Facts) -> LossView:
    """The losses of `facts`; a run without `train/loss` is judged by its first metric, under its own name."""
    name = main_series(facts.state) if facts.state else None
    train = metric(facts.state, name)
    validation = metric(facts.state, VALIDATION)
    best = validation or train
    return LossView(
        series=name,
        title=_title(name),
        note=_note(facts),
        label="train" if name in (None, "train/loss") else safe_line(name, 40),
        train=loss_figure(train),
        trend=_trend(facts, name, train),
        change=change_since_start(train),
        validation=loss_figure(validation),
        best=Figure(value=best.best, text=number(best.best)) if best else Figure(),
        best_step=Figure(value=best.best_step, text=count(best.best_step)) if best else Figure(),
    )


def _title(series: str | None) -> str:
    """A series is named as a loss unless its name says that it is something else."""
    return "loss" if series is None or "loss" in series.lower() else safe_line(series, 40)


def _trend(facts: Facts, name: str | None, train: Metric | None) -> Trend:
    """Where the loss is going; a loss that is not finite goes nowhere, whatever it did before."""
    if train is None or isinstance(train.value, str):
        return Trend()
    found = TRENDS.get(trend(facts.recent_losses) or "", Trend())
    if facts.state and facts.state.goals.get(name or "") == "maximize":
        found = replace(found, severity=_UPSIDE_DOWN.get(found.severity, found.severity))
    # Of a run that is complete nothing more is expected.
    return replace(found, severity="none") if facts.condition == "complete" else found


def _note(facts: Facts) -> str:
    """What stands in the place of curves before there are any."""
    if facts.state is None:
        return f"waiting for a run in {safe_line(facts.place, 200)}"
    return "waiting for the first step" if facts.condition in ("running", "slow", "paused") else "no step was logged"


def metric(state: State | None, name: str | None) -> Metric | None:
    """The metric of that name, if the run has it."""
    return state.metrics.get(name) if state and name else None


def loss_figure(found: Metric | None) -> Figure:
    """The latest value of a metric; NaN and the infinities are bad."""
    if found is None:
        return Figure()
    value, finite = from_wire(found.value), isinstance(found.value, float | int)
    return Figure(
        value=value,
        text=number(value),
        severity="none" if finite else "bad",
        word="" if finite else "not finite",
    )


def change_since_start(found: Metric | None) -> Figure:
    """The change since the first value, in percent; unknown where either is not finite or the first is zero."""
    if found is None or isinstance(found.value, str) or isinstance(found.first, str) or not found.first:
        return Figure(unit="%")
    change = 100 * (found.value - found.first) / abs(found.first)
    text = percent(change, 1)
    return Figure(value=change, text=text if change < 0 else f"+{text}", unit="%")
