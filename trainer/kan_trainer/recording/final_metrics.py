"""`metrics.json`: what every metric amounted to when the run ended, for whoever compares runs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kan_shared.state import State
from kan_shared.store import replace_file


def write_final_metrics(path: Path, state: State) -> None:
    """Writes the figures of the final `state`: the last, the first and the best, by the name of the metric.

    Raises:
        OSError: It cannot be written.
    """
    figures = {
        "run_id": state.run_id,
        "status": state.status,
        "step": state.step,
        "epoch": state.epoch,
        "elapsed_seconds": state.elapsed_seconds,
        "metrics": state.metrics,
    }
    replace_file(path, msgspec.json.format(msgspec.json.encode(figures)) + b"\n")
