"""What logging costs a training step: a small network trained with PyTorch on the CPU, with `Run.log` and without.

A step is forward, backward, clipping and AdamW on a batch of 64; what is logged are its loss and gradient norm, which
are tensors, the learning rate and two more figures. Blocks with logging and without alternate, in turns of with,
without, without, with; one thread for the tensors.

Two answers. What is used: the calls in the training thread, and the processor time of the other threads, which costs
the training something only where both want the interpreter at once. What is lost: the wall time of the least
disturbed block with logging against that of the least disturbed one without; what else the machine does only adds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from harness import Row, quantile, spread

from kan_trainer import Run

TURNS: Final = 12
STEPS: Final = 400
BATCH: Final = 64
#: The recorder writes what is left of one block before the next begins.
SETTLE_SECONDS: Final = 0.1

#: Logs one step: its number, loss and gradient norm.
Log = Callable[[int, Any, Any], None]
#: Trains one step, and gives its loss and the norm of its gradient.
Step = Callable[[], tuple[Any, Any]]


class Block(NamedTuple):
    """Seconds a step: all of it, its call, and processor time beside the training thread."""

    step: float
    call: float
    beside: float


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    try:
        import torch
    except ImportError:
        return [Row(name="a training step", note="not installed: torch")]
    torch.set_num_threads(1)
    step = _training(torch)
    with Run(place / "trainer", total_steps=2 * TURNS * STEPS) as run:

        def log(number: int, loss: Any, norm: Any) -> None:
            values = {"train/loss": loss, "gradient_norm": norm, "learning_rate": 1e-3, "scale": 1.0, "decay": 0.01}
            run.log(number, values, samples=BATCH)

        _block(step, log)
        kinds = [log, _no_log, _no_log, log] * TURNS
        blocks = [(kind, _block(step, kind)) for kind in kinds]
    return _rows(*([block for kind, block in blocks if kind is wanted] for wanted in (log, _no_log)))


def _rows(logged: list[Block], plain: list[Block]) -> list[Row]:
    steps_with, steps = [block.step for block in logged], [block.step for block in plain]
    call = median(block.call for block in logged) - median(block.call for block in plain)
    beside = median(block.beside for block in logged) - median(block.beside for block in plain)
    typically = median(steps_with) / median(steps) - 1
    lost = min(steps_with) / min(steps) - 1
    return [
        Row(name="a training step without logging", measured=min(steps) * 1e6, unit="µs", note=spread(steps, 1e6)),
        _share("  used by Run.log in the training thread", call, min(steps)),
        _share("  used by the recorder beside it", beside, min(steps)),
        Row(name="  lost", measured=100 * lost, unit="%", note=f"by medians {100 * typically:.1f} %"),
    ]


def _share(name: str, seconds: float, step: float) -> Row:
    return Row(name=name, measured=100 * seconds / step, unit="%", note=f"{seconds * 1e6:.1f} µs")


def _no_log(number: int, loss: Any, norm: Any) -> None: ...


def _training(torch: Any) -> Step:
    """A step of a small network on fixed data; gives the loss and the norm of the gradient."""
    torch.manual_seed(0)
    layers = torch.nn.Linear(8, 64), torch.nn.SiLU(), torch.nn.Linear(64, 64), torch.nn.SiLU(), torch.nn.Linear(64, 1)
    network = torch.nn.Sequential(*layers)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    inputs = torch.randn(BATCH, 8)
    targets = inputs.square().sum(dim=1, keepdim=True)

    def step() -> tuple[Any, Any]:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(network(inputs), targets)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return loss, norm

    return step


def _block(step: Step, log: Log) -> Block:
    clock, calls = time.perf_counter, []
    beside, began = time.process_time() - time.thread_time(), clock()
    for number in range(1, STEPS + 1):
        trained = step()
        before = clock()
        log(number, *trained)
        calls.append(clock() - before)
    wall = clock() - began
    time.sleep(SETTLE_SECONDS)
    beside = time.process_time() - time.thread_time() - beside
    slow = quantile(calls, 0.99)
    return Block(wall / STEPS, sum(min(call, slow) for call in calls) / STEPS, beside / STEPS)
