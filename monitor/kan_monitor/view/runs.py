"""One run as a row of the list of runs."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

from msgspec import Struct

from kan_monitor.dashboard import Badge, Figure
from kan_monitor.sources.experiment import main_series
from kan_monitor.sources.facts import Facts
from kan_monitor.text import age, count, duration, number, percent
from kan_monitor.view.header import badge_of, elapsed_seconds
from kan_monitor.view.loss import VALIDATION, loss_figure, metric
from kan_monitor.view.progress import progress_fraction
from kan_shared.numbers import from_wire
from kan_shared.state import Goal, Metric, State
from kan_shared.text import safe_line

_MINUTE: Final = 60.0


class Slip(NamedTuple):
    """A field that no run has, and the nearest one that a run has; empty where none is near."""

    field: str
    meant: str = ""


class RunRow(Struct, frozen=True, kw_only=True):
    """What the list says of a run."""

    name: str
    badge: Badge
    subtitle: str = ""
    tags: tuple[str, ...] = ()
    progress: Figure = Figure()
    #: By the metric of that name, which the run is judged by.
    best: Figure = Figure()
    best_of: str = ""
    best_step: Figure = Figure()
    smoothed: Figure = Figure()
    loss: Figure = Figure()
    duration: Figure = Figure()
    age: Figure = Figure()
    #: The number under which it is chosen for a comparison; 0 where it is not.
    number: int = 0


class FilterView(Struct, frozen=True, kw_only=True):
    """A filter as it is being typed: its text before and behind the cursor, and what is wrong with it."""

    before: str
    behind: str
    problem: str = ""


class RunsView(Struct, frozen=True, kw_only=True):
    """The part of the list that is on the screen, and what it is a part of."""

    rows: tuple[RunRow, ...]
    #: Which of the rows is chosen.
    cursor: int | None
    #: How many runs there are, in words, and what stands in the place of rows where there are none.
    note: str
    nothing: str
    #: By which field the list is sorted, and whether the other way round.
    sort: str = "age"
    reverse: bool = False
    #: The filter that is in force.
    filter: str = ""
    typing: FilterView | None = None


class Judged(NamedTuple):
    """The metric that a run is judged by, empty where it has none, and which way it should go."""

    name: str
    goal: Goal


def judged_by(state: State) -> Judged:
    """The first metric that the run has declared a goal for; otherwise its validation or its main loss, minimised."""
    declared = next((name for name in state.goals if name in state.metrics), None)
    if declared is not None:
        return Judged(declared, state.goals[declared])
    return Judged(VALIDATION if VALIDATION in state.metrics else main_series(state) or "", "minimize")


def run_row(facts: Facts, now: float, *, smoothed: float | None = None, chosen_as: int = 0) -> RunRow:
    """The row of a run; one that cannot be read says why.

    Args:
        facts: The run.
        now: The unix time.
        smoothed: The smoothed value of the metric that it is judged by, where that is known.
        chosen_as: The number under which it is chosen for a comparison.
    """
    name, state = safe_line(os.path.basename(facts.place), 200), facts.state
    if state is None:
        return RunRow(name=name, badge=_unreadable(facts), number=chosen_as)
    judged = judged_by(state)
    found = metric(state, judged.name)
    return RunRow(
        name=name,
        badge=badge_of(facts, now),
        subtitle=" · ".join(safe_line(part, 80) for part in (state.task, state.model) if part),
        tags=tuple(safe_line(tag, 80) for tag in state.tags),
        progress=progress_figure(state),
        best=Figure(value=found.best, text=number(found.best)) if found else Figure(),
        best_of=safe_line(judged.name, 60),
        best_step=Figure(value=found.best_step, text=count(found.best_step)) if found else Figure(),
        smoothed=Figure(value=smoothed, text=number(smoothed)),
        loss=loss_figure(_loss(state)),
        duration=_duration(elapsed_seconds(facts, now)),
        age=_age(state, now, moving=facts.condition in ("running", "slow")),
        number=chosen_as,
    )


def loss_value(state: State) -> float | None:
    """The latest loss, as the list shows it."""
    found = _loss(state)
    return from_wire(found.value) if found else None


def progress_figure(state: State) -> Figure:
    """How much of the run is done, in percent."""
    fraction = progress_fraction(state)
    share = None if fraction is None else 100 * fraction
    return Figure(value=share, text=percent(share), unit="%")


def count_note(root: str, *, total: int, matching: int | None, unknown: int) -> str:
    """How many runs there are, how many of them are shown, and how many still have to be read for that."""
    shown = count(total) if matching is None else f"{count(matching)} of {count(total)}"
    left = f" · {count(unknown)} still to read" if unknown else ""
    return f"{shown} under {safe_line(root, 200)}{left}"


def nothing_note(root: str, text: str, slip: Slip | None = None) -> str:
    """What an empty list says: of a filter that asks for what no run has, only that."""
    if slip:
        known = f": did you mean {slip.meant}?" if slip.meant else ", neither in its config nor among its metrics"
        return safe_line(f"no run has {slip.field}{known}")
    if text:
        return f"no run matches {safe_line(text)}"
    return f"no runs under {safe_line(root, 200)} yet"


def _unreadable(facts: Facts) -> Badge:
    detail = safe_line(str(facts.problem), 300)
    return Badge(condition="error", word="unreadable", mark="!", severity="warn", detail=detail)


def _loss(state: State) -> Metric | None:
    """What the run is judged by: its validation, unless its training has gone astray since."""
    train = metric(state, main_series(state))
    astray = train is not None and isinstance(train.value, str)
    return train if astray else metric(state, VALIDATION) or train


def _duration(seconds: float | None) -> Figure:
    return Figure(value=seconds, text=duration(seconds))


def _age(state: State, now: float, *, moving: bool) -> Figure:
    """When it was last written; of a run that stands still no seconds are told, so that its row stands still too."""
    seconds = max(0.0, now - state.heartbeat_seconds)
    return Figure(value=seconds, text=age(seconds) if moving or seconds >= _MINUTE else "<1 min")
