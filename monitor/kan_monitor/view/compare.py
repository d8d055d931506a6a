"""Several runs side by side: ranked by one metric, and their configs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from kan_monitor.dashboard import Badge, Figure
from kan_monitor.sources.facts import Facts
from kan_monitor.text import UNKNOWN, count, number
from kan_monitor.view.loss import loss_figure, metric
from kan_monitor.view.runs import judged_by, run_row
from kan_shared.state import Goal, State
from kan_shared.text import safe_line

Ranking = Literal["best", "smoothed"]


class ComparedRun(Struct, frozen=True, kw_only=True):
    """One run: its number, by which its curve is known, its place by the metric, and what it has of that."""

    number: int
    rank: int | None
    name: str
    badge: Badge
    best: Figure
    best_step: Figure
    smoothed: Figure
    latest: Figure
    step: Figure


class ConfigRow(Struct, frozen=True, kw_only=True):
    """One key of the configs: its value in each run, in the order of their numbers; None where a run has it not."""

    key: str
    values: tuple[str | None, ...]
    differs: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as they are written."""
        return tuple(UNKNOWN if value is None else value for value in self.values)


class CompareView(Struct, frozen=True, kw_only=True):
    """What a comparison says."""

    metric: str
    goal: Goal
    ranking: Ranking
    #: How the runs are put in order, in words.
    order: str
    #: Ranked; those without a value last.
    runs: tuple[ComparedRun, ...]
    #: Of all runs, by their numbers.
    names: tuple[str, ...]
    config: tuple[ConfigRow, ...]
    #: How much of the config is shown, and what cannot be read of it.
    config_note: str
    config_problems: tuple[str, ...]
    #: What stands in the place of keys where none are shown.
    config_nothing: str


def common_metrics(states: Sequence[State | None]) -> list[str]:
    """The metrics that all runs have, the one that the first is judged by first; those of any where none is common."""
    known = [state for state in states if state is not None]
    names = list(dict.fromkeys(name for state in known for name in state.metrics))
    common = [name for name in names if all(name in state.metrics for state in known)] or names
    judged = judged_by(known[0]).name if known else ""
    return sorted(common, key=lambda name: name != judged)


def goal_of(states: Sequence[State | None], name: str) -> Goal:
    """Which way a metric should go: as the first run that has declared it says, down where none has."""
    declared = (state.goals[name] for state in states if state is not None and name in state.goals)
    return next(declared, "minimize")


def compare_view(
    facts: Sequence[Facts],
    smoothed: Sequence[float | None],
    config: Sequence[ConfigRow],
    *,
    name: str,
    ranking: Ranking,
    now: float,
    problems: Sequence[str] = (),
    all_keys: bool = True,
) -> CompareView:
    """The comparison of runs by the metric `name`.

    Args:
        facts: Of each run, in the order of their numbers.
        smoothed: Its smoothed value of the metric.
        config: All keys of their configs.
        name: The metric.
        ranking: By which of its values they are ranked.
        now: The unix time.
        problems: What is wrong with the config of each.
        all_keys: Whether keys that are alike in all are shown.
    """
    goal = goal_of([one.state for one in facts], name)
    runs = [_compared(*run, name, now) for run in zip(range(1, len(facts) + 1), facts, smoothed, strict=True)]
    shown = [_safe_row(row) for row in config if all_keys or row.differs]
    return CompareView(
        metric=safe_line(name, 200),
        goal=goal,
        ranking=ranking,
        order=f"by {ranking} value, {'lowest' if goal == 'minimize' else 'highest'} first",
        runs=_ranked(runs, goal, ranking),
        names=tuple(run.name for run in runs),
        config=tuple(shown),
        config_note=_config_note(len(config), len(config) - len(shown)),
        config_problems=tuple(f"{place}: {safe_line(what, 120)}" for place, what in enumerate(problems, 1) if what),
        config_nothing="no key differs" if config else "none of these runs has a config that can be read",
    )


def _compared(run_number: int, facts: Facts, smoothed: float | None, name: str, now: float) -> ComparedRun:
    row, found = run_row(facts, now), metric(facts.state, name)
    step = facts.state.step if facts.state else None
    return ComparedRun(
        number=run_number,
        rank=None,
        name=row.name,
        badge=row.badge,
        best=Figure(value=found.best, text=number(found.best)) if found else Figure(),
        best_step=Figure(value=found.best_step, text=count(found.best_step)) if found else Figure(),
        smoothed=Figure(value=smoothed, text=number(smoothed)),
        latest=loss_figure(found),
        step=Figure(value=step, text=count(step)),
    )


def _ranked(runs: Sequence[ComparedRun], goal: Goal, ranking: Ranking) -> tuple[ComparedRun, ...]:
    """The runs by their values; what is not known, or no number, has no place and stands last."""
    from msgspec.structs import replace

    sign = -1 if goal == "maximize" else 1
    values = {run.number: run.best.value if ranking == "best" else run.smoothed.value for run in runs}
    placed = [(value, run) for run in runs if (value := values[run.number]) is not None and not math.isnan(value)]
    placed.sort(key=lambda pair: sign * pair[0])
    ranked = [replace(run, rank=rank) for rank, (_, run) in enumerate(placed, 1)]
    return (*ranked, *(run for run in runs if run.number not in {one.number for one in ranked}))


def _safe_row(row: ConfigRow) -> ConfigRow:
    values = tuple(None if value is None else safe_line(value, 400) for value in row.values)
    return ConfigRow(key=safe_line(row.key, 200), values=values, differs=row.differs)


def _config_note(keys: int, hidden: int) -> str:
    if not keys:
        return "no config"
    return f"{count(hidden)} alike" if hidden else f"{count(keys)} keys"
