"""What the training thread does with a value that it is given: make it safe to read later, and never wait for a
device.

A float or an int is kept. A numpy scalar or a CPU tensor is read at once, since its memory may be reused by the next
step. A tensor on a device is cloned there, which only queues work; the recorder's thread waits for that clone and
fetches it.
"""

from __future__ import annotations

import sys
from typing import Any, SupportsFloat

#: What `Run.log` takes as a value: floats, ints, numpy scalars and tensors of one element all have `__float__`.
Value = SupportsFloat


class DeviceScalar:
    """A scalar that a device may still be computing."""

    __slots__ = ("_done", "_tensor")

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor.detach().clone()
        self._done = _after_queued_work(tensor)

    def __float__(self) -> float:
        """Waits for the device, and fetches the value."""
        if self._done is not None:
            self._done.synchronize()
        return float(self._tensor.item())


def capture(value: Value) -> float | DeviceScalar:
    """`value` as a float, or as something that becomes one later.

    Raises:
        TypeError, ValueError, RuntimeError: It is no scalar.
    """
    if getattr(value, "is_cpu", False):  # a tensor; to ask for its device costs more than to read it
        return float(value.item())  # type: ignore[attr-defined]
    device = getattr(value, "device", None)
    kind = getattr(device, "type", "cpu")
    if kind != "cpu" and kind != "meta":
        return DeviceScalar(value)
    return float(value)


def _after_queued_work(tensor: Any) -> Any:
    """An event that is done when what the current stream holds is done; devices but CUDA have one stream."""
    if tensor.device.type != "cuda":
        return None
    event = sys.modules["torch"].cuda.Event()
    event.record(sys.modules["torch"].cuda.current_stream(tensor.device))
    return event
