"""What the recorder sees in the values that pass through it: a learning rate that jumps, a loss that shall end the
run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kan_shared.series import Record
from kan_trainer.recording.guard import LossGuard, StopOn
from kan_trainer.recording.orders import Diverged, Orders
from kan_trainer.recording.rates import RATE_SERIES, RateWatch


class Watch:
    """Looks at all records of one run, and gives `orders` what `stop_on` says."""

    def __init__(self, orders: Orders, stop_on: Collection[StopOn]) -> None:
        self._orders = orders
        self._rates = RateWatch()
        self.guard = LossGuard(stop_on) if stop_on else None

    def look(self, name: str, records: Sequence[Record]) -> Iterator[tuple[str, int, str]]:
        """Takes in records of the series `name`; the kind, the step and the detail of every event that they are."""
        if name == RATE_SERIES:
            for step, jump in self._rates.look(records):
                yield "learning_rate", step, jump
        if self.guard is not None and (trouble := self.guard.look(name, records)):
            self._orders.give(Diverged(trouble))
            yield "alert", records[-1][0], f"{trouble}: the run is to stop"
