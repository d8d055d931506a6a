"""Compiles the kernel for this very processor, once, and keeps it in the user's cache.

    ~/.cache/kan-monitor/kernels/<digest>.so     one for each order, type of number and source

The digest is of everything that the result depends on: sources, flags, compiler, processor. Where there is no compiler,
or no room for the result, there is no kernel, and everything works without it, more slowly.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final, Literal

Real = Literal["float", "double"]
Source = Literal["kan", "baked"]

_SOURCES: Final = Path(__file__).parent
_FLAGS: Final = (
    "-std=c++20",
    "-O3",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fPIC",
    "-shared",
    "-pthread",
    "-fvisibility=hidden",
)
_COMPILE_SECONDS: Final = 120
_log = logging.getLogger("kan_trainer")


@cache
def library(order: int, real: Real, vector_bytes: int | None = None, source: Source = "kan") -> Path | None:
    """The compiled kernel for splines of `order`; None where it cannot be had.

    Args:
        order: Degree of the splines' pieces.
        real: C's name for the type of all numbers.
        vector_bytes: Width of the vectors, 16, 32 or 64; by default as wide as the processor's.
        source: What is compiled: `kan`, networks that learn, or `baked`, those that do no longer.
    """
    compiler = _compiler()
    if compiler is None:
        _log.debug("no C++ compiler: KAN layers run in plain PyTorch")
        return None
    flags = [*_FLAGS, _processor_flag(), f"-DKAN_ORDER={order}", f"-DKAN_REAL={real}"]
    flags += [f"-DKAN_VECTOR_BYTES={vector_bytes}"] if vector_bytes else []
    try:
        target = _cache() / f"{_digest(compiler, [*flags, source])}.so"
        if not target.exists():
            _compile(compiler, [*flags, str(_SOURCES / f"{source}.cpp")], target)
    except (OSError, subprocess.SubprocessError) as error:
        _log.warning("the KAN kernel could not be compiled, so layers run in plain PyTorch: %s", _reason(error))
        return None
    return target


def _compiler() -> str | None:
    wanted = os.environ.get("CXX")
    return next(
        (found for name in ([wanted] if wanted else ["c++", "g++", "clang++"]) if (found := shutil.which(name))), None
    )


def _processor_flag() -> str:
    return "-march=native" if platform.machine() in ("x86_64", "AMD64") else "-mcpu=native"


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "kan-monitor" / "kernels"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _digest(compiler: str, flags: list[str]) -> str:
    version = subprocess.run([compiler, "--version"], capture_output=True, check=True, timeout=_COMPILE_SECONDS).stdout
    digest = hashlib.sha256(repr((compiler, flags, _processor())).encode() + version)
    for source in sorted(_SOURCES.glob("*.[ch]*")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


def _processor() -> str:
    """What this processor can do: a folder may be shared by several machines."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return "\n".join(
        next((line for line in lines if line.startswith(key)), "") for key in ("flags", "Features", "model name")
    )


def _compile(compiler: str, arguments: list[str], target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        command = [compiler, *arguments, "-o", str(made)]
        subprocess.run(command, capture_output=True, check=True, timeout=_COMPILE_SECONDS)
        made.replace(target)


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.decode(errors="replace").splitlines()
        return next((line for line in lines if "error" in line), str(error))
    return str(error)
