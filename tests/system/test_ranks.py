"""Three processes that train together, one record: whoever dies is named, and the record goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kan_shared.experiment import Experiment
from kan_shared.ranks import read_ranks

from .stage import TRAINING, Process, Terminal, until

Start = Callable[..., Process]
#: Within this time after its death a rank is shown as dead.
NOTICED_SECONDS = 3.0


def launched(rank: int) -> dict[str, str]:
    """The environment that torchrun gives a process."""
    return {"RANK": str(rank), "WORLD_SIZE": "3", "LOCAL_RANK": str(rank)}


def others(directory: Path, run_process: Start, *numbers: int) -> dict[int, Process]:
    """Starts the ranks beside the first, and waits for their first steps."""
    started = {number: run_process(sys.executable, TRAINING, directory, **launched(number)) for number in numbers}
    folder = Experiment(directory).ranks
    until(
        lambda: {rank.rank for rank in read_ranks(folder) if rank.state.step is not None} >= set(numbers),
        lambda: "\n".join(line for process in started.values() for line in process.complaints),
    )
    return started


def status_of(line: dict[str, Any], number: int) -> str | None:
    return next((rank["status"] for rank in line["ranks"]["ranks"] if rank["rank"] == number), None)


def test_a_rank_that_is_killed_is_named_within_three_seconds_and_the_others_go_on(
    directory: Path, train: Start, headless: Start, run_process: Start
) -> None:
    first = train(directory, **launched(0))
    ranks = others(directory, run_process, 1, 2)
    monitor = headless(directory, "--format", "json", "--refresh-ms", 100)
    monitor.wait_for_line(lambda line: line.count('"status":"running"') == 3)

    killed_seconds = time.time()
    ranks[1].kill()
    monitor.wait_for_line(lambda line: '"status":"crashed"' in line)
    line = next(line for line in monitor.objects if status_of(line, 1) == "crashed")
    assert line["timestamp_ms"] / 1000 - killed_seconds < NOTICED_SECONDS
    assert line["ranks"]["summary"].startswith("3 ranks: #1 crashed")
    assert [status_of(line, number) for number in (0, 2)] == ["running", "running"]
    assert line["status"] == "Running"

    step = line["step"]
    until(lambda: monitor.objects[-1]["step"] > step)
    for process in (ranks[2], first):
        process.tell("complete")
    assert (ranks[2].wait(), first.wait(), monitor.wait()) == (0, 0, 0)
    assert first.complaints == ranks[2].complaints == []
    assert status_of(monitor.objects[-1], 2) == "complete"


def test_a_death_is_news_though_the_first_rank_stands_still(
    directory: Path, train: Start, headless: Start, run_process: Start
) -> None:
    """As it is where all wait for the dead one's gradients."""
    first = train(directory, **launched(0))
    ranks = others(directory, run_process, 1)
    monitor = headless(directory, "--refresh-ms", 100)
    first.tell("rest")
    monitor.wait_for_line(lambda line: "3 ranks" in line)
    ranks[1].kill()
    monitor.wait_for_line(lambda line: "#1 crashed" in line)


def test_the_dashboard_shows_all_ranks_on_its_hardware_screen(
    directory: Path, train: Start, run_process: Start, terminal: Callable[..., Terminal]
) -> None:
    train(directory, **launched(0))
    ranks = others(directory, run_process, 1, 2)
    dashboard = terminal("experiments/mine")
    dashboard.wait_for("3 ranks")
    ranks[2].kill()
    dashboard.wait_for("#2 crashed")
    dashboard.press("Tab", "Tab", "Enter")
    shown = dashboard.wait_for("rank   2  ✕ crashed", "rank   0  ● running")
    assert "disk write" in shown
