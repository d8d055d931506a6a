"""The thread that looks at the hardware once a second, apart from the recorder's: a driver that hangs holds up
nothing."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kan_shared.state import Telemetry

INTERVAL_SECONDS: Final = 1.0


class TelemetryThread:
    """Samples until `stop`, and hands every sample to `put`; `directory` and `earlier` are the sampler's."""

    def __init__(self, put: Callable[[Telemetry], None], directory: Path, earlier: Telemetry | None = None) -> None:
        self._put = put
        self._of_sampler = (directory, earlier)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="kan-telemetry", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, without waiting for a driver that hangs."""
        self._stop.set()
        self._thread.join(timeout=0.5)

    def _work(self) -> None:
        from kan_trainer.telemetry import Sampler

        with contextlib.closing(Sampler(*self._of_sampler)) as sampler:
            while not self._stop.is_set():
                self._put(sampler.sample(time.time()))
                self._stop.wait(INTERVAL_SECONDS)
