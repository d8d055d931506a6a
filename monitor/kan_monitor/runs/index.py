"""The runs right under a folder, thousands of them: one `scandir` a look and one `stat` a run.

A state is read when its file has changed and somebody needs it, in slices of time that the caller gives, so that no
screen waits for it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from math import inf
from pathlib import Path
from typing import Final, NamedTuple

from kan_monitor.charts.decimate import smooth
from kan_monitor.runs.config import Config, read_config
from kan_monitor.runs.query import meant
from kan_monitor.sources.facts import Condition, Facts
from kan_monitor.view.runs import judged_by
from kan_shared.errors import KanError
from kan_shared.experiment import Experiment, is_series_name
from kan_shared.liveness import observe
from kan_shared.series import SeriesFile, live
from kan_shared.state import State
from kan_shared.store import read_state

#: The weight of the average that runs are ranked by, and of how many records: what is before weighs 1e-12 in it.
RANKING_WEIGHT: Final = 0.9
_TAIL_RECORDS: Final = 256
_ENDED: Final = ("complete", "stopped", "error")
Signature = tuple[int, int, int]


class Needs(NamedTuple):
    """What has to be known of a run beside its state: its config, and the smoothed values of these metrics.

    The metric that each run is judged by is asked for by the empty name.
    """

    config: bool = False
    smoothed: frozenset[str] = frozenset()


STATE: Final = Needs()


class Known:
    """What is known of one run.

    Attributes:
        place: Its directory.
        name: The name of that.
        signature: The time, inode and size of its state file at the last look.
        state: The last good state, None before it was read or where there is none.
        problem: Why the file as it stands is not that state.
    """

    __slots__ = ("_config", "_read", "_smoothed", "name", "place", "problem", "signature", "state")

    def __init__(self, place: str, name: str) -> None:
        self.place = place
        self.name = name
        self.signature: Signature = (0, 0, 0)
        self.state: State | None = None
        self.problem: KanError | None = None
        self._read: Signature | None = None
        self._config: Config | None = None
        self._smoothed: dict[str, float | None] = {}

    def look(self) -> None:
        """Looks at the state file, where no index does."""
        self.signature = _signature(self.place) or (0, 0, 0)

    @property
    def config(self) -> Config:
        """Its config; nothing before that was read."""
        return self._config or Config()

    def is_known(self, needs: Needs) -> bool:
        """Whether all of that has been read."""
        return (
            self._read == self.signature
            and (not needs.config or self._config is not None)
            and (not needs.smoothed or needs.smoothed <= self._smoothed.keys())
        )

    def learn(self, needs: Needs) -> None:
        """Reads what is needed and has changed; never raises."""
        if self._read != self.signature:
            self._read_state()
        if needs.config and self._config is None:
            self._config = read_config(Experiment(self.place).config)
        for name in needs.smoothed - self._smoothed.keys():
            self._smoothed[name] = self._average(name)

    def smoothed(self, name: str) -> float | None:
        """The smoothed value of a metric, as far as it was asked for."""
        return self._smoothed.get(name)

    def facts(self, now: float) -> Facts:
        """What it tells at unix time `now`."""
        if self.state is None:
            return Facts(place=self.place, problem=self.problem)
        return Facts(place=self.place, state=self.state, problem=self.problem, condition=self.condition(now))

    def condition(self, now: float) -> Condition:
        """How it is; of a run that has ended nobody needs to look for the process."""
        if self.state is None:
            return "waiting"
        return self.state.status if self.state.status in _ENDED else observe(self.state, now)

    def _read_state(self) -> None:
        self._read, before = self.signature, self.state
        self._smoothed = {}
        try:
            self.state, self.problem = read_state(Experiment(self.place).state), None
        except KanError as error:
            self.state, self.problem = None, error
        if self._config is None or self._config.problem or not _same_run(before, self.state):
            self._config = None

    def _average(self, name: str) -> float | None:
        if self.state is None:
            return None
        name = name or judged_by(self.state).name
        name = name if name in self.state.metrics else meant(name)
        if not is_series_name(name):
            return None
        file = SeriesFile(Experiment(self.place).series(name))
        file.refresh()
        averages = smooth([record.value for record in live(file.tail(_TAIL_RECORDS))], RANKING_WEIGHT)
        return averages[-1] if averages else None


def _same_run(one: State | None, other: State | None) -> bool:
    return one is not None and other is not None and one.run_id == other.run_id


class Index:
    """The runs under `root`.

    Attributes:
        root: The folder.
        runs: Those that the last look found, the most recently written first.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs: list[Known] = []
        self._by_name: dict[str, Known] = {}

    def look(self) -> None:
        """Finds what is there now; reads nothing."""
        before, found = self._by_name, {}
        for name, place, signature in _signatures(os.fspath(self.root)):
            run = found[name] = before.get(name) or Known(place, name)
            run.signature = signature
        self._by_name = found
        self.runs = sorted(found.values(), key=_newest_first)

    def unknown(self, needs: Needs) -> int:
        """Of how many runs something is still to be read."""
        return sum(not run.is_known(needs) for run in self.runs)


def learn(runs: Iterable[Known], needs: Needs, *, seconds: float = inf) -> bool:
    """Reads what is needed of some runs, for about so long; whether anything was read."""
    until, learned = time.perf_counter() + seconds, False
    for run in runs:
        if not run.is_known(needs):
            run.learn(needs)
            learned = True
            if time.perf_counter() >= until:
                break
    return learned


def _signatures(root: str) -> Iterator[tuple[str, str, Signature]]:
    """Every run's name, directory and what its state file is at this moment."""
    try:
        with os.scandir(root) as entries:
            names = [(entry.name, entry.path) for entry in entries]
    except OSError:
        return
    for name, place in names:
        signature = _signature(place)
        if signature is not None:
            yield name, place, signature


def _signature(place: str) -> Signature | None:
    """What the state file is at this moment; None where there is none."""
    try:
        found = os.stat(f"{place}/state.json")
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _newest_first(run: Known) -> tuple[int, str]:
    return -run.signature[0], run.name
