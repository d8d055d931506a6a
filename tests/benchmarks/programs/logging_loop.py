"""DIRECTORY PACE: logs PACE steps a second until it is killed, and writes (step, unix time) of each to stdout."""

from __future__ import annotations

import os
import struct
import sys
import time
from itertools import count

from kan_trainer import Run


def main(directory: str, steps_per_second: float) -> None:
    """Logs five values a step, at full speed where the pace is 0."""
    pack, write, pause = struct.Struct("<qd").pack, os.write, 1 / steps_per_second if steps_per_second else 0.0
    with Run(directory) as run:
        for step in count(1):
            run.log(step, {"train/loss": 1 / step, "learning_rate": 1e-3, "gradient_norm": 0.5, "a": 1.0, "b": 2.0})
            write(1, pack(step, time.time()))
            if pause:
                time.sleep(pause)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
