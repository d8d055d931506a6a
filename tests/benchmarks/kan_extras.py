"""What `bench_kan` measures beside its tables: memory, threads, and the same layer compiled by numba."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import kan_peers
import torch
from harness import Row, Target, interleaved
from torch import nn

PROGRAM: Final = Path(__file__).with_name("programs") / "kan_memory.py"
SIZES: Final = (64, 64, 64)
ROUNDS: Final = 9


def memory_row() -> Row:
    """What forward and backward take at their peak, each in a process of its own."""
    ours, dense = (
        int(subprocess.run([sys.executable, PROGRAM, name], capture_output=True, check=True, text=True).stdout)
        for name in ("ours", "dense")
    )
    return Row(
        name="memory of a training step, 784-64-10, batch 4096",
        measured=ours / 1e6,
        unit="MB",
        ratio=dense / ours,
        target=Target(bound=20, of="ratio", at_least=True),
        note=f"dense {dense / 1e6:,.0f} MB; beyond network and inputs, with the gradient of the inputs",
    )


def threads_rows() -> list[Row]:
    """Two threads against one, by the clock on the wall."""
    x = torch.rand(1024, SIZES[0]) * 2 - 1
    network = kan_peers.KAN(SIZES)

    def forward() -> None:
        with torch.no_grad():
            network(x)

    def training() -> None:
        nn.functional.mse_loss(network(x), x).backward()

    return [_threads_row("forward", forward), _threads_row("forward and backward", training)]


def _threads_row(what: str, call: Callable[[], object]) -> Row:
    def seconds(threads: int) -> float:
        torch.set_num_threads(threads)
        began = time.perf_counter()
        for _ in range(4):
            call()
        return (time.perf_counter() - began) / 4

    found = interleaved({"1": lambda: seconds(1), "2": lambda: seconds(2)}, rounds=ROUNDS)
    torch.set_num_threads(1)
    one, two = median(found["1"]), median(found["2"])
    return Row(name=f"two threads, {what}, 64-64-64, batch 1024", measured=two * 1e6, unit="µs", ratio=one / two,
               note="wall, over one thread")  # fmt: skip


def numba_rows() -> list[Row]:
    """The forward pass of 64-64-64 by numba against ours."""
    try:
        import numba_layer
    except ImportError:
        return [Row(name="numba", note="not installed: numba")]
    return [_numba_row(numba_layer.forward, batch) for batch in (1, 64, 1024)]


def _numba_row(forward: Callable[..., object], batch: int) -> Row:
    network, x = kan_peers.KAN(SIZES), torch.rand(batch, SIZES[0]) * 2 - 1
    layers = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in network.kan_layers]

    def by_numba() -> torch.Tensor:
        y = x.numpy()
        for weight, bias in layers:
            y = forward(y, weight, bias)
        return torch.from_numpy(y)

    def ours() -> torch.Tensor:
        with torch.no_grad():
            return network(x)

    torch.testing.assert_close(by_numba(), ours(), rtol=1e-4, atol=1e-4)
    times = max(1, 1024 // batch // 2)

    def seconds(call: Callable[[], object]) -> float:
        began = time.process_time()
        for _ in range(times):
            call()
        return (time.process_time() - began) / times

    found = interleaved({"numba": lambda: seconds(by_numba), "ours": lambda: seconds(ours)}, rounds=ROUNDS)
    numba, native = median(found["numba"]), median(found["ours"])
    return Row(name=f"numba's forward, 64-64-64, batch {batch}", measured=numba * 1e6, unit="µs", ratio=numba / native,
               note=f"over ours: {native * 1e6:,.0f} µs")  # fmt: skip
