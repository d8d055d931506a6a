"""The writing side of `Run`: one daemon thread that puts on the disk what the training thread handed over.

It never raises into the training: what cannot be written is counted, said once on stderr, and stands in the state as
soon as that can be written again. A kill -9 loses at most what was handed over since the last cycle.
"""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final, TypeVar

from kan_shared.control import Request
from kan_shared.experiment import Experiment, series_file_name
from kan_shared.journal import Event, Sample
from kan_shared.network import Network
from kan_shared.series import Record, ShortWrite
from kan_shared.state import Answer, RateUnit, State, Status, Telemetry, Verdict
from kan_shared.store import write_state
from kan_trainer.recording.desk import Desk
from kan_trainer.recording.entries import amount, clean_text, count, make_event
from kan_trainer.recording.files import RunFiles
from kan_trainer.recording.final_metrics import write_final_metrics
from kan_trainer.recording.guard import StopOn
from kan_trainer.recording.orders import Orders
from kan_trainer.recording.tally import Tally, telemetry_values
from kan_trainer.recording.watch import Watch

CYCLE_SECONDS: Final = 0.05
_STATE_INTERVAL_SECONDS: Final = 0.2
_HEARTBEAT_SECONDS: Final = 1.0
#: Entries that may wait for a disk that hangs, before further ones are dropped.
MAX_PENDING: Final = 1_000_000
Number = TypeVar("Number", int, float)

#: One call of `Run.log`, unchecked (this thread has the time to): step, seconds, values, epoch, amount and its unit.
Logged = tuple[Any, float, dict[str, Any], Any, Any, RateUnit]
#: What is handed over; a callable makes an entry, or does something, in its turn.
Entry = Logged | Telemetry | Callable[[], Event | Sample | None]


class _RecordsBySeries(dict[str, list[Any]]):
    """The records of every series that are to be written next; a new name is looked at once."""

    def __missing__(self, name: str) -> list[Any]:
        if not isinstance(name, str):
            raise TypeError("a series name must be text")
        name.encode()  # raises for lone surrogates, with which no state could be written any more
        series_file_name(name)  # raises for a name that no file can have
        return self.setdefault(name, [])


class Recorder:
    """Writes everything of one run but its checkpoints, and takes the requests to it; owned by `Run`.

    Attributes:
        orders: What the loop is to do.
        pending: Where the other threads append: a deque, whose appends and pops are atomic.
        dropped: Entries that found it full, counted by who appends.
    """

    def __init__(self, experiment: Experiment, state: State, stop_on: Collection[StopOn] = ()) -> None:
        self._state_path = experiment.state
        self._metrics_path = experiment.metrics
        self._files = RunFiles(experiment)
        self._tally = Tally(state)
        self._segment = state.segment
        self.orders = Orders()
        self._watch = Watch(self.orders, stop_on)
        self._desk = Desk(experiment.control, state, self.orders, self.answer) if state.allows_control else None
        self._records = _RecordsBySeries()
        self._status: Status = "running"
        self._message: str | None = None
        self._ending: tuple[Status, str | None] = ("error", None)
        self._pauses = 0
        self._state_written = 0.0
        self._revision_written = -1
        self._complained = False
        self._stop, self._ended, self._wake = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="kan-recorder", daemon=True)
        self.pending: deque[Entry] = deque()
        self.dropped = 0
        self._dropped_before = 0

    def start(self) -> None:
        """Writes the first state, so that the run is there, and begins.

        Raises:
            OSError: The state cannot be written: better said before hours of training than after.
        """
        with contextlib.ExitStack() as undo:
            if self._desk is not None:
                self._desk.open()
                undo.callback(self._desk.close)
            self._replace_state(self._tally.state(self._status, time.time()))
            undo.pop_all()
        self._thread.start()

    def end(self, status: Status, message: str | None) -> None:
        """Has the thread write all that is left and the final state, and end; returns at once."""
        self._ending = (status, message)
        self._stop.set()
        self._wake.set()

    def join(self) -> None:
        """Waits for that end. Not by `Thread.join`: one that Ctrl-C has interrupted says at once, ever after, that the
        thread has ended (Python 3.11)."""
        self._ended.wait()

    def abandon(self) -> None:
        """In a forked child, which has not got the thread: there is nothing to write and nothing to wait for."""
        self.pending.clear()
        self._ended = threading.Event()
        self._ended.set()

    def pause(self) -> None:
        """Stops the run's clock; handed over as an entry, so that it happens in the order of what was logged."""
        self._pauses += 1
        if self._pauses == 1:
            self._tally.pause()
            self._status = "paused"
            self._write_state()

    def unpause(self) -> None:
        """Lets the run's clock go on, after as many calls as there were of `pause`; handed over like that."""
        self._pauses -= 1
        if self._pauses == 0:
            self._tally.unpause()
            self._status = "running"
            self._write_state()

    def stand(self, *, still: bool) -> None:
        """Has the run's clock stopped, or let go on; any thread may."""
        self.pending.append(self.pause if still else self.unpause)

    def answer(self, request: Request, verdict: Verdict, reason: str = "") -> None:
        """Has it recorded what became of `request`; any thread may."""
        self.pending.append(partial(self._answered, time.time(), request, verdict, clean_text(reason, 200)))

    def show_network(self, network: Network) -> None:
        """Writes what a network has learned; handed over as an entry."""
        self._files.replace(network)

    def doubts(self) -> str | None:
        """What is wrong with the losses that were handed over so far; another thread waits for this one's look."""
        if self._watch.guard is None:
            return None
        self.flush()
        return self._watch.guard.doubt

    def flush(self, patience_seconds: float = math.inf) -> None:
        """Waits until what was handed over so far is written; another thread, and not for ever."""
        written, deadline = threading.Event(), time.monotonic() + patience_seconds
        self.pending.append(partial(self._write_now, written))
        self._wake.set()
        while not (written.wait(CYCLE_SECONDS) or self._ended.is_set() or time.monotonic() > deadline):
            pass

    def _write_now(self, written: threading.Event) -> None:
        try:
            self._write_records()
        finally:
            written.set()

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                self._wake.wait(CYCLE_SECONDS)
                self._wake.clear()
                if self._desk is not None:
                    self._guarded(self._desk.look)
                self._guarded(self._drain)
                self._guarded(self._write_state_if_due)
            if self._desk is not None:
                self._guarded(self._desk.close)
            self._guarded(self._drain)
            self._status, self._message = self._ending
            self._guarded(self._write_state_and_metrics)
            self._guarded(self._files.close)
        finally:
            self._ended.set()

    def _answered(self, seconds: float, request: Request, verdict: Verdict, reason: str) -> Event | None:
        self._tally.answer(Answer(id=request.id, action=request.action, verdict=verdict, reason=reason))
        if verdict == "accepted":
            return None
        because = f": {reason}" if reason else ""
        detail = f"{request.action}, asked by {request.by}, {verdict}{because}"
        return make_event(seconds, "control", self._tally.step, detail)

    def _drain(self) -> None:
        take, pop = self._take, self.pending.popleft
        waiting = len(self.pending)  # and no more: a loop that logs without end must not keep this one from writing
        for _ in range(waiting):
            try:
                take(pop())
            except Exception as error:
                self._lose(1, _reason(error))
        if waiting:
            self._write_records()
        dropped = self.dropped  # never set back: a count that came in between would be lost
        if dropped > self._dropped_before:
            self._lose(dropped - self._dropped_before, "the disk is too slow")
            self._dropped_before = dropped

    def _take(self, entry: Entry) -> None:
        if isinstance(entry, tuple):
            self._take_logged(*entry)
        elif isinstance(entry, Telemetry):
            self._take_telemetry(entry)
        elif (written := entry()) is not None:
            self._files.append(written)
            self._tally.happened(samples=isinstance(written, Sample), events=isinstance(written, Event))

    def _take_logged(
        self, step: Any, seconds: float, values: dict[str, Any], epoch: Any, processed: Any, unit: RateUnit
    ) -> None:
        step, records, segment = count(step), self._records, self._segment
        for name, value in values.items():
            try:
                records[name].append((step, seconds, value if type(value) is float else float(value), segment))
            except Exception as error:
                problem = value if isinstance(value, Exception) else error
                self._lose(1, f"{clean_text(name, 60)}: {problem}")
        another = None if epoch is None or epoch == self._tally.epoch else self._checked(count, epoch)
        self._tally.step_done(step, seconds, another, self._checked(amount, processed), unit)

    def _checked(self, check: Callable[[Any], Number], value: Any) -> Number | None:
        """A counter that came with a step; one that cannot be is counted, and the step is done all the same."""
        try:
            return None if value is None else check(value)
        except Exception as error:
            self._lose(1, _reason(error))
            return None

    def _take_telemetry(self, telemetry: Telemetry) -> None:
        self._tally.telemetry = telemetry
        for name, value in telemetry_values(telemetry):
            self._records[name].append(Record(self._tally.step or 0, telemetry.seconds, value, self._segment))

    def _write_records(self) -> None:
        self._tally.batch_done()
        for name, records in self._records.items():
            if records:
                self._tally.extend(name, records)
                for event in self._watch.look(name, records):
                    self._note(*event)
                try:
                    self._files.extend(name, records)
                except Exception as error:
                    self._lose(error.records if isinstance(error, ShortWrite) else len(records), _reason(error))
                records.clear()

    def _note(self, kind: str, step: int, detail: str) -> None:
        try:
            self._take(partial(make_event, time.time(), kind, step, detail))
        except Exception as error:
            self._lose(1, _reason(error))

    def _write_state_if_due(self) -> None:
        moved = self._tally.revision != self._revision_written
        interval = _STATE_INTERVAL_SECONDS if moved else _HEARTBEAT_SECONDS
        if not 0 <= time.time() - self._state_written < interval:
            self._write_state()

    def _write_state(self, *, durable: bool = False) -> State:
        self._files.reopen_if_moved()
        now = time.time()
        state = self._tally.state(self._status, now, message=self._message)
        self._state_written, self._revision_written = now, self._tally.revision
        self._replace_state(state, durable=durable)
        return state

    def _replace_state(self, state: State, *, durable: bool = False) -> None:
        write_state(self._state_path, state, durable=durable)

    def _write_state_and_metrics(self) -> None:
        write_final_metrics(self._metrics_path, self._write_state(durable=True))

    def _guarded(self, work: Callable[[], object]) -> None:
        """Does `work`; what it raises never reaches the training. A state that was not written is no loss: the next
        one says all that it would have said."""
        try:
            work()
        except Exception as error:
            self._complain(_reason(error))

    def _lose(self, records: int, reason: str) -> None:
        self._tally.lose(records, reason)
        self._complain(reason)

    def _complain(self, reason: str) -> None:
        if not self._complained:
            self._complained = True
            with contextlib.suppress(Exception):
                where = self._state_path.parent
                sys.stderr.write(f"kan-monitor: {where}: not everything was recorded ({reason}); training goes on.\n")


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
