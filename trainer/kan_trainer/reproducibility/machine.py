"""What the bits of a floating-point sum depend on, outside of any program: processor, card, threads, environment."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Final

from kan_trainer.reproducibility.lock import MAX_ENTRIES, MAX_TEXT, Hardware

#: Vector and matrix instructions, of x86 and of ARM: with others, sums are split otherwise.
_DECISIVE_FLAG: Final = re.compile(r"avx.*|amx.*|fma4?|f16c|.*bf16.*|asimd.*|sve.*|sme|sme[0-9fi].*|i8mm|neon")
#: What mathematical libraries are told by.
_PREFIXES: Final = ("MKL_", "ONEDNN_", "DNNL_", "OMP_", "ATEN_", "OPENBLAS_", "CUBLAS_", "CUDNN_")
_NAMES: Final = frozenset({"NVIDIA_TF32_OVERRIDE", "NCCL_ALGO", "NCCL_PROTO", "KAN_BACKEND", "CXX", "CXXFLAGS"})
_CPUINFO: Final = Path("/proc/cpuinfo")
_MAX_CPUINFO_BYTES: Final = 2**16


def hardware(device: str, threads: int) -> Hardware:
    """This machine, for a training on `device` with so many CPU threads."""
    import torch

    name, flags = _processor()
    kind = device.partition(":")[0]
    on_card = kind == "cuda" and torch.cuda.is_available()
    return Hardware(
        platform=platform.platform()[:MAX_TEXT],
        cpu=name,
        cpu_flags=flags,
        cpu_capability=torch.backends.cpu.get_cpu_capability(),
        threads=threads,
        device=kind,
        gpu=torch.cuda.get_device_name()[:MAX_TEXT] if on_card else None,
        driver=_driver() if on_card else None,
    )


def environment() -> dict[str, str]:
    """The variables that mathematical libraries heed, where they are set."""
    told = sorted(name for name in os.environ if name.startswith(_PREFIXES) or name in _NAMES)
    return {_clean(name): _clean(os.environ[name]) for name in told[:MAX_ENTRIES]}


def _processor() -> tuple[str | None, tuple[str, ...]]:
    """The processor's name, and its decisive flags; none of them where the system does not say."""
    try:
        with _CPUINFO.open("rb") as file:
            text = file.read(_MAX_CPUINFO_BYTES).decode(errors="replace")
    except OSError:
        text = ""
    fields = {key.strip().lower(): value.strip() for key, _, value in _first_of(text)}
    flags = fields.get("flags", fields.get("features", "")).split()
    decisive = tuple(sorted({flag for flag in flags if _DECISIVE_FLAG.fullmatch(flag)}))
    return _clean(fields.get("model name") or platform.processor()) or None, decisive[:MAX_ENTRIES]


def _first_of(text: str) -> list[tuple[str, str, str]]:
    """The fields of the first processor: those of a machine are alike."""
    return [line.partition(":") for line in text.partition("\n\n")[0].splitlines()]


def _driver() -> str | None:
    try:
        import pynvml

        pynvml.nvmlInit()
        try:
            version = pynvml.nvmlSystemGetDriverVersion()
        finally:
            pynvml.nvmlShutdown()
    except Exception:  # the binding raises more than its own errors
        return None
    return _clean(version.decode(errors="replace") if isinstance(version, bytes) else str(version))


def _clean(text: str) -> str:
    """Short, and text that any encoding takes."""
    return text.encode(errors="replace").decode()[:MAX_TEXT]
