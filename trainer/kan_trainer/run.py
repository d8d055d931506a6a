"""`Run`: what a training loop calls to be watched. Importable and usable without torch.

    with Run("experiments/mine", total_steps=1000) as run:
        for step in range(1, 1001):
            ...
            run.log(step, {"train/loss": loss, "learning_rate": rate}, epoch=1, tokens=512)

`log` costs the training thread a microsecond or two: it hands over, the recorder's thread writes.

A loop that calls `obey` after each step can be paused, saved and stopped from a monitor, where `allow_control` says so,
and ends by itself on what `stop_on` says:

    with Run("experiments/mine", allow_control=True, stop_on="nan") as run:
        for step in range(1, 1001):
            ...
            run.log(step, {"train/loss": loss})
            run.obey(save=lambda: torch.save(model.state_dict(), "last.pt"))
"""

from __future__ import annotations

import atexit
import contextlib
import os
import time
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, get_args

from kan_shared.experiment import Experiment
from kan_shared.lock import DirectoryLock
from kan_shared.network import Network
from kan_shared.ranks import forget_ranks
from kan_shared.state import Goal, Telemetry
from kan_trainer.recording.capture import Value, capture
from kan_trainer.recording.entries import clean_text, make_event, make_sample
from kan_trainer.recording.guard import StopOn, kinds
from kan_trainer.recording.obedience import Obedience
from kan_trainer.recording.opening import claim, first_state, previous_state, unwritable, write_config
from kan_trainer.recording.outcome import Outcome, outcome_of
from kan_trainer.recording.place import Place, place_of_process
from kan_trainer.recording.rank_recorder import RankRecorder
from kan_trainer.recording.rates import RatePlan
from kan_trainer.recording.recorder import MAX_PENDING, Recorder
from kan_trainer.recording.signals import ignored_interrupts, stop_on_signals
from kan_trainer.recording.telemetry_thread import TelemetryThread

#: A disk that is stuck longer than this does not keep a training waiting.
_FLUSH_SECONDS: Final = 1.0


class Run:
    """Records one run into one experiment directory.

    Args:
        directory: Made if it is not there. One that holds a run, or the rest of one, is refused without `resume`.
        total_steps: Steps of the whole run, where they are known: progress and ETA rest on it.
        total_epochs: Epochs of the whole run.
        config: Hyperparameters; written to `config.yaml`.
        goals: For each metric, "minimize" (the default) or "maximize".
        notes: Free text, cut at 2000 characters.
        name: How the run is called; the directory's name by default. It, task and model are cut at 200 characters.
        task: What is trained, in a few words for the header.
        model: Which model, in a few words for the header.
        resume: Go on with the run in `directory`; where there is none, begin it.
        tags: Words by which the run is found again, up to 64 of them.
        learning_rate_plan: The rate of every step as it is planned, for the monitor to draw: a function from step to
            rate, which takes `total_steps`, or (step, rate) pairs. 128 points of it are kept.
        allow_control: Let this user and root pause, resume, save and stop the run from a monitor. The loop calls
            `obey` for that.
        stop_on: End the run by itself when a loss is not finite ("nan"), or runs away ("diverge"; when that is, says
            `kan_trainer.recording.guard`), or on either of several. The loop calls `obey` for that, too.
        rank: Which one of the processes that train together this is; by default as torchrun and accelerate say it in
            RANK. Rank 0 records the run. The others only say how they are, in `ranks/`, and whatever else they log
            is left to rank 0; give each its own directory and `rank=0` where they are runs of their own.
        world_size: How many they are; by default WORLD_SIZE.

    Attributes:
        directory: The experiment directory.
        resumed: Whether an earlier run is gone on with; only rank 0 can tell, in any other it is False.

    Raises:
        DirectoryTaken: The directory holds a run, or the rest of one, or another process is writing it.
        UsageError: The directory cannot be made or written, or the run cannot be described as it was told.
        UnreadableState: The run to resume has a state that cannot be read.
        NewerSchema: The run to resume was written by a later version.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        total_steps: int | None = None,
        total_epochs: int | None = None,
        config: Mapping[str, Any] | None = None,
        goals: Mapping[str, Goal] | None = None,
        notes: str | None = None,
        name: str | None = None,
        task: str | None = None,
        model: str | None = None,
        resume: bool = False,
        tags: Sequence[str] | None = None,
        learning_rate_plan: RatePlan | None = None,
        allow_control: bool = False,
        stop_on: StopOn | Collection[StopOn] = (),
        rank: int | None = None,
        world_size: int | None = None,
    ) -> None:
        self.directory = Path(directory)
        place = place_of_process(rank, world_size)
        told: dict[str, Any] = {"total_steps": total_steps, "total_epochs": total_epochs, "goals": goals}
        told |= {"notes": notes, "name": name, "task": task, "model": model, "world_size": place.world_size}
        told |= {"tags": tags, "learning_rate_plan": learning_rate_plan, "allows_control": bool(allow_control)}
        self._open = False
        self._lock: DirectoryLock | None = None
        self._recorder: Recorder
        self._earlier: Telemetry | None = None
        if place.rank:
            self._join(told, place)
        else:
            self._begin(told, config, resume, kinds(stop_on))
        self._put = self._recorder.pending.append
        self._asked = self._recorder.orders.waiting
        self._telemetry = TelemetryThread(self._put, self.directory.absolute(), self._earlier)
        self._telemetry.start()
        self._signals = contextlib.ExitStack()
        self._open = True
        atexit.register(self._abandoned)
        _open_runs.add(self)
        if self.resumed:
            self.event("resume")

    def _join(self, told: Mapping[str, Any], place: Place) -> None:
        """Takes part in the run that rank 0 records: says how this process is, beside it. Requests are rank 0's."""
        self.resumed = False
        try:
            state = first_state(Experiment(self.directory), None, {**told, "allows_control": False})
            self._recorder = RankRecorder(Experiment(self.directory.absolute()), state, place)
            self._recorder.start()
        except OSError as error:
            raise unwritable(self.directory, error) from error

    def _begin(
        self, told: Mapping[str, Any], config: Mapping[str, Any] | None, resume: bool, stop_on: Collection[StopOn]
    ) -> None:
        """Claims the directory and starts the recorder; what fails leaves the directory unlocked and unchanged."""
        experiment = Experiment(self.directory)
        self._lock = claim(experiment, resume)
        config_written = False
        try:
            previous = previous_state(experiment, resume)
            state = first_state(experiment, previous, told)
            self._earlier = state.telemetry
            forget_ranks(experiment.ranks)
            config_written = write_config(experiment, config)
            # Absolute, since a script may change its working directory while it trains.
            self._recorder = Recorder(Experiment(self.directory.absolute()), state, stop_on)
            self._recorder.start()
            self.resumed = previous is not None
        except BaseException as error:
            if config_written:  # the directory would be refused for it
                with contextlib.suppress(OSError):
                    experiment.config.unlink()
            self._lock.release()
            if isinstance(error, OSError):
                raise unwritable(self.directory, error) from error
            raise

    def log(
        self,
        step: int,
        values: Mapping[str, Value],
        *,
        epoch: int | None = None,
        tokens: float | None = None,
        samples: float | None = None,
    ) -> None:
        """Records values of series at `step`. Never raises, never waits for a device or a disk.

        Args:
            step: The step they belong to, counted over the whole run; it may stay the same between calls.
            values: Floats, ints, numpy scalars or tensors of one element, by series name. `train/loss`,
                `validation/loss`, `learning_rate` and `gradient_norm` have places of their own in the dashboard.
            epoch: The epoch under way, counted from 1.
            tokens: Tokens that this step processed; the rate is worked out from it.
            samples: Samples that this step processed, where there are no tokens.
        """
        if not self._open:
            return
        if len(self._recorder.pending) >= MAX_PENDING:
            self._recorder.dropped += 1
            return
        try:
            kept: dict[str, Any] = dict(values)  # the caller's may be filled anew before this one is read
        except Exception as error:
            self._put(partial(_fail, error))  # a call that cannot be taken is counted where the others are
            return
        for name, value in kept.items():
            if type(value) is not float:
                kept[name] = self._capture(value)
        if tokens is not None:
            self._put((step, time.time(), kept, epoch, tokens, "tokens"))
        else:
            self._put((step, time.time(), kept, epoch, samples, "samples"))

    def sample(self, step: int, *, input: str, target: str, generated: str, match: float | None = None) -> None:
        """Records one example of what the model does.

        Args:
            step: The step of the model that did it.
            input: What the model was given, several lines if need be; each text is cut at 8192 characters.
            target: What it should have given back.
            generated: What it did give back.
            match: How well it did, 0 … 1; worked out from the words of target and generated if not given.
        """
        if self._open:
            self._put(partial(make_sample, time.time(), step, input, target, generated, match))

    def event(self, kind: str, *, step: int | None = None, detail: str = "") -> None:
        """Records that something happened: `kind` is a word such as checkpoint, `detail` a short sentence."""
        if self._open:
            self._put(partial(make_event, time.time(), kind, step, detail))

    def show_network(self, network: Network) -> None:
        """Records what a Kolmogorov-Arnold network has learned so far, for the monitor's screen of it.

        `kan_trainer.kan.NetworkWatch(kan, inputs, run.show_network)` makes that, every few seconds.
        """
        if self._open:
            self._put(partial(self._recorder.show_network, network))

    @contextlib.contextmanager
    def paused(self, detail: str = "") -> Iterator[None]:
        """For the length of the block the run is paused: its clock stands, and its ETA leaves the time out."""
        self.event("pause", detail=detail)
        self._put(self._recorder.pause)
        try:
            yield
        finally:
            self._put(self._recorder.unpause)
            self.event("continue")

    def obey(self, *, save: Callable[[], object] | None = None, until: Callable[[], object] | None = None) -> None:
        """Does what a monitor asks and what `stop_on` says; called between two steps, by the thread that trains.

        While a pause is asked for it does not return: the run's clock stands, and the run can be resumed, saved or
        stopped. Where nothing is asked, which is nearly always, it returns at once.

        Args:
            save: Writes a checkpoint: when one is asked for, and before a stop. Without it a checkpoint is refused. It
                is not called while a loss is what `stop_on` forbids.
            until: Asked during a pause, ten times a second: true ends it. For a loop with signal handlers of its own.

        Raises:
            SystemExit: A stop is asked for; the run ends as stopped, the process as by SIGTERM.
            Diverged: A loss is what `stop_on` forbids; the run ends in an error.
        """
        if self._asked and self._open:
            Obedience(self._recorder, save, until).obey()

    def flush(self) -> None:
        """Waits until all that was logged so far is in the run's files, a second at most.

        Before a checkpoint is written: a run that dies then, and goes on from it, has no gap in its curves.
        """
        if self._open:
            self._recorder.flush(_FLUSH_SECONDS)

    def doubts(self) -> str | None:
        """Why a checkpoint had better not be written now, by what `stop_on` forbids; `None` where all is well.

        Waits for the losses that were logged so far, a twentieth of a second: so that a checkpoint that is good is
        never replaced by one that is not.
        """
        return self._recorder.doubts() if self._open else None

    def finish(self, outcome: Outcome = "complete", message: str | None = None) -> None:
        """Ends the run and writes all that is left; the `with` block does this. A second call does nothing.

        Args:
            outcome: How it ended.
            message: Why, where that was not by completing.

        Raises:
            ValueError: There is no such outcome.
        """
        if not self._open:
            return
        if outcome not in get_args(Outcome):
            raise ValueError(f"a run ends as one of {', '.join(get_args(Outcome))}, not as {outcome!r}")
        message = None if message is None else clean_text(message, 2000)
        self.event(outcome, detail=message or "")
        # From here on the recorder ends the run by itself: a second Ctrl-C, while this waits for it, loses nothing.
        self._recorder.end(outcome, message)
        self._open = False
        try:
            self._telemetry.stop()
            self._recorder.join()
        finally:
            if self._lock is not None:
                self._lock.release()
            self._signals.close()
        atexit.unregister(self._abandoned)

    def __enter__(self) -> Self:
        self._signals.enter_context(stop_on_signals())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.finish(*outcome_of(error))

    def _capture(self, value: Value) -> Any:
        """A value that can be read later; for one that never can, the error, which the recorder counts."""
        try:
            return capture(value)
        except Exception as error:
            return error

    def _abandoned(self) -> None:
        """At the end of the process: nobody finished the run, or Ctrl-C cut the wait for its end short."""
        with ignored_interrupts():
            self.finish("error", "the process ended without finishing the run")
            self._recorder.join()

    def _disown(self) -> None:
        """In a forked child the run is the parent's: nothing is written, nothing is kept."""
        self._open = False
        self._recorder.abandon()


def _fail(error: Exception) -> None:
    raise error


_open_runs: weakref.WeakSet[Run] = weakref.WeakSet()


def _disown_all() -> None:
    for run in _open_runs:
        run._disown()


os.register_at_fork(after_in_child=_disown_all)
