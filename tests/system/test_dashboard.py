"""The real dashboard in a real terminal emulator: keys pressed, the screen read."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from kan_shared.experiment import Experiment
from kan_shared.liveness import this_process
from kan_shared.series import Record, SeriesWriter
from kan_shared.state import State
from kan_shared.store import write_state

from .stage import Process, Terminal, until

Start = Callable[..., Process]
Open = Callable[..., Terminal]
NOW = 1_800_000_000.0


def header(terminal: Terminal) -> str:
    return terminal.screen.splitlines()[0]


def test_every_key_does_what_the_footer_says(home: Path, train: Start, terminal: Open) -> None:
    train(home / "experiments" / "other")
    training = train(home / "experiments" / "mine")
    until(lambda: len(training.lines) > 200)
    dashboard = terminal("experiments/mine")

    panels = [f"╭─ {name} " for name in ("loss", "hardware", "progress", "sample", "events")]
    screen = dashboard.wait_for("● running", *panels, "r runs")  # the last that is painted is the footer
    assert len(screen.splitlines()) == 34
    assert "mine" in screen.splitlines()[0]
    assert "KAN [2, 5, 1]" in screen.splitlines()[0]
    assert screen.splitlines()[-1].split("   ")[0].strip() == "q quit"
    dashboard.wait_for("⣀", "━ train ", "━ validation ", " frame ", "tok/s", "healthy")

    dashboard.press("?")
    dashboard.wait_for("╭─ help ", "log or linear axis", "this help")
    dashboard.press("Escape")
    dashboard.wait_for("╭─ loss ", without="╭─ help ")

    dashboard.wait_for("─ log · ")
    dashboard.press("l")
    dashboard.wait_for("─ linear · ")
    dashboard.press("l")
    dashboard.wait_for("─ log · ")

    for smoothing in ("0.9", "0.99", "raw", "0.6"):
        dashboard.press("s")
        dashboard.wait_for(f" · {smoothing}" if smoothing == "raw" else f" · ema {smoothing} ")

    dashboard.press("p")
    frozen = dashboard.wait_for("frozen")
    loss = next(line for line in frozen.splitlines() if "━ train " in line)
    clock = header(dashboard)
    until(lambda: header(dashboard) != clock)  # the header goes on
    assert loss in dashboard.screen
    dashboard.press("p")
    dashboard.wait_for("● running", without="frozen")
    until(lambda: loss not in dashboard.screen)

    dashboard.press("Tab")
    dashboard.press("Enter")  # the loss, which is the first, alone
    alone = dashboard.wait_for("╭─ loss ", without="╭─ progress ")
    assert len(next(line for line in alone.splitlines() if "╭─ loss " in line)) == 120
    dashboard.press("Enter")
    dashboard.wait_for("╭─ loss ", "╭─ progress ")

    dashboard.press("r")
    listed = dashboard.wait_for("╭─ runs ", "2 under experiments", "▸ ", " mine ", " other ")
    dashboard.press("Down" if "▸  mine" in listed else "Up")
    dashboard.wait_for("▸  other")
    dashboard.press("Enter")
    dashboard.wait_for("╭─ loss ", without="╭─ runs ")
    assert " other " in header(dashboard)

    dashboard.press("q")
    goodbye = dashboard.wait_for("exit code 0")
    assert re.search(r"Training goes on. To come back: \S*kan-monitor experiments/other\n", goodbye)
    assert "experiments/other" in goodbye
    assert training.popen.poll() is None


def test_it_lays_itself_out_anew_when_the_window_changes(directory: Path, train: Start, terminal: Open) -> None:
    train(directory)
    dashboard = terminal(directory)
    dashboard.wait_for("● running", "╭─ loss ", "╭─ hardware ")
    for width, height, there, gone in (
        (80, 24, ("╭─ loss ", "╭─ progress ", " host "), "╭─ hardware "),
        (60, 18, ("╭─ loss ", "q quit"), "╭─ progress "),
        (30, 5, ("running",), "╭─ loss "),
        (200, 60, ("╭─ loss ", "╭─ hardware ", "╭─ events "), "\x00"),
        (120, 34, ("╭─ loss ", "╭─ hardware ", "╭─ events "), "\x00"),
    ):
        dashboard.resize(width, height)
        screen = dashboard.wait_for(*there, without=gone)
        assert max(map(len, screen.splitlines())) <= width


def test_it_waits_for_a_run_that_is_not_there_yet(directory: Path, train: Start, terminal: Open) -> None:
    dashboard = terminal(directory)
    dashboard.wait_for("waiting")
    training = train(directory)
    dashboard.wait_for("● running", "mine", without="waiting")
    training.tell("complete")
    dashboard.wait_for("complete", without="running")
    dashboard.press("q")
    assert "Training goes on" not in dashboard.wait_for("exit code 0")


def test_it_shows_the_newest_run_where_none_is_named(home: Path, train: Start, terminal: Open) -> None:
    training = train(home / "experiments" / "older")
    training.tell("complete")
    training.wait()
    train(home / "experiments" / "newer")
    dashboard = terminal()
    dashboard.wait_for("● running", "newer")


def test_it_shows_the_list_where_several_are_going_on(home: Path, train: Start, terminal: Open) -> None:
    train(home / "experiments" / "one")
    train(home / "experiments" / "two")
    dashboard = terminal()
    dashboard.wait_for("╭─ runs ", "one", "two")
    dashboard.press("Enter")
    dashboard.wait_for("╭─ loss ", without="╭─ runs ")


def test_it_sees_how_a_run_ends(directory: Path, train: Start, terminal: Open) -> None:
    training = train(directory)
    dashboard = terminal(directory)
    dashboard.wait_for("● running")
    training.tell("error")
    dashboard.wait_for("error", "RuntimeError: the loss is NaN")


def test_a_directory_that_is_deleted_and_made_again_is_watched_on(
    directory: Path, train: Start, terminal: Open
) -> None:
    training = train(directory, "--name", "first")
    dashboard = terminal("experiments/mine")
    dashboard.wait_for("● running", "first")
    training.kill()
    training.wait()
    directory.rename(directory.with_name("away"))
    dashboard.wait_for("cannot be read")
    train(directory, "--name", "second")
    dashboard.wait_for("● running", "second", without="cannot be read")


def test_a_state_that_turns_bad_leaves_the_last_good_one(directory: Path, train: Start, terminal: Open) -> None:
    training = train(directory)
    dashboard = terminal("experiments/mine")
    dashboard.wait_for("● running")
    training.signal(signal.SIGSTOP)
    state = Experiment(directory).state
    good = state.read_bytes()
    replacement = directory / "new"
    replacement.write_bytes(good[: len(good) // 2])
    os.replace(replacement, state)
    dashboard.wait_for("the state is not valid", "● running", "╭─ loss ", "━ train ")
    training.signal(signal.SIGCONT)
    dashboard.wait_for("● running", without="not valid")


def test_ctrl_c_quits_as_well(directory: Path, train: Start, terminal: Open) -> None:
    train(directory)
    dashboard = terminal(directory)
    dashboard.wait_for("● running")
    dashboard.press("C-c")
    dashboard.wait_for("Training goes on", "exit code 0")


def test_a_view_that_is_opened_before_long_series_are_there_gets_them(home: Path, terminal: Open) -> None:
    """The dashboard that wanted them is hidden by then, before it had a moment to say so."""
    experiment = Experiment(home / "experiments" / "long")
    experiment.history.mkdir(parents=True)
    for name in ("train/loss", "validation/loss", *(f"layer{number}/norm" for number in range(4))):
        writer = SeriesWriter(experiment.series(name))
        writer.append(Record(step, NOW + step / 100, 2.0 / step, 0) for step in range(1, 20_000))
        writer.close()
    ended = {
        "status": "complete",
        "producer": this_process(),
        "started_seconds": NOW,
        "heartbeat_seconds": NOW,
        "elapsed_seconds": 1.0,
    }
    write_state(experiment.state, State(run_id="long", name="long", task="test", model="KAN", revision=1, **ended))
    grid = terminal("experiments/long")
    grid.press("2")
    shown = grid.wait_for("6 series", "layer3/norm", without="loading")
    assert "⠒" in shown
