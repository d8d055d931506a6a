"""The dashboard that is built of facts with changes to them, and the figures on it."""

from __future__ import annotations

from typing import Any

import msgspec

from kan_monitor.dashboard import Dashboard, Figure
from kan_monitor.sources.facts import Condition, Facts
from kan_monitor.view import ViewOptions, build
from kan_shared.state import Metric

from .making import NOW
from .source import source_run

STATE = source_run().state


def see(condition: Condition = "running", *, now: float = NOW, offset: int = 0, **facts: Any) -> Dashboard:
    """The dashboard of the source's run, with other facts; what is no fact is a field of its state."""
    names = {"place", "problem", "events", "samples", "recent_losses", "learning_rates", "state", "network"}
    changes = {name: facts.pop(name) for name in list(facts) if name not in names}
    facts.setdefault("state", msgspec.structs.replace(STATE, **changes))
    return build(
        Facts(condition=condition, **{"place": "experiments/x", **facts}),
        ViewOptions(utc_offset_seconds=offset),
        now=now,
        frame=1,
    )


def metric(value: Any, **changes: Any) -> Metric:
    fields = {"step": 1, "value": value, "seconds": NOW, "count": 1, "first": 1.0}
    return Metric(**{**fields, **changes})


def figures(part: Any) -> list[Figure]:
    """Every figure in a part of the dashboard."""
    if isinstance(part, Figure):
        return [part]
    if isinstance(part, msgspec.Struct):
        return [figure for name in part.__struct_fields__ for figure in figures(getattr(part, name))]
    return [figure for piece in part for figure in figures(piece)] if isinstance(part, tuple) else []
