"""The fields of a run by their names: what a filter compares and what a list is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kan_monitor.runs.index import Known, Needs
from kan_monitor.runs.query import (
    FIELDS,
    TIMES,
    AllOf,
    AnyOf,
    Comparison,
    Not,
    Query,
    Word,
    comparisons,
    function_of,
    meant,
)
from kan_monitor.runs.values import Value, compare, number_of, seconds_of
from kan_monitor.view.header import BADGES, elapsed_seconds
from kan_monitor.view.runs import judged_by, loss_value, progress_figure
from kan_shared.numbers import from_wire
from kan_shared.state import State

_CONFIG: Final = "config."
_OF_A_STATE: Final[Mapping[str, Callable[[State], Value | None]]] = {
    "task": lambda state: state.task,
    "model": lambda state: state.model,
    "tag": lambda state: state.tags,
    "host": lambda state: state.producer.host,
    "step": lambda state: _number(state.step),
    "progress": lambda state: progress_figure(state).value,
    "best": lambda state: _best(state, judged_by(state).name),
    "loss": loss_value,
}


def needs_of(query: Query | None, *fields: str) -> Needs | None:
    """What has to be read to answer `query`, and to know `fields`; None where nothing has to."""
    asked = [*fields, *(comparison.field for comparison in comparisons(query))]
    if query is None and all(field in ("name", "age") for field in asked):
        return None
    return Needs(
        config=any(_may_be_config(field) for field in asked),
        smoothed=frozenset(name for field in asked if (name := _smoothed_name(field)) is not None),
    )


def value_of(run: Known, field: str, now: float) -> Value | None:
    """What `run` has under that name at unix time `now`; None where that is not known."""
    if field == "name":
        return run.name
    if (smoothed := _smoothed_name(field)) is not None:
        return run.smoothed(smoothed)
    state = run.state
    if state is None:
        return None
    if field in _OF_A_STATE:
        return _OF_A_STATE[field](state)
    if field in ("status", *TIMES):
        return _of_now(run, state, field, now)
    if function := function_of(field):
        return _best(state, function[1])
    return _found(run, state, field)


def matches(query: Query, run: Known, now: float) -> bool | None:
    """Whether `run` is as `query` wants it; None where what decides that is not known."""
    match query:
        case Comparison(field, sign, wanted):
            value = value_of(run, field, now)
            return compare(value, sign, wanted, seconds_of(wanted) if field in TIMES else number_of(wanted))
        case Word(text):
            return _word(run, text, now)
        case Not(part):
            found = matches(part, run, now)
            return None if found is None else not found
        case AllOf(parts) | AnyOf(parts):
            decisive = isinstance(query, AnyOf)
            found_of_parts = {matches(part, run, now) for part in parts}
            return decisive if decisive in found_of_parts else None if None in found_of_parts else not decisive


def _word(run: Known, text: str, now: float) -> bool | None:
    """A status, or a part of what a run is called."""
    if text.lower() in BADGES:
        return compare(value_of(run, "status", now), "=", text, None)
    texts = [value_of(run, field, now) for field in ("name", "task", "model", "tag")]
    found = any(compare(value, "~", text, None) for value in texts)
    return None if run.state is None and not found else found


def _of_now(run: Known, state: State, field: str, now: float) -> Value | None:
    if field == "age":
        return max(0.0, now - state.heartbeat_seconds)
    return run.condition(now) if field == "status" else elapsed_seconds(run.facts(now), now)


def _found(run: Known, state: State, field: str) -> Value | None:
    """A value of the config, or the latest one of a metric."""
    for name in dict.fromkeys((field, meant(field))):
        if name.startswith(_CONFIG):
            return _config_value(run, name.removeprefix(_CONFIG))
        found = _config_value(run, name) if "/" not in name else None
        if found is None and name in state.metrics:
            found = from_wire(state.metrics[name].value)
        if found is not None:
            return found
    return None


def _config_value(run: Known, key: str) -> Value | None:
    """By its whole path, or by its end where only one key ends so."""
    values = run.config.values
    if key in values:
        return values[key]
    ends = [value for path, value in values.items() if path.endswith(f".{key}")]
    return ends[0] if len(ends) == 1 else None


def _may_be_config(field: str) -> bool:
    return field not in FIELDS and "/" not in field and function_of(field) is None


def _smoothed_name(field: str) -> str | None:
    """The metric whose smoothed value a field is; the empty name is that of the metric that a run is judged by."""
    if field == "smooth":
        return ""
    function = function_of(field)
    return function[1] if function and function[0] == "smooth" else None


def _best(state: State, name: str) -> float | None:
    found = state.metrics.get(name) or state.metrics.get(meant(name))
    return found.best if found else None


def _number(value: int | None) -> float | None:
    return None if value is None else float(value)
