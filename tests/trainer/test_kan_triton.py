"""The kernels for graphics cards, without one: interpreted, in a process of their own, and compiled for some."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(find_spec("triton") is None, reason="Triton is not installed: the extra gpu")

#: Triton interprets its kernels where this is set before it is imported.
INTERPRETED = Path(__file__).with_name("triton_interpreted.py")


@pytest.mark.slow
def test_give_what_the_reference_gives() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(INTERPRETED)]
    done = subprocess.run(command, env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", ["fp32", "fp64"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Triton's own, of its next version
def test_compile_for_cards_that_are_not_here(number: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from kan_trainer.kan.kernels import triton_kernel as kernel

    constants = {"GRID": 5, "ORDER": 3, "OUTSIDE": kernel.LINEAR, "BASE": kernel.SILU, "BIASED": True}
    constants |= {"SAMPLES": 32, "ROWS": 16, "WIDTH": 64}
    for function in (kernel.forward, kernel.by_inputs, kernel.by_weights):
        names = function.arg_names
        kinds = {
            name: "constexpr"
            if name in constants
            else "i32"
            if name in ("batch", "inputs", "outputs")
            else f"*{number}"
            for name in names
        }
        chosen = {(place,): constants[name] for place, name in enumerate(names) if name in constants}
        source = ASTSource(fn=function, signature=kinds, constexprs=chosen)
        assert triton.compile(source, target=GPUTarget("cuda", 90, 32)).asm["cubin"]
