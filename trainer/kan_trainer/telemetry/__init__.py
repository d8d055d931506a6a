"""What the hardware says while a run trains: its GPUs through NVML, its host through psutil.

A figure that cannot be had is `None`, never zero, and never ends a run. Neither pynvml nor psutil is imported before
the first sample.
"""

from __future__ import annotations

from kan_shared.state import Telemetry
from kan_trainer.telemetry.host import HostReader
from kan_trainer.telemetry.nvml import GpuReader

__all__ = ["Sampler"]


class Sampler:
    """Reads the hardware; never raises. One thread samples, always the same one."""

    def __init__(self) -> None:
        self._gpus = GpuReader()
        self._host = HostReader()

    def sample(self, now: float) -> Telemetry:
        """The hardware at unix time `now`. A driver that hangs makes this hang."""
        gpus, problem = self._gpus.read(now)
        return Telemetry(seconds=now, gpus=gpus, gpu_problem=problem, host=self._host.read())

    def close(self) -> None:
        """Lets go of NVML; a second call does nothing."""
        self._gpus.close()
