"""DIRECTORY NAME …: takes these series of a run in, as the app does for their charts; says seconds and CPU seconds."""

from __future__ import annotations

import sys
import time

from kan_monitor.charts.pyramid import Pyramid
from kan_shared.experiment import Experiment
from kan_shared.series import SeriesFile


def main(directory: str, names: list[str]) -> None:
    """Builds a pyramid of each, with an average."""
    began, cpu = time.perf_counter(), time.process_time()
    for name in names:
        file = SeriesFile(Experiment(directory).series(name))
        file.refresh()
        pyramid = Pyramid(file)
        pyramid.extend()
        pyramid.prepare(0.6)
        assert pyramid.loaded == file.count
    print(time.perf_counter() - began, time.process_time() - cpu)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
