"""The list of runs as it is asked for: which of them, and in what order."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final, NamedTuple

from kan_monitor.runs.fields import matches, needs_of, value_of
from kan_monitor.runs.index import Index, Known, Needs, learn
from kan_monitor.runs.query import Query
from kan_monitor.runs.slips import slip_in
from kan_monitor.runs.values import Value, number_of
from kan_monitor.view.header import BADGES
from kan_monitor.view.runs import Slip, judged_by

#: What the list can be sorted by with a key, in that order; any other field of a run does as well.
SORTS: Final = ("age", "name", "status", "task", "best", "smooth", "loss", "progress", "duration", "tag")
_JUDGED: Final = ("best", "smooth")
#: Of these the most comes first.
_MOST_FIRST: Final = ("progress", "duration", "step")


class Order(NamedTuple):
    """By which field, and whether the other way round than one expects: best first, newest first, least first."""

    field: str
    reverse: bool = False


NEWEST_FIRST: Final = Order("age")


class Listing:
    """The runs under `root` that match a query, in an order.

    Attributes:
        index: All runs there.
        query: Those that are wanted; None for all.
        order: How they are sorted.
    """

    def __init__(self, root: Path, query: Query | None = None, order: Order = NEWEST_FIRST) -> None:
        self.index = Index(root)
        self.query = query
        self.order = order

    @property
    def needs(self) -> Needs | None:
        """What has to be known of every run for the list; None where nothing has to be read."""
        return needs_of(self.query, self.order.field)

    def learn(self, *, seconds: float = math.inf) -> bool:
        """Reads on for about so long; whether there was anything to read."""
        needs = self.needs
        return needs is not None and learn(self.index.runs, needs, seconds=seconds)

    @property
    def unknown(self) -> int:
        """Of how many runs something is still to be read before the list is final."""
        needs = self.needs
        return 0 if needs is None else self.index.unknown(needs)

    def select(self, now: float) -> list[Known]:
        """The list at unix time `now`, by what is known so far."""
        query, runs = self.query, self.index.runs
        wanted = runs if query is None else [run for run in runs if matches(query, run, now)]
        return in_order(wanted, self.order, now)

    def slip(self, now: float) -> Slip | None:
        """What the query asks for though no run has it, by what is known so far."""
        return slip_in(self.query, self.index.runs, now)


def in_order(runs: list[Known], order: Order, now: float) -> list[Known]:
    """The runs sorted; those whose value is not known, or no number, are always last."""
    if order.field == "age":
        return runs[::-1] if order.reverse else list(runs)
    keyed = [(_key(run, order.field, now), run) for run in runs]
    known = [(key, run) for key, run in keyed if key is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.reverse != (order.field in _MOST_FIRST))
    return [run for _, run in known] + [run for key, run in keyed if key is None]


def _key(run: Known, field: str, now: float) -> tuple[str, int, float, str] | None:
    """Where a run stands: by what it is judged by, numbers before texts; None where it has no place."""
    value = value_of(run, field, now)
    if value is None or value in ("", ()):
        return None
    if field == "status":
        return "", 0, float(list(BADGES).index(value)), ""  # type: ignore[arg-type]
    number = _as_number(value)
    if number is None:
        return "", 1, 0.0, " ".join(value).casefold() if isinstance(value, tuple) else str(value).casefold()
    if math.isnan(number):
        return None
    if field in _JUDGED and run.state is not None:
        judged = judged_by(run.state)
        return judged.name, 0, -number if judged.goal == "maximize" else number, ""
    return "", 0, number, ""


def _as_number(value: Value) -> float | None:
    if isinstance(value, str):
        return number_of(value)
    return None if isinstance(value, tuple) else value
