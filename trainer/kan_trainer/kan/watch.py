"""Shows what a network learns while it learns it, and takes no time that would be missed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from torch import Tensor

from kan_shared.network import Network
from kan_trainer.kan.network import KAN
from kan_trainer.kan.snapshot import snapshot

#: No oftener than this, and never so often that it would take more than a hundredth of the time.
_SECONDS: Final = 3.0
_TIMES_ITS_COST: Final = 100.0
#: Examples that a network is looked at with; fewer where a layer would be given more numbers than this.
_EXAMPLES: Final = 256
_MOST_NUMBERS: Final = 2**16

_log = logging.getLogger("kan_trainer")


class NetworkWatch:
    """Looks at `network` every few seconds. The training never ends by it: what fails is said once, in the log.

        watch = NetworkWatch(kan, held_out, run.show_network)
        for step in range(1, 1001):
            ...
            watch.look(step)
        watch.show(1000)

    Args:
        network: What is trained.
        inputs: What it is given, `(batch, layers[0])`: some of its data, on its device; or what gives them, where they
            change while it trains.
        tell: Takes what was seen.
    """

    def __init__(self, network: KAN, inputs: Tensor | Callable[[], Tensor], tell: Callable[[Network], object]) -> None:
        self._network = network
        self._inputs = inputs if callable(inputs) else _some(network, inputs)
        self._tell = tell
        self._due = 0.0
        self._complained = False

    def look(self, step: int) -> None:
        """Shows the network as it is at `step`, if it is time for that; call it after every step."""
        if time.monotonic() >= self._due:
            self.show(step)

    def show(self, step: int) -> None:
        """Shows the network as it is at `step`: after the last one, say."""
        began = time.monotonic()
        try:
            inputs = _some(self._network, self._inputs()) if callable(self._inputs) else self._inputs
            self._tell(snapshot(self._network, inputs, step))
        except Exception as error:
            self._complain(step, error)
        ended = time.monotonic()
        self._due = ended + max(_SECONDS, _TIMES_ITS_COST * (ended - began))

    def _complain(self, step: int, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            _log.warning("the network cannot be shown at step %d: %s: %s", step, type(error).__name__, error)


def _some(network: KAN, inputs: Tensor) -> Tensor:
    """A few of `inputs`, evenly picked."""
    widest = max(layer.weight.shape[0] for layer in network.kan_layers)
    most = max(16, min(_EXAMPLES, _MOST_NUMBERS // widest))
    rows = inputs.detach().flatten(0, -2)
    return rows[:: max(1, -(-len(rows) // most))]
