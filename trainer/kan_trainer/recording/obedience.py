"""The training thread's side of control: does, between two steps, what waits to be done."""

from __future__ import annotations

from collections.abc import Callable

from kan_shared.control import Request
from kan_trainer.recording.orders import Diverged, StopAsked
from kan_trainer.recording.recorder import Recorder


class Obedience:
    """Does the orders of one run in the thread of its loop.

    Args:
        recorder: Who has them, and records what becomes of them.
        save: Writes a checkpoint; `None` where the loop has none to write.
        until: Asked during a pause: true ends it.
    """

    def __init__(
        self, recorder: Recorder, save: Callable[[], object] | None, until: Callable[[], object] | None
    ) -> None:
        self._orders, self._recorder = recorder.orders, recorder
        self._save, self._until = save, until

    def obey(self) -> None:
        """Does all that waits; returns when the training may go on.

        Raises:
            StopAsked: It is to end.
            Diverged: It is to end, for its own sake.
        """
        while self._orders:
            order = self._next()
            if order.action == "pause":
                self._pause(order)
            elif order.action == "resume":
                self._recorder.answer(order, "refused", "it is not paused")
            else:
                self._save_or_stop(order)

    def _next(self) -> Request:
        order = self._orders.take()
        if isinstance(order, Diverged):
            raise order
        return order

    def _pause(self, request: Request) -> None:
        self._recorder.stand(still=True)
        try:
            self._recorder.answer(request, "done")
            while not (self._until is not None and self._until()):
                self._orders.wait()
                if self._orders and self._resumed(self._next()):
                    return
        finally:
            self._recorder.stand(still=False)

    def _resumed(self, request: Request) -> bool:
        """Does what is asked during a pause; whether that was to end it."""
        if request.action == "resume":
            self._recorder.answer(request, "done")
            return True
        if request.action == "pause":
            self._recorder.answer(request, "refused", "it is paused already")
        else:
            self._save_or_stop(request)
        return False

    def _save_or_stop(self, request: Request) -> None:
        """A stop without a checkpoint would lose what was learned since the last one: it fails where that does."""
        stop = request.action == "stop"
        doubts = self._recorder.doubts()
        try:
            if self._save is not None and doubts is None:
                self._save()
        except Exception as error:
            lost = "it was not stopped, for its checkpoint failed: " if stop else ""
            self._recorder.answer(request, "refused", f"{lost}{type(error).__name__}: {error}")
            return
        if stop:
            self._recorder.answer(request, "done", f"without a checkpoint, for {doubts}" if doubts else "")
            raise StopAsked(request.by)
        if doubts or self._save is None:
            self._recorder.answer(request, "refused", doubts or "this training has not said how it is saved")
        else:
            self._recorder.answer(request, "done")
