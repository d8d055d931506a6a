"""Builds `libnvidia-ml.so.1` from fake_nvml.c and writes the file that it answers from.

The real binding, `import pynvml`, loads it: in a child process by `FakeNvml.environment()`, in this one by
`FakeNvml.load(monkeypatch)`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

GIB: Final = 2**30

#: What one healthy card says, by the keys of fake_nvml.c; power in milliwatts,
#: energy in millijoules since its driver was loaded.
H200: Final[Mapping[str, object]] = {
    "name": "NVIDIA H200",
    "uuid": "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",
    "utilization": 97,
    "memory_total": 141 * GIB,
    "memory_used": 90 * GIB,
    "memory_reserved": 1 * GIB,
    "temperature": 62,
    "slowdown": 92,
    "shutdown": 97,
    "power": 612_000,
    "power_limit": 700_000,
    "clock": 1755,
    "max_clock": 1980,
    "throttle_reasons": 0,
    "energy": 8_000_000_000,
}


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build(directory: Path) -> Path:
    """Compiles the library into `directory`; its path.

    Raises:
        FileNotFoundError: There is no C compiler.
    """
    command = compiler()
    if command is None:
        raise FileNotFoundError("the fake NVML needs a C compiler")
    library = directory / "libnvidia-ml.so.1"
    flags = ["-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC"]
    source = Path(__file__).with_name("fake_nvml.c")
    soname = f"-Wl,-soname,{library.name}"
    subprocess.run([command, *flags, soname, "-o", os.fspath(library), os.fspath(source)], check=True)
    return library


@dataclass(frozen=True)
class FakeNvml:
    """One fake driver: `library` answers from the file `answers`, which may change while a process runs."""

    library: Path
    answers: Path

    def say(self, *gpus: Mapping[str, object], **whole: object) -> None:
        """Replaces the answers: one mapping a GPU, then those of the library as a whole.

            fake.say(H200, {**H200, "temperature": 85, "nvmlDeviceGetPowerUsage": 3})
            fake.say(nvmlInitWithFlags=9)

        A key that is missing is "not supported"; the name of a function gives the error code with which it fails.
        """
        lines = [_line(key, value) for key, value in {"count": len(gpus), **whole}.items()]
        lines += [_line(f"{index}.{key}", value) for index, gpu in enumerate(gpus) for key, value in gpu.items()]
        new = self.answers.with_suffix(".new")
        new.write_bytes(b"".join(lines))
        os.replace(new, self.answers)

    def environment(self) -> dict[str, str]:
        """What a child process needs in its environment for `import pynvml` to find this driver."""
        return {"LD_LIBRARY_PATH": os.fspath(self.library.parent), "FAKE_NVML": os.fspath(self.answers)}

    def load(self, monkeypatch: Any) -> None:
        """Makes this process's pynvml use this driver, until pytest's `monkeypatch` is undone."""
        import pynvml

        monkeypatch.setenv("FAKE_NVML", os.fspath(self.answers))
        monkeypatch.setattr(pynvml, "nvmlLib", ctypes.CDLL(os.fspath(self.library)))
        monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})


def _line(key: str, value: object) -> bytes:
    return key.encode() + b" " + (value if isinstance(value, bytes) else str(value).encode()) + b"\n"
