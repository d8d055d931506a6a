"""DIRECTORY STEPS PACE AFTER THEN: logs STEPS steps after step AFTER, says "ready", goes on with PACE steps a second.

With a pace of 0 it stays alive without a further step; where THEN is "pause" it pauses, where it is "complete" the run
ends. The process lives until a signal ends it.
"""

from __future__ import annotations

import sys
import time

from kan_shared.state import Goal
from kan_trainer import Run


def main(directory: str, steps: int, pace: float, after: int, then: str = "") -> None:
    """Trains nothing, and logs what a training would."""
    goal = after + max(1000, 10 * steps)
    goals: dict[str, Goal] = {"r2": "maximize"}
    with Run(directory, total_steps=goal, task="regression", model="KAN 2-8-1", goals=goals, resume=True) as run:
        run.event("checkpoint", step=after + 1, detail="step 1")
        for step in range(after + 1, after + steps + 1):
            log(run, step)
        time.sleep(0.5)
        if then == "complete":
            run.finish()
        elif then == "pause":
            with run.paused():
                _rest()
        print("ready", flush=True)
        while pace and not then:
            time.sleep(1 / pace)
            step += 1
            log(run, step)
        time.sleep(3600)


def _rest() -> None:
    time.sleep(0.5)
    print("ready", flush=True)
    time.sleep(3600)


def log(run: Run, step: int) -> None:
    """One step's values; a validation every tenth, a sample every fiftieth."""
    loss = 3.0 * step**-0.5 * (1 + 0.2 * ((step * 7919) % 101) / 101)
    values = {"train/loss": loss, "learning_rate": 1e-3 / step**0.5, "gradient_norm": loss / 2, "r2": 1 - loss / 4}
    run.log(step, values, epoch=1 + step // 100, samples=64)
    if step % 10 == 0 or step % 1_000_000 == 1:
        run.log(step, {"validation/loss": loss * 1.1})
    if step % 50 == 0:
        run.sample(step, input=f"x = {step % 17}, y = {step % 13}", target="0.125", generated=f"{0.125 + loss:.4f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
