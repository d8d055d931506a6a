"""GPUs through NVML, by the binding of `nvidia-ml-py`.

Every figure is asked for on its own: cards, drivers and containers each leave out some of them, the binding raises
more than its own errors (a name that is no UTF-8 is a `UnicodeDecodeError`), and a card can be lost at any moment.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any, Final

from kan_shared.state import MAX_GPUS, Gpu
from kan_trainer.telemetry.bounds import memory, within
from kan_trainer.telemetry.rates import EnergyMeter
from kan_trainer.telemetry.throttling import throttle_reasons

#: How long to wait, while no GPU answers, before NVML is initialised anew: drivers are loaded and reset meanwhile.
RETRY_SECONDS: Final = 30.0
_NO_PERMISSION: Final = 4
_LOST: Final = 15
_IN_WORDS: Final = {
    _NO_PERMISSION: "no permission to ask the NVIDIA driver",
    9: "the NVIDIA driver is not loaded",
    12: "no NVIDIA driver",
    18: "the NVIDIA driver was updated: no GPU until a reboot",
}


class GpuReader:
    """Reads the GPUs that this run may use; never raises."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._cards: list[_Card] = []
        self._problem: str | None = None
        self._answering = False
        self._tried_seconds = -math.inf

    def read(self, now: float) -> tuple[tuple[Gpu, ...], str | None]:
        """The GPUs at unix time `now`, and in a few words why there is none or what is wrong with one."""
        if not self._answering and abs(now - self._tried_seconds) >= RETRY_SECONDS:
            self._tried_seconds = now
            self._attach()
        gpus = tuple(card.read(now) for card in self._cards)
        problems = [card.problem for card in self._cards if card.problem]
        self._answering = len(problems) < len(self._cards)
        return gpus, self._problem or ", ".join(problems)[:200] or None

    def close(self) -> None:
        """Lets go of NVML; a second call does nothing."""
        nvml, self._nvml = self._nvml, None
        try:
            if nvml is not None:
                nvml.nvmlShutdown()
        except Exception:
            pass

    def _attach(self) -> None:
        """Initialises NVML and finds the cards; those found before keep their place and their name."""
        self.close()
        try:
            import pynvml

            pynvml.nvmlInit()
            self._nvml = pynvml
            if self._cards:
                for card in self._cards:
                    card.attach()
            else:
                self._cards = _visible(_find(pynvml), os.environ.get("CUDA_VISIBLE_DEVICES"))
            self._problem = None if self._cards else _why_none()
        except Exception as error:
            self._problem = _in_words(error)


class _Card:
    """One GPU, by its index on the machine."""

    def __init__(self, nvml: Any, index: int) -> None:
        self._nvml = nvml
        self._handle: Any = None
        self._name: str | None = None
        self._error: Exception | None = None
        self._answers = 0
        self._energy = EnergyMeter()
        self.index = index
        self.attach()

    def attach(self) -> None:
        """Asks NVML for the card anew; where that fails, `read` says why."""
        self._handle = None
        try:
            self._handle = self._nvml.nvmlDeviceGetHandleByIndex(self.index)
        except Exception as error:
            self._error = error

    def read(self, now: float) -> Gpu:
        """What the card says at unix time `now`."""
        nvml, card, figure = self._nvml, self._handle, self._figure
        self._name = self._name or self._text(nvml.nvmlDeviceGetName)
        self._answers = 0
        used, total = self._memory()
        power = figure(0, 1e6, lambda: nvml.nvmlDeviceGetPowerUsage(card) / 1000)
        counter = figure(0, 1e18, lambda: nvml.nvmlDeviceGetTotalEnergyConsumption(card) / 1000)
        self._energy.add(now, counter, power)
        return Gpu(
            index=self.index,
            name=self._name,
            utilization_percent=figure(0, 100, lambda: nvml.nvmlDeviceGetUtilizationRates(card).gpu),
            memory_used_bytes=used,
            memory_total_bytes=total,
            temperature_celsius=figure(-100, 1000, lambda: nvml.nvmlDeviceGetTemperature(card, 0)),
            # 1 is where the card slows down. Some drivers say 0 °C, or 0 W below, for "none".
            throttle_celsius=figure(1, 1000, lambda: nvml.nvmlDeviceGetTemperatureThreshold(card, 1)),
            shutdown_celsius=figure(1, 1000, lambda: nvml.nvmlDeviceGetTemperatureThreshold(card, 0)),
            power_watts=power,
            power_limit_watts=figure(1, 1e6, lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(card) / 1000),
            # 1 is the clock of the processors that compute.
            clock_megahertz=figure(0, 1e6, lambda: nvml.nvmlDeviceGetClockInfo(card, 1)),
            clock_limit_megahertz=figure(1, 1e6, lambda: nvml.nvmlDeviceGetMaxClockInfo(card, 1)),
            throttle_reasons=self._throttle_reasons(),
            energy_joules=self._energy.joules,
        )

    @property
    def problem(self) -> str | None:
        """Why the last `read` got no figure at all; `None` when it got one."""
        if self._answers:
            return None
        if _code(self._error) == _LOST:
            return f"GPU {self.index} is lost"
        return f"GPU {self.index} gives no figures: {_in_words(self._error)}"

    def uuid(self) -> str:
        """The card's UUID, "GPU-…"; empty where it does not say."""
        return self._text(self._nvml.nvmlDeviceGetUUID) or ""

    @property
    def forbidden(self) -> bool:
        """Whether the card is not ours: a container or a batch system gave it to somebody else."""
        return self._handle is None and _code(self._error) == _NO_PERMISSION

    def _memory(self) -> tuple[int | None, int | None]:
        """By version 2, as nvidia-smi shows it: version 1 counts what the driver reserves as used."""
        nvml, card = self._nvml, self._handle
        found = self._ask(lambda: nvml.nvmlDeviceGetMemoryInfo(card, nvml.nvmlMemory_v2))
        found = found or self._ask(lambda: nvml.nvmlDeviceGetMemoryInfo(card))
        return memory(found.used, found.total) if found else (None, None)

    def _throttle_reasons(self) -> tuple[str, ...] | None:
        """By the call of newer drivers, or by its name in older ones."""
        nvml, card = self._nvml, self._handle
        bits = self._ask(lambda: nvml.nvmlDeviceGetCurrentClocksEventReasons(card))
        if bits is None:
            bits = self._ask(lambda: nvml.nvmlDeviceGetCurrentClocksThrottleReasons(card))
        return None if bits is None else throttle_reasons(bits)

    def _figure(self, low: float, high: float, call: Callable[[], float]) -> float | None:
        value = self._ask(call)
        return None if value is None else within(value, low, high)

    def _text(self, call: Callable[[Any], str]) -> str | None:
        """The text that `call` gives for this card, asked for under the decoder that the binding wraps around it."""
        plain = getattr(call, "__wrapped__", call)
        value = self._ask(lambda: plain(self._handle))
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        return text[:200] if text else None

    def _ask(self, call: Callable[[], Any]) -> Any:
        if self._handle is None:
            return None
        try:
            value = call()
        except Exception as error:
            self._error = error
            return None
        self._answers += 1
        return value


def _find(nvml: Any) -> list[_Card]:
    cards = (_Card(nvml, index) for index in range(min(nvml.nvmlDeviceGetCount(), MAX_GPUS)))
    return [card for card in cards if not card.forbidden]


def _visible(cards: list[_Card], wanted: str | None) -> list[_Card]:
    """The cards that CUDA_VISIBLE_DEVICES=`wanted` leaves, by CUDA's rules: numbers or beginnings of UUIDs, up to the
    first that names no card. Numbers count as NVML counts, by bus; CUDA does so on machines of equal cards, and with
    CUDA_DEVICE_ORDER=PCI_BUS_ID on others. All of them where it is not set, or names slices of cards (MIG)."""
    if wanted is None or "MIG-" in wanted:
        return cards
    chosen: list[_Card] = []
    for entry in wanted.split(","):
        card = _named(cards, entry.strip())
        if card is None:
            break
        chosen.append(card)
    return [card for card in cards if card in chosen]


def _named(cards: list[_Card], entry: str) -> _Card | None:
    if entry.isdecimal():
        return cards[int(entry)] if int(entry) < len(cards) else None
    found = [card for card in cards if card.uuid().startswith(entry)] if entry.startswith("GPU-") else []
    return found[0] if len(found) == 1 else None


def _why_none() -> str:
    if "CUDA_VISIBLE_DEVICES" in os.environ:
        return "no GPU is left by CUDA_VISIBLE_DEVICES"
    return "no NVIDIA GPU"


def _code(error: Exception | None) -> int | None:
    """The NVML error code of `error`, if it has one."""
    return getattr(error, "value", None)


def _in_words(error: Exception | None) -> str:
    if isinstance(error, ImportError):
        return "nvidia-ml-py is not installed"
    known = _IN_WORDS.get(_code(error) or 0)
    return known or f"NVML says: {error}"[:200]
