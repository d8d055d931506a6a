"""One run as a row of the list of runs."""

from __future__ import annotations

import os

from msgspec import Struct

from kan_monitor.dashboard import Badge, Figure
from kan_monitor.sources.experiment import main_series
from kan_monitor.sources.facts import Facts
from kan_monitor.text import age, percent
from kan_monitor.view.header import badge_of
from kan_monitor.view.loss import VALIDATION, loss_figure, metric
from kan_monitor.view.progress import progress_fraction
from kan_shared.state import Metric, State
from kan_shared.text import safe_line


class RunRow(Struct, frozen=True, kw_only=True):
    """What the list says of a run."""

    name: str
    badge: Badge
    subtitle: str = ""
    progress: Figure = Figure()
    loss: Figure = Figure()
    age: str = ""


def run_row(facts: Facts, now: float) -> RunRow:
    """The row of a run; one that cannot be read says why."""
    name, state = safe_line(os.path.basename(facts.place), 200), facts.state
    if state is None:
        detail = safe_line(str(facts.problem), 300)
        badge = Badge(condition="error", word="unreadable", mark="!", severity="warn", detail=detail)
        return RunRow(name=name, badge=badge)
    fraction = progress_fraction(state)
    share = None if fraction is None else 100 * fraction
    return RunRow(
        name=name,
        badge=badge_of(facts, now),
        subtitle=" · ".join(safe_line(part, 80) for part in (state.task, state.model) if part),
        progress=Figure(value=share, text=percent(share), unit="%"),
        loss=loss_figure(_loss(state)),
        age=age(max(0.0, now - state.heartbeat_seconds)),
    )


def _loss(state: State) -> Metric | None:
    """What the run is judged by: its validation, unless its training has gone astray since."""
    train = metric(state, main_series(state))
    astray = train is not None and isinstance(train.value, str)
    return train if astray else metric(state, VALIDATION) or train
