"""Fine-tuning against the Trainer of transformers and TRL's SFTTrainer: LoRA of rank 16, float32, one thread.

Each side trains the same adapters on the same rows in the same order, four a step, in a process of its own; no peer
computes activations twice (TRL would by default). 60 % of each row have labels. Figures are tokens that are no padding,
for a second of the processor, after the first step; ratios are medians over rounds in which the sides take turns. The
memory is the most that a process ever had, with all that it imports. Losses are those of every step. `python
tests/benchmarks/bench_finetune.py --large` measures the shape of Qwen2.5-Coder-0.5B, and with `--device cuda` on a GPU,
in bfloat16, by the clock on the wall.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from finetune_models import SIZES, write_model, write_rows
from harness import Row, Target, interleaved, ratio_of_rounds, show, spread
from rich.console import Console

PEERS: Final = ("Trainer", "TRL")
SIDE: Final = Path(__file__).parent / "programs" / "finetune_side.py"
ROUNDS: Final = 3
TINY, MIDDLE, LARGE = SIZES
#: Rows of one length, and of many.
EVEN: Final = (192,) * 28
VARIED: Final = tuple(random.Random(0).choices(range(32, 257), k=64))


class Found(msgspec.Struct):
    """What one process measured."""

    tokens: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    losses: list[float]
    busy: list[int]


class Case:
    """A model, and rows in one order; `found` are the rounds of each side."""

    def __init__(self, place: Path, name: str, lengths: Sequence[int], device: str = "cpu") -> None:
        self.name = name
        self._device = device
        self._model = place / name
        if not self._model.exists():
            write_model(self._model, SIZES[name])
        self._rows = write_rows(place / f"{name}, {len(set(lengths))}.json", lengths, SIZES[name]["vocab_size"])
        self.found: dict[str, list[Found]] = {}

    def measure(self, sides: Sequence[str], rounds: int) -> Case:
        """Takes `rounds` of the `sides`; one that ends with "alike" has rows of like length together."""
        self.found = interleaved({side: partial(self._run, side) for side in sides}, rounds=rounds, warm=0)
        return self

    def _run(self, side: str) -> Found:
        program, _, order = side.partition(", ")
        command = [sys.executable, SIDE, program, self._model, self._rows, order or "random", self._device]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return msgspec.json.decode(done.stdout.splitlines()[-1], type=Found)

    def speeds(self, side: str) -> list[float]:
        """Tokens a second, of each round."""
        cuda = self._device == "cuda"
        return [found.tokens / (found.wall_seconds if cuda else found.cpu_seconds) for found in self.found[side]]

    def speed_row(self, side: str) -> Row:
        return Row(
            name=f"{self.name}: {side}", measured=median(self.speeds(side)), unit="tokens/s", note=self._note(side)
        )

    def ratio_row(self, side: str, peer: str, bound: float | None) -> Row:
        """How many times faster than `peer`."""
        return Row(
            name=f"  {side} against {peer}",
            ratio=ratio_of_rounds(self.speeds(side), self.speeds(peer)),
            target=None if bound is None else Target(bound=bound, of="ratio", at_least=True),
            note=spread([a / b for a, b in zip(self.speeds(side), self.speeds(peer), strict=True)]),
        )

    def memory_row(self, peer: str, bound: float | None) -> Row:
        ours, theirs = (median(found.peak_bytes for found in self.found[side]) for side in ("ours", peer))
        return Row(
            name=f"  peak memory against {peer}",
            measured=ours / 1e6,
            unit="MB",
            ratio=ours / theirs,
            target=None if bound is None else Target(bound=bound, of="ratio"),
            note=f"{peer} {theirs / 1e6:,.0f} MB",
        )

    def loss_row(self, peer: str, bound: float = 1e-4) -> Row:
        """The largest difference of two losses of one step."""
        pairs = zip(self.found["ours"][0].losses, self.found[peer][0].losses, strict=True)
        apart = max(abs(ours - theirs) for ours, theirs in pairs)
        return Row(
            name=f"  losses apart from {peer}'s",
            measured=apart * 1e6,
            unit="10⁻⁶",
            target=Target(bound=bound * 1e6),
            note=f"{len(self.found[peer][0].losses)} steps",
        )

    def _note(self, side: str) -> str:
        busy = [share for found in self.found[side] for share in found.busy]
        return spread(self.speeds(side)) + (f"; GPU busy {median(busy):.0f} %" if busy else "")


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library of the hub is imported
    rows = []
    for name, bounds in ((TINY, (None, None, None)), (MIDDLE, (1.35, 2.2, 0.9))):
        rows += _against_peers(Case(place, name, EVEN), bounds)
    varied = Case(place, MIDDLE, VARIED).measure(("ours", "ours, alike", "Trainer"), ROUNDS)
    return [
        *rows,
        Row(name="rows of 32 to 256 tokens, padded"),
        *map(varied.speed_row, varied.found),
        varied.ratio_row("ours, alike", "ours", 1.1),
        varied.ratio_row("ours, alike", "Trainer", None),
        varied.loss_row("Trainer"),
    ]


def _against_peers(
    case: Case, bounds: tuple[float | None, ...], *, rounds: int = ROUNDS, apart: float = 1e-4
) -> list[Row]:
    case.measure(("ours", *PEERS), rounds)
    *speeds, memory = bounds
    return [
        *map(case.speed_row, case.found),
        *(case.ratio_row("ours", peer, bound) for peer, bound in zip(PEERS, speeds, strict=True)),
        *(case.memory_row(peer, memory) for peer in PEERS),
        *(case.loss_row(peer, apart) for peer in PEERS),
    ]


def _large(place: Path, device: str) -> list[Row]:
    if device == "cuda":
        case = Case(place, LARGE, (1024,) * 120, device)
        return _against_peers(case, (None, None, 0.9), apart=0.05)  # bfloat16
    return _against_peers(Case(place, LARGE, (256,) * 12), (1.15, None, 0.9), rounds=1)


def main() -> None:
    """Prints what `--large` or `--device cuda` measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="the shape of Qwen2.5-Coder-0.5B: takes ten minutes")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="cuda: the large shape, on a GPU")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kan-bench-") as place:
        large = told.large or told.device == "cuda"
        rows = _large(Path(place), told.device) if large else measure(Path(place))
        show("finetune", __doc__ or "", rows, Console(width=None if sys.stdout.isatty() else 132))


if __name__ == "__main__":
    main()
