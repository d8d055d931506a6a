"""A training for the tests of this folder to watch: `python training.py DIRECTORY`, told what to do on stdin.

complete   ends the loop
pause      takes no more steps, and says that it is paused
error      raises in it
stop       leaves it by sys.exit
rest       takes no more steps, but lives on
sample     records a hostile example
"""

from __future__ import annotations

import argparse
import math
import os
import select
import sys
import time

from kan_shared.network import Edge, Layer, Network
from kan_trainer import Run

EPOCHS = 5
POINTS = 48
HOSTILE = "\x1b]52;c;aGVsbG8=\x07\x1b]0;pwned\x07\x9b31m [/foo] [@click=app.quit]x[/] \u202e"


def network_at(step: int) -> Network:
    """A network whose functions change a little from step to step."""
    edges = tuple(
        Edge(
            source=rank // 5,
            target=rank % 5,
            importance=0.1,
            inputs=(-0.9, 0.9),
            curve=tuple(round(math.sin(at / 8 + rank + step / 400), 4) for at in range(POINTS)),
        )
        for rank in range(10)
    )
    grid = (-1.0, 1.0)
    layer = Layer(inputs=2, outputs=5, grid_size=5, spline_order=3, grid_range=grid, base="silu", outside="zero",
                  coverage=0.99, drawn_range=grid, edges=edges)  # fmt: skip
    return Network(step=step, backend="native", device="cpu", parameters=141, depth=1, layers=(layer,))


class Loop:
    """Steps every few milliseconds, and says so on stdout: step and time, once it has been logged."""

    def __init__(self, run: Run, steps: int, pause: float) -> None:
        self._run, self._steps, self._pause = run, steps, pause
        self._resting = False
        self._network_due = 0.0

    def train(self, step: int = 0) -> None:
        while step < self._steps and self._obey():
            if not self._resting:
                step += 1
                self._step(step)

    def _step(self, step: int) -> None:
        values = {"train/loss": 2 / step, "learning_rate": 1e-3, "gradient_norm": 0.5}
        self._run.log(step, values, epoch=1 + (step - 1) * EPOCHS // self._steps, tokens=512)
        if step % 50 == 0:
            self._run.log(step, {"validation/loss": 2.2 / step})
        if time.monotonic() >= self._network_due:
            self._network_due = time.monotonic() + 2
            self._run.show_network(network_at(step))
        sys.stdout.write(f"{step} {time.time()}\n")
        sys.stdout.flush()

    def _obey(self) -> bool:
        """Waits for a step's time, and does what it is told meanwhile; whether to go on."""
        if not select.select([sys.stdin], [], [], self._pause)[0]:
            return True
        words = os.read(sys.stdin.fileno(), 1000).decode().split()
        # None at the end of stdin: whoever told has gone.
        return bool(words) and all(self._does(word) for word in words)

    def _does(self, word: str) -> bool:
        if word == "error":
            raise RuntimeError("the loss is NaN")
        if word == "stop":
            sys.exit(0)
        if word == "rest":
            self._resting = True
        if word == "pause":
            self._resting = True
            self._paused = self._run.paused()  # kept: a pause whose block is forgotten is over
            self._paused.__enter__()
        if word == "sample":
            self._run.sample(1, input=HOSTILE, target=HOSTILE, generated="fine")
            self._run.event("checkpoint", step=1, detail=HOSTILE)
        return word != "complete"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--pause", type=float, default=0.005)
    parser.add_argument("--name")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    told = {"total_steps": options.steps, "total_epochs": EPOCHS, "task": "regress", "model": "KAN [2, 5, 1]"}
    with Run(options.directory, **told, name=options.name, resume=options.resume) as run:
        Loop(run, options.steps, options.pause).train()


if __name__ == "__main__":
    main()
