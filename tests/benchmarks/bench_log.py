"""What a step pays for being logged: `Run.log` with five floats, against peers in the same process, in turn.

Training thread: the time of each call, less the median of a call that does nothing; median and 99th percentile of a
block, then the median over the blocks. A peer's row is this median, and its ratio to that of `Run.log`.

Processor time: of all threads, from a block's first step until the process rests. At full speed less the same block
without logging. In a loop that works for some 200 µs a step (half Python, half numpy) that difference, which is given
too, drowns in the noise of the work, so the figure there is what can be measured by itself: the calls, and the
processor time of all threads but the training's.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import numpy as np
from harness import Row, Target, quantile, spread, until_idle
from peers import NOTHING, OTHERS, RUN, TENSORBOARD, Logger, Peer, Values

ROUNDS: Final = 5
#: Blocks with logging and without, which alternate, and their steps.
PACED_PAIRS: Final = 12
PACED_STEPS: Final = 1_500
WORK_SECONDS: Final = 200e-6
TENSOR_STEPS: Final = 5_000
_unique = itertools.count()


class Block(NamedTuple):
    """What a block of steps took, in seconds.

    Attributes:
        typical_call: The median call.
        slow_call: The 99th percentile of the calls.
        calls: A step's calls, those beyond the 99th percentile counted as that: they were interrupted.
        beside: Processor time of all other threads, a step.
        processor: Processor time of all threads, a step.
    """

    typical_call: float
    slow_call: float
    calls: float
    beside: float
    processor: float

    def less(self, nothing: Block) -> Block:
        """What is left without what the same block takes when nothing is logged."""
        call = nothing.typical_call
        return Block(
            self.typical_call - call,
            self.slow_call - call,
            self.calls - call,
            self.beside - nothing.beside,
            self.processor - nothing.processor,
        )


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    peers = [peer for peer in (RUN, *OTHERS) if _installed(peer, place)]
    blocks: dict[str, list[Block]] = {peer.name: [] for peer in peers}
    for _ in range(ROUNDS):
        nothing = _block(NOTHING, place)
        for peer in peers:
            blocks[peer.name].append(_block(peer, place).less(nothing))
    run = blocks[RUN.name]
    rows = [_row_of_peer(peer, blocks.get(peer.name), run) for peer in OTHERS]
    return [*_rows_at_full_speed(run), *_rows_of_working_steps(_paced(place, _work())), *rows, _tensors(place)]


def _installed(peer: Peer, place: Path) -> bool:
    """Opens and closes it once, which also pays for its imports."""
    try:
        logger = peer.open(_fresh(place))
    except ImportError:
        return False
    logger.close()
    return True


def _fresh(place: Path) -> Path:
    return place / f"log-{next(_unique)}"


def _block(peer: Peer, place: Path) -> Block:
    """A block of its own run at full speed."""
    logger = peer.open(_fresh(place))
    until_idle(time.process_time)
    block = _steps(logger, range(1, peer.steps + 1), _floats, lambda: None)
    logger.close()
    return block


def _paced(place: Path, work: Callable[[], None]) -> list[Block]:
    """What logging adds to blocks of working steps."""
    logger, nothing = RUN.open(_fresh(place)), NOTHING.open(place)
    until_idle(time.process_time)
    added = []
    for pair in range(PACED_PAIRS):
        steps = range(1 + pair * PACED_STEPS, 1 + (pair + 1) * PACED_STEPS)
        added.append(_steps(logger, steps, _floats, work).less(_steps(nothing, steps, _floats, work)))
    logger.close()
    return added


def _steps(logger: Logger, steps: range, values: Callable[[int], Values], work: Callable[[], None]) -> Block:
    """Does and logs so many steps, and waits until the process rests; the values are made before the clock starts."""
    log, clock, calls = logger.log, time.perf_counter_ns, []
    processor, own = time.process_time(), time.thread_time()
    for step in steps:
        work()
        fresh = values(step)
        before = clock()
        log(step, fresh)
        calls.append(clock() - before)
    until_idle(time.process_time)
    processor, own = time.process_time() - processor, time.thread_time() - own
    slow, count = quantile(calls, 0.99), len(steps)
    capped = sum(min(call, slow) for call in calls) / count
    return Block(median(calls) * 1e-9, slow * 1e-9, capped * 1e-9, (processor - own) / count, processor / count)


def _floats(step: int) -> Values:
    loss = 1.0 / step
    return {"train/loss": loss, "learning_rate": 1e-3, "gradient_norm": 2 * loss, "accuracy": 1 - loss, "scale": 0.5}


def _work() -> Callable[[], None]:
    """A step's work of `WORK_SECONDS`: half in the interpreter, half in numpy, which lets other threads run."""
    numbers = np.linspace(0.0, 1.0, 1000)

    def in_numpy(times: int) -> None:
        for _ in range(times):
            np.sin(numbers)

    def in_python(times: int) -> None:
        total = 0
        for number in range(times):
            total += number * number

    numpy_times, python_times = _times(in_numpy), _times(in_python)

    def work() -> None:
        in_numpy(numpy_times)
        in_python(python_times)

    return work


def _times(part: Callable[[int], None]) -> int:
    """How often `part` fits into half a step."""

    def seconds(times: int) -> float:
        began = time.perf_counter()
        part(times)
        return time.perf_counter() - began

    return max(1, int(WORK_SECONDS / 2 * 1000 / min(seconds(1000) for _ in range(9))))


def _rows_at_full_speed(blocks: list[Block]) -> list[Row]:
    return [
        _row("Run.log, training thread", [block.typical_call for block in blocks], Target(bound=3)),
        _row("  99th percentile", [block.slow_call for block in blocks]),
        _row("  processor, all threads", [block.processor for block in blocks], Target(bound=10)),
    ]


def _rows_of_working_steps(blocks: list[Block]) -> list[Row]:
    difference = median(block.processor for block in blocks)
    processor = _row("  processor, all threads", [block.calls + block.beside for block in blocks], Target(bound=10))
    note = f"{processor.note}; by difference {difference * 1e6:.1f}"
    return [
        _row("Run.log in steps of 200 µs", [block.typical_call for block in blocks], Target(bound=3)),
        _row("  99th percentile", [block.slow_call for block in blocks]),
        replace(processor, note=note),
    ]


def _row(name: str, seconds: list[float], target: Target | None = None) -> Row:
    note = f"blocks {spread(seconds, 1e6)}"
    return Row(name=name, measured=median(seconds) * 1e6, unit="µs", target=target, note=note)


def _row_of_peer(peer: Peer, blocks: list[Block] | None, run: list[Block]) -> Row:
    """The peer's time in the training thread, and how much more than `Run.log`'s it is."""
    target = Target(bound=50, of="ratio", at_least=True) if peer is TENSORBOARD else None
    if blocks is None:
        return Row(name=peer.name, target=target, note="not installed")
    call = median(block.typical_call for block in blocks)
    slow = median(block.slow_call for block in blocks)
    processor = median(block.processor for block in blocks)
    times = processor / median(block.processor for block in run)
    note = f"p99 {slow * 1e6:.0f} µs, processor {processor * 1e6:.0f} µs ({times:.1f} ×)"
    ratio = call / median(block.typical_call for block in run)
    return Row(name=peer.name, measured=call * 1e6, unit="µs", ratio=ratio, target=target, note=note)


def _tensors(place: Path) -> Row:
    """The training thread's time with five tensors on the CPU, whose values must be read before the next step."""
    name = "Run.log with five torch tensors"
    try:
        import torch
    except ImportError:
        return Row(name=name, note="not installed")

    def tensors(step: int) -> Values:
        return {name: torch.tensor(value) for name, value in _floats(step).items()}

    def read(_: int, values: Values) -> None:
        for value in values.values():
            float(value)

    def typical(logger: Logger) -> float:
        return _steps(logger, range(1, TENSOR_STEPS + 1), tensors, lambda: None).typical_call

    nothing, reader, run = NOTHING.open(place), Logger(read, lambda: None), RUN.open(_fresh(place))
    rounds = [(typical(nothing), typical(reader), typical(run)) for _ in range(ROUNDS)]
    run.close()
    empty, reading, logging = (median(figures) for figures in zip(*rounds, strict=True))
    note = f"float() of the five alone {(reading - empty) * 1e6:.1f} µs"
    return Row(name=name, measured=(logging - empty) * 1e6, unit="µs", note=note)
