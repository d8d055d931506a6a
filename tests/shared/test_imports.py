"""The contract is light: a monitor that prints one line, and a run in a notebook, both start with it."""

from __future__ import annotations

import pkgutil
from typing import Any

import pytest

import kan_shared

HEAVY = {"torch", "numpy", "rich", "textual", "watchdog", "psutil", "pynvml", "yaml", "asyncio"}
MODULES = sorted(f"kan_shared.{module.name}" for module in pkgutil.iter_modules(kan_shared.__path__))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_the_contract_loads_nothing_heavy_and_neither_side(module: str, spawn: Any) -> None:
    said, _ = spawn(f"import sys, {module}; print(*sys.modules)").communicate()
    loaded = {name.partition(".")[0] for name in said.split()}
    assert "kan_shared" in loaded
    assert not loaded & HEAVY
    assert not loaded & {"kan_trainer", "kan_monitor"}
