"""Kolmogorov-Arnold networks against other libraries: five intervals, cubic, float32, one thread.

The yardstick is a dense layer written for this benchmark: all bases by the Cox-de Boor recurrence, two products of
matrices. Figures are the processor time of ours; ratios are the yardstick's time over it, medians of rounds in which
all networks take turns. Notes have the same ratio of the others, and ours by the clock on the wall. A training step is
zero_grad, forward, mean squared error, backward and PyTorch's Adam as it comes; `fused` is the ratio where both are
given its fused form. The step in one call is `TrainStep`, against the yardstick and that Adam. The roofline is the
processor's speed at a product of two matrices of 1024 × 1024, and what is counted are 2 · batch · inputs · outputs ·
(k + 2) operations a layer, those of the local sum.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import kan_peers
import torch
from harness import Row, Target, interleaved
from kan_extras import memory_row, numba_rows, threads_rows
from torch import Tensor, nn

from kan_trainer.kan.step import TrainStep

NETS: Final = ((2, 5, 1), (64, 64, 64), (784, 64, 10), (21, 64, 64, 24))
BATCHES: Final = (1, 64, 256, 1024)
ROUNDS: Final = 7
#: Of one measurement in a round; one call at least.
BLOCK_SECONDS: Final = 0.008
#: What takes longer than this is measured once.
SLOW_SECONDS: Final = 0.25
ORDER: Final = 3

Call = Callable[[], object]


class Cost(NamedTuple):
    """Seconds a call."""

    cpu: float
    wall: float


class Cell(NamedTuple):
    """A network and a batch, and what each of the peers took: medians over the rounds."""

    sizes: tuple[int, ...]
    batch: int
    costs: dict[str, Cost]

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch}"

    def ratio(self, name: str, of: str = "dense") -> float:
        return self.costs[of].cpu / self.costs[name].cpu

    def ratios(self, *names: str) -> str:
        return ", ".join(f"{name} {self.ratio(name):.2g}" for name in names if name in self.costs)


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    forwards, trainings = [], []
    for sizes in NETS:
        networks = kan_peers.networks(sizes)
        _same(networks, sizes)
        for batch in BATCHES:
            x = torch.rand(batch, sizes[0]) * 2 - 1
            forwards.append(_forward(networks, x, sizes))
            trainings.append(_training(sizes, x))
    return [
        *map(_forward_row, forwards),
        *(_worst_row("plain, without a compiler", forwards, net, "plain", "dense", 3.5) for net in NETS),
        *(_worst_row("ours against an MLP", forwards, net, "ours", "MLP", 1.0, at_least=64) for net in NETS),
        *map(_training_row, trainings),
        *map(_step_row, trainings),
        _roofline_row(),
        memory_row(),
        *threads_rows(),
        *numba_rows(),
    ]


def _same(networks: Mapping[str, nn.Module], sizes: tuple[int, ...]) -> None:
    """What is compared computes the same."""
    x = torch.rand(50, sizes[0]) * 2 - 1
    with torch.no_grad():
        for name in ("ours", "plain"):
            torch.testing.assert_close(networks[name](x), networks["dense"](x), rtol=1e-4, atol=1e-4)


def _forward(networks: Mapping[str, nn.Module], x: Tensor, sizes: tuple[int, ...]) -> Cell:
    with torch.no_grad():
        return Cell(sizes, len(x), _costs({name: partial(network, x) for name, network in networks.items()}))


def _training(sizes: tuple[int, ...], x: Tensor) -> Cell:
    """New networks, since they learn."""
    y = torch.randn(len(x), sizes[-1])
    networks = kan_peers.networks(sizes)
    calls: dict[str, Call] = {name: _step(network, x, y) for name, network in networks.items()}
    more = kan_peers.networks(sizes)
    calls["ours, fused"] = _step(more["ours"], x, y, fused=True)
    calls["dense, fused"] = _step(more["dense"], x, y, fused=True)
    calls["in one call"] = partial(TrainStep(kan_peers.KAN(sizes), weight_decay=0.0), x, y)
    return Cell(sizes, len(x), _costs(calls))


def _step(network: nn.Module, x: Tensor, y: Tensor, **options: Any) -> Call:
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, **options)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.mse_loss(network(x), y).backward()
        optimizer.step()

    return step


def _costs(calls: Mapping[str, Call]) -> dict[str, Cost]:
    """Of every call: median, all of them in turns, the slow ones once."""
    blocks = {name: _block(call) for name, call in calls.items()}
    slow = {name: [block()] for name, (block, seconds) in blocks.items() if seconds > SLOW_SECONDS}
    quick = {name: block for name, (block, _) in blocks.items() if name not in slow}
    found = interleaved(quick, rounds=ROUNDS) | slow
    return {name: Cost(*map(median, zip(*costs, strict=True))) for name, costs in found.items()}


def _block(call: Call) -> tuple[Callable[[], Cost], float]:
    """A measurement of several calls, and what a call took before."""
    call()  # may compile
    began = time.perf_counter()
    call()
    seconds = time.perf_counter() - began
    times = max(1, int(BLOCK_SECONDS / seconds))

    def block() -> Cost:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(times):
            call()
        return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)

    return block, seconds


def _forward_row(cell: Cell) -> Row:
    bound = 10.0 if cell.batch >= 256 else 40.0 if cell.batch == 1 and cell.sizes == NETS[-1] else None
    peers = cell.ratios("pykan", "flashkan", "MLP", "plain")
    return _row("forward", cell, "ours", bound, peers)


def _training_row(cell: Cell) -> Row:
    fused = cell.ratio("ours, fused", "dense, fused")
    peers = f"{cell.ratios('pykan', 'flashkan', 'MLP', 'plain')}; fused {fused:.2g}"
    return _row("training", cell, "ours", 5.0 if cell.batch >= 256 else None, peers)


def _step_row(cell: Cell) -> Row:
    return _row("step in one call", cell, "in one call", {1: 20.0, 256: 8.0}.get(cell.batch), "")


def _row(what: str, cell: Cell, name: str, bound: float | None, peers: str) -> Row:
    ours, dense = cell.costs[name], cell.costs["dense"]
    wall = f"wall {dense.wall / ours.wall:.3g}"
    return Row(
        name=f"{what}, {cell.name}",
        measured=ours.cpu * 1e6,
        unit="µs",
        ratio=cell.ratio(name),
        target=None if bound is None else Target(bound=bound, of="ratio", at_least=True),
        note=f"{peers}; {wall}" if peers else wall,
    )


def _worst_row(
    what: str, cells: list[Cell], sizes: tuple[int, ...], name: str, of: str, bound: float, at_least: int = 1
) -> Row:
    """The least ratio of all batches; the others in the note."""
    ratios = {cell.batch: cell.ratio(name, of) for cell in cells if cell.sizes == sizes and cell.batch >= at_least}
    return Row(
        name=f"{what}, {'-'.join(map(str, sizes))}",
        ratio=min(ratios.values()),
        target=Target(bound=bound, of="ratio", at_least=True),
        note="batch " + ", ".join(f"{batch}: {ratio:.2g}" for batch, ratio in ratios.items()),
    )


def _roofline_row() -> Row:
    sizes, batch = NETS[1], 1024
    network, x = kan_peers.KAN(sizes), torch.rand(batch, sizes[0]) * 2 - 1
    a, b, c = (torch.randn(1024, 1024) for _ in range(3))
    with torch.no_grad():
        costs = _costs({"ours": partial(network, x), "product": lambda: torch.mm(a, b, out=c)})
    local = sum(2 * batch * inputs * outputs * (ORDER + 2) for inputs, outputs in pairwise(sizes))
    ours, product = local / costs["ours"].cpu / 1e9, 2 * 1024**3 / costs["product"].cpu / 1e9
    return Row(
        name="share of the roofline, 64-64-64, batch 1024",
        measured=100 * ours / product,
        unit="%",
        target=Target(bound=65, at_least=True),
        note=f"{ours:.0f} of {product:.0f} GFLOP/s",
    )
