"""The writing side of `Run` in every rank but the first: how this process is, and nothing that the first one writes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, Sample
from kan_shared.network import Network
from kan_shared.ranks import Rank, encode_rank, rank_file
from kan_shared.series import Record
from kan_shared.state import State
from kan_shared.store import replace_file
from kan_trainer.recording.files import RunFiles
from kan_trainer.recording.place import Place
from kan_trainer.recording.recorder import Recorder


class RankRecorder(Recorder):
    """Keeps `ranks/<n>.json`; takes whatever a loop logs, for its step and its pace."""

    def __init__(self, experiment: Experiment, state: State, place: Place) -> None:
        super().__init__(experiment, state)
        self._files = _Nowhere(experiment)
        self._place = place
        self._path = rank_file(experiment.ranks, place.rank)

    def start(self) -> None:
        """Says that this rank is there, and begins.

        Raises:
            OSError: It cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        super().start()

    def _replace_state(self, state: State, *, durable: bool = False) -> None:
        without = msgspec.structs.replace(state, metrics={}, goals={}, notes=None)
        replace_file(self._path, encode_rank(Rank(**self._place._asdict(), state=without)), durable=durable)

    def _write_state_and_metrics(self) -> None:
        self._write_state(durable=True)


class _Nowhere(RunFiles):
    """The files of the run are those of its first rank."""

    def extend(self, name: str, records: Sequence[Record]) -> None:
        pass

    def append(self, entry: Event | Sample) -> None:
        pass

    def replace(self, network: Network) -> None:
        pass
