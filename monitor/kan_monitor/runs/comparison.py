"""The runs that are compared: read as they change, and made one view of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kan_monitor.runs.config import differences
from kan_monitor.runs.index import Known, Needs
from kan_monitor.runs.values import same
from kan_monitor.view.compare import CompareView, ConfigRow, Ranking, common_metrics, compare_view


class Comparison:
    """Several runs, numbered from 1 in the order of `places`.

    Attributes:
        places: Their directories.
        runs: What is known of them.
    """

    def __init__(self, places: Sequence[Path]) -> None:
        self.places = [place if place.name else place.absolute() for place in places]
        self.runs = [Known(os.fspath(place), place.name) for place in self.places]

    def look(self) -> None:
        """Reads what has changed."""
        for run in self.runs:
            run.look()
            run.learn(Needs(config=True))

    @property
    def metrics(self) -> list[str]:
        """What they can be compared by, first what they are judged by."""
        return common_metrics([run.state for run in self.runs])

    def view(self, name: str, ranking: Ranking, now: float, *, all_keys: bool) -> CompareView:
        """What there is to say of them by the metric `name`."""
        for run in self.runs:
            run.learn(Needs(smoothed=frozenset({name})))
        return compare_view(
            [run.facts(now) for run in self.runs],
            [run.smoothed(name) for run in self.runs],
            self._config_rows(),
            name=name,
            ranking=ranking,
            now=now,
            problems=[run.config.problem for run in self.runs],
            all_keys=all_keys,
        )

    def _config_rows(self) -> list[ConfigRow]:
        found = differences(run.config.values for run in self.runs)
        return [ConfigRow(key=key, values=values, differs=_differ(values)) for key, values in found]


def _differ(values: Sequence[str | None]) -> bool:
    return not all(same(values[0], other) for other in values[1:])
