"""A run of another machine as an experiment directory of this one: private, bounded, and gone when it is closed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from kan_monitor.sources.protocol import Entries, Message, Points, Status, Words
from kan_shared.experiment import Experiment, is_series_name
from kan_shared.numbers import from_wire
from kan_shared.series import Record, pack
from kan_shared.state import State, decode_state
from kan_shared.store import replace_file, write_state

#: What another machine may fill of this one's disk.
MAX_BYTES: Final = 512 * 1024 * 1024
MAX_FILES: Final = 10_000
#: Clocks that differ by less are taken for the same: a message takes a while.
_SAME_CLOCK_SECONDS: Final = 2.0


class TooMuch(Exception):
    """The other side sends more than any run is worth."""


class Mirror:
    """Puts the messages of a feed where an `ExperimentSource` reads them.

    All times are this machine's: those of the other one are moved by what its clock differs.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kan-monitor-"))
        self.directory = self._folder / "run"
        self._experiment = Experiment(self.directory)
        self._run_id: str | None = None
        self._sizes: dict[Path, int] = {}
        self._shift = 0.0
        self._begin()

    def set_clock(self, shift: float) -> None:
        """Adds `shift` seconds to all times from now on."""
        self._shift = shift if abs(shift) > _SAME_CLOCK_SECONDS else 0.0

    def take(self, message: Message) -> None:
        """Writes what a message says.

        Raises:
            TooMuch: It is more than a mirror holds.
            KanError: The state is none, or a later version's.
            OSError: It could not be written.
        """
        match message:
            case Status():
                self._take_state(bytes(message.state))
            case Points():
                self._take_points(message)
            case Entries():
                self._take_entries(message)
            case Words():
                self._take_words(message)

    def close(self) -> None:
        """Takes the directory away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(self) -> None:
        """Forgets a run for the next one."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self._experiment.history.mkdir(parents=True)
        self._sizes.clear()

    def _reckon(self, path: Path, size: int, *, fresh: bool) -> None:
        """Takes note of what a file grows by, or has anew."""
        self._sizes[path] = size + (0 if fresh else self._sizes.get(path, 0))
        if sum(self._sizes.values()) > MAX_BYTES or len(self._sizes) > MAX_FILES:
            raise TooMuch(f"it has sent more than {MAX_BYTES // 2**20} MiB, or {MAX_FILES} series")

    def _take_state(self, data: bytes) -> None:
        if data == b"null":
            with contextlib.suppress(FileNotFoundError):
                self._experiment.state.unlink()
            return
        state = decode_state(data)
        if state.run_id != self._run_id:
            if self._run_id is not None:
                self._begin()
            self._run_id = state.run_id
        write_state(self._experiment.state, _moved(state, self._shift))

    def _take_points(self, points: Points) -> None:
        if not is_series_name(points.series):
            raise TooMuch("no file can be named after one of its series")
        path = self._experiment.series(points.series)
        records = [
            Record(step, seconds + self._shift, from_wire(value), segment)
            for step, seconds, value, segment in points.records
        ]
        self._put(path, pack(records), fresh=points.fresh)

    def _take_entries(self, entries: Entries) -> None:
        journals = ((self._experiment.events, entries.events), (self._experiment.samples, entries.samples))
        for path, added in journals:
            moved = [msgspec.structs.replace(entry, seconds=max(0.0, entry.seconds + self._shift)) for entry in added]
            self._put(path, b"".join(msgspec.json.encode(entry) + b"\n" for entry in moved), fresh=entries.fresh)

    def _take_words(self, words: Words) -> None:
        experiment = self._experiment
        paths = {"config": experiment.config, "log": experiment.log, "network": experiment.network}
        path = paths[words.file]
        self._put(path, words.text.encode(errors="replace"), fresh=words.fresh)

    def _put(self, path: Path, data: bytes, *, fresh: bool) -> None:
        """Appends to a file, or makes it anew."""
        self._reckon(path, len(data), fresh=fresh)
        if fresh:
            replace_file(path, data)
            return
        with open(path, "ab") as file:
            file.write(data)


def _moved(state: State, shift: float) -> State:
    """The state with all its times moved."""
    if not shift:
        return state

    def at(seconds: float | None) -> float | None:
        return None if seconds is None else max(0.0, seconds + shift)

    replace = msgspec.structs.replace
    telemetry = state.telemetry and replace(state.telemetry, seconds=at(state.telemetry.seconds))
    return replace(
        state,
        started_seconds=at(state.started_seconds),
        segment_started_seconds=at(state.segment_started_seconds),
        heartbeat_seconds=at(state.heartbeat_seconds),
        ended_seconds=at(state.ended_seconds),
        last_step_seconds=at(state.last_step_seconds),
        metrics={name: replace(metric, seconds=at(metric.seconds)) for name, metric in state.metrics.items()},
        telemetry=telemetry,
    )
