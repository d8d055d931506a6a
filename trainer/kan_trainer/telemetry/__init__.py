"""What the hardware says while a run trains: its GPUs through NVML, its host through psutil.

A figure that cannot be had is `None`, never zero, and never ends a run. Neither pynvml nor psutil is imported before
the first sample.
"""

from __future__ import annotations

from pathlib import Path

from kan_shared.state import Telemetry
from kan_trainer.telemetry.host import HostReader
from kan_trainer.telemetry.nvml import GpuReader

__all__ = ["Sampler"]


class Sampler:
    """Reads the hardware; never raises. One thread samples, always the same one.

    Args:
        directory: Where the run is recorded.
        earlier: What the run's former segments used, where it is gone on with.
    """

    def __init__(self, directory: Path | None = None, earlier: Telemetry | None = None) -> None:
        self._gpus = GpuReader()
        self._host = HostReader(directory)
        self._earlier = earlier
        self._began: float | None = None

    def sample(self, now: float) -> Telemetry:
        """The hardware at unix time `now`. A driver that hangs makes this hang."""
        gpus, problem = self._gpus.read(now)
        joules = self._earlier.earlier_energy_joules if self._earlier else None
        seconds = (self._earlier.energy_seconds if self._earlier else None) or 0.0
        if self._began is None and any(gpu.energy_joules is not None for gpu in gpus):
            self._began = now
        if self._began is not None:
            seconds += max(0.0, now - self._began)
        return Telemetry(
            seconds=now,
            gpus=gpus,
            gpu_problem=problem,
            host=self._host.read(),
            earlier_energy_joules=joules,
            energy_seconds=seconds if seconds or self._began is not None else None,
        )

    def close(self) -> None:
        """Lets go of NVML; a second call does nothing."""
        self._gpus.close()
