"""Takes long series in, in a thread beside the screen; numpy is imported there, after the first paint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

from textual.message import Message

from kan_monitor import startup
from kan_monitor.curve import SHORT_RECORDS, Curve
from kan_shared.series import SeriesFile

if TYPE_CHECKING:
    from kan_monitor.charts.pyramid import Pyramid

    Result = tuple[Pyramid, SeriesFile] | None

#: Records that are read at once; a chunk takes some milliseconds.
_CHUNK_RECORDS: Final = 2**18


class Taken(Message):
    """A thread is through with a series; posted by that thread."""

    def __init__(self, curve: Curve, future: Future[Result]) -> None:
        super().__init__()
        self.curve = curve
        self.future = future


class Intake:
    """Takes in one series after the other, those first that were wanted last.

    Args:
        tell: Gets the news, in the thread that takes in; `adopt` it where the curves are drawn.
    """

    def __init__(self, tell: Callable[[Taken], object]) -> None:
        self._tell = tell
        self._pool = ThreadPoolExecutor(1, "intake")
        self._futures: dict[Curve, Future[Result]] = {}
        self._over = Event()

    @property
    def left(self) -> int:
        """How many series are still to come."""
        return len(self._futures)

    def want(self, curves: Iterable[Curve], smoothing: float) -> None:
        """Takes these in before all that wait, each with the average of that weight; short ones are passed over."""
        waiting = [curve for curve, future in self._futures.items() if future.cancel()]
        for curve in waiting:
            del self._futures[curve]
        for curve in dict.fromkeys([*curves, *waiting]):
            if curve.is_short and curve not in self._futures and not self._over.is_set():
                self._futures[curve] = future = self._pool.submit(take_in, curve, smoothing, self._over.is_set)
                future.add_done_callback(partial(self._done, curve))

    def adopt(self, taken: Taken) -> None:
        """Draws the series exactly from now on."""
        if self._futures.get(taken.curve) is taken.future:
            del self._futures[taken.curve]
        result = taken.future.result()
        if result and taken.curve.is_short:
            taken.curve.adopt(*result)

    def forget(self) -> None:
        """Takes nothing in of what waits."""
        self._futures = {curve: future for curve, future in self._futures.items() if not future.cancel()}

    def stop(self) -> None:
        """Ends the thread with the chunk that it is at."""
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, curve: Curve, future: Future[Result]) -> None:
        if not future.cancelled():
            self._tell(Taken(curve, future))


def take_in(curve: Curve, smoothing: float, cancelled: Callable[[], bool]) -> Result:
    """The pyramid of a long series with its average worked out, and the file it reads from; None if cancelled, or for
    a short one."""
    file = curve.new_file()
    file.refresh()
    if file.count <= SHORT_RECORDS:
        return None
    startup.import_numpy()
    from kan_monitor.charts.pyramid import Pyramid

    pyramid = Pyramid(file)
    pyramid.prepare(smoothing)  # of nothing yet; from now on it keeps up
    while not cancelled() and pyramid.extend(limit=_CHUNK_RECORDS):
        pass
    return None if cancelled() else (pyramid, file)
