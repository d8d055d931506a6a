"""SOURCE TARGET: logs the series of the experiment directory SOURCE as an offline run of W&B in TARGET."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from kan_shared.experiment import Experiment
from kan_shared.series import NUMPY_FIELDS


def main(source: str, target: str) -> None:
    """Logs a row of values for every step."""
    experiment = Experiment(source)
    names = experiment.series_names()
    columns = [np.fromfile(experiment.series(name), NUMPY_FIELDS) for name in names]
    Path(target).mkdir(parents=True, exist_ok=True)
    wandb = import_module("wandb")
    settings = wandb.Settings(silent=True, console="off", x_disable_stats=True, x_disable_meta=True)
    with wandb.init(project="bench", dir=target, mode="offline", settings=settings) as run:
        for row in zip(*(column["value"].tolist() for column in columns), strict=True):
            run.log(dict(zip(names, row, strict=True)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
