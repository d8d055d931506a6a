"""A driver of NVIDIA that is none: the fake library, the codes it fails with, and what a monitor reads of it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from kan_shared.liveness import this_process
from kan_shared.state import State, Telemetry, decode_state, encode_state


def _helper() -> Any:
    path = Path(__file__).parents[1] / "fake_nvml" / "fake_nvml.py"
    spec = importlib.util.spec_from_file_location("fake_nvml", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fake_nvml = _helper()
H200 = fake_nvml.H200
NOT_SUPPORTED, NO_PERMISSION, DRIVER_NOT_LOADED, FUNCTION_NOT_FOUND, LOST, UNKNOWN = 3, 4, 9, 13, 15, 999


def through_the_state(telemetry: Telemetry) -> Telemetry:
    """`telemetry` as a monitor reads it; fails where it breaks the contract."""
    state = State(
        run_id="r",
        name="n",
        status="running",
        producer=this_process(),
        revision=0,
        started_seconds=0,
        heartbeat_seconds=0,
        elapsed_seconds=0,
        telemetry=telemetry,
    )
    found = decode_state(encode_state(state)).telemetry
    assert found is not None
    return found
