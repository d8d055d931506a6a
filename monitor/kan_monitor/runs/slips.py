"""A field that no run has, in a filter that finds nothing: most likely a slip of the pen, and what was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from kan_monitor.runs.fields import value_of
from kan_monitor.runs.index import Known
from kan_monitor.runs.query import FIELDS, Query, comparisons, field_text, function_of
from kan_monitor.view.runs import Slip

#: Names of so many runs, and so many of them, are looked through for one that is alike: this is done between two keys.
_MOST_RUNS: Final = 200
_MOST_NAMES: Final = 2000
_ALIKE: Final = 5


def slip_in(query: Query | None, runs: Sequence[Known], now: float) -> Slip | None:
    """The first field of `query` that none of `runs` has, as far as they have been read."""
    asked = dict.fromkeys(comparison.field for comparison in comparisons(query))
    for field in asked:
        if field not in FIELDS and not _is_known(field, runs, now):
            names = dict.fromkeys(islice(_names(field, runs[:_MOST_RUNS]), _MOST_NAMES))
            alike = difflib.get_close_matches(field, names, _ALIKE)
            return Slip(field_text(field), next((field_text(name) for name in alike if _is_known(name, runs, now)), ""))
    return None


def _is_known(field: str, runs: Iterable[Known], now: float) -> bool:
    return field in FIELDS or any(value_of(run, field, now) is not None for run in runs)


def _names(field: str, runs: Iterable[Known]) -> Iterator[str]:
    """What could have been meant: another metric by the same function, or any field, metric, key or end of a key."""
    metrics = (name for run in runs if run.state for name in run.state.metrics)
    if function := function_of(field):
        yield from (f"{function[0]}({name})" for name in metrics)
        return
    yield from FIELDS
    yield from metrics
    for key in (key for run in runs for key in run.config.values):
        yield from (key, key.rpartition(".")[2])
