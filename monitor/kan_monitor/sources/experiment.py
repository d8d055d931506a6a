"""The source that an experiment directory is. It only reads, and costs a few `stat`s while nothing changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from kan_monitor.sources.facts import Facts, Recent
from kan_monitor.sources.hardware import Tails, judged
from kan_monitor.sources.names import SeriesNames
from kan_monitor.sources.recent import RecentReader
from kan_shared.errors import KanError
from kan_shared.experiment import Experiment, is_series_name
from kan_shared.journal import Event, JournalReader, Sample
from kan_shared.liveness import observe
from kan_shared.network import NetworkReader
from kan_shared.ranks import RanksReader
from kan_shared.series import SeriesFile, live
from kan_shared.state import State
from kan_shared.store import StateReader, read_state

_LEARNING_RATES: Final = 64
_ONCE_SECONDS: Final = 0.95
_KEPT_EVENTS: Final = 200
_KEPT_SAMPLES: Final = 200


class ExperimentSource:
    """Follows the experiment directory `directory`, from before it exists until after it is deleted and made again."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._place = os.fspath(directory)
        self.experiment = Experiment(Path(directory))
        self._reader = StateReader(self.experiment.state)
        self._names = SeriesNames(self.experiment)
        self._run_id: str | None = None
        self._forget_run()

    def poll(self, now: float) -> Facts:
        """Looks once, at unix time `now`; never raises."""
        self._reader.poll()
        state = self._reader.state
        if state is None:
            return Facts(place=self._place, problem=self._reader.problem)
        if state.run_id != self._run_id:
            self._forget_run()
            self._run_id = state.run_id
        self._events.poll()
        self._samples.poll()
        if (state.world_size or 1) > 1:
            self._ranks.poll()
        self._network.poll()
        self._look_at_series(state, now)
        return Facts(
            place=self._place,
            condition=observe(state, now),
            state=state,
            problem=self._reader.problem,
            events=tuple(self._events.entries),
            samples=tuple(self._samples.entries),
            recent_losses=self._recent_reader.trend,
            learning_rates=self._learning_rates,
            recent_hardware=self._tails.read(state.telemetry),
            ranks=judged(self._ranks.ranks, state, now),
            recent=self._recent,
            network=self._network.network,
        )

    def series_names(self) -> tuple[str, ...]:
        """The names of all series that there are now."""
        return self._names.poll()

    def series(self, name: str) -> SeriesFile:
        """The series `name`, which may be empty or missing."""
        return SeriesFile(self.experiment.series(name))

    def _forget_run(self) -> None:
        self._events = JournalReader(self.experiment.events, Event, keep=_KEPT_EVENTS)
        self._samples = JournalReader(self.experiment.samples, Sample, keep=_KEPT_SAMPLES)
        self._tails = Tails(self.series)
        self._ranks = RanksReader(self.experiment.ranks)
        self._network = NetworkReader(self.experiment.network)
        self._learning_rate = self.series("learning_rate")
        self._learning_rates: tuple[float, ...] = ()
        self._recent_reader, self._recent = RecentReader(self.series), Recent()
        self._looked: float | None = None

    def _look_at_series(self, state: State, now: float) -> None:
        """Once a second at most: what is made from them changes little between two looks."""
        if self._looked is not None and 0 < now - self._looked < _ONCE_SECONDS:
            return
        self._looked = now
        self._recent = self._recent_reader.look(state, main_series(state), now)
        if self._learning_rate.refresh():
            records = self._learning_rate.sampled(0, self._learning_rate.count, _LEARNING_RATES)
            self._learning_rates = tuple(record.value for record in live(records))


def main_series(state: State) -> str | None:
    """The series that the run is judged by: `train/loss`, or its first metric where it has none of that name."""
    return "train/loss" if "train/loss" in state.metrics else next(filter(is_series_name, state.metrics), None)


def glance(directory: Path, now: float) -> Facts:
    """What one look at the run in `directory` tells, its series and journals aside: enough for a list of many."""
    try:
        state = read_state(Experiment(directory).state)
    except KanError as error:
        return Facts(place=str(directory), problem=error)
    return Facts(place=str(directory), state=state, condition=observe(state, now))
