"""Starts the dashboard: works out the colours and the run that is meant, and says goodbye."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from kan_monitor.app.choices import Choices
from kan_monitor.colour import ColourMode
from kan_monitor.finding import holds_runs, running
from kan_monitor.sources.facts import Source
from kan_shared.commands import command_line
from kan_shared.experiment import DEFAULT_ROOT, Experiment, newest_run
from kan_shared.liveness import observe
from kan_shared.store import StateReader


def launch(directory: Path | None, choices: Choices, source: Source | None = None) -> int:
    """Shows the run in `directory` until the user quits.

    Args:
        directory: The experiment directory, which need not be there yet, or a folder of runs, which is listed. By
            default the newest run under `experiments/`, the list where several go on, or the first that will be there.
        choices: How it looks, and what it does beside looking.
        source: What tells of the run in `directory`, where that is not the directory itself.
    """
    _tell_textual(choices.mode)
    from kan_monitor.app.last_seen import LastSeen, default_place
    from kan_monitor.app.monitor_app import Beginning, MonitorApp

    root = directory if directory and holds_runs(directory) else DEFAULT_ROOT
    first = newest_run(root)
    begin: Beginning = "run"
    if directory is None or directory == root:
        begin = "wait" if first is None else "list" if directory or len(running(root, time.time())) > 1 else "run"
        directory = first or root
    app = MonitorApp(directory, choices, source, begin=begin, last_seen=LastSeen(default_place(os.environ)))
    app.run()
    if source is None:
        _say_goodbye(app.directory)
    return app.return_code or 0


def _tell_textual(mode: ColourMode) -> None:
    """Textual works colours out for itself, and differently; these are read when it is imported."""
    os.environ["TEXTUAL_COLOR_SYSTEM"] = mode if mode in ("truecolor", "256") else "standard"
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ.pop("NO_COLOR", None)
    if mode == "none":
        os.environ["NO_COLOR"] = "1"


def _say_goodbye(directory: Path) -> None:
    reader = StateReader(Experiment(directory).state)
    reader.poll()
    if reader.state and observe(reader.state, time.time()) in ("running", "slow", "paused"):
        sys.stdout.write(f"Training goes on. To come back: {command_line('kan-monitor', str(directory))}\n")
