"""What reaches the terminal, byte by byte: no colour where none is wanted, nothing that a run has smuggled in."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kan_shared.experiment import Experiment
from kan_shared.store import read_state

from .stage import MONITOR, Process, Pty, colours, until
from .training import HOSTILE

Start = Callable[..., Process]
Open = Callable[..., Pty]

#: What a terminal would obey: the clipboard, the title, a C1 control sequence, and text from right to left.
SMUGGLED = (b"\x1b]52;", b"\x1b]0;pwned", b"\x9d", "\x9b".encode(), "\u202e".encode())


def shown_then_quit(dashboard: Pty, *texts: str) -> bytes:
    """All bytes of a dashboard that has shown these texts and was left by `q`."""
    dashboard.wait_for(*texts)
    dashboard.press(b"q")
    assert dashboard.wait() == 0
    return dashboard.sent


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        (["--color", "none"], {"COLORTERM": "truecolor"}),
        ([], {"NO_COLOR": "1", "COLORTERM": "truecolor"}),
        ([], {"NO_COLOR": "1", "TERM": "xterm"}),
    ],
)
def test_where_no_colour_is_wanted_none_is_sent(
    arguments: list[str], changes: dict[str, str], directory: Path, train: Start, at_pty: Open
) -> None:
    train(directory)
    sent = shown_then_quit(at_pty(directory, *arguments, **changes), "running", "─ loss ")
    assert colours(sent) == set()


@pytest.mark.parametrize(
    ("arguments", "changes", "sequence"),
    [
        ([], {"COLORTERM": "truecolor"}, rb"\x1b\[[0-9;]*38;2;"),
        ([], {}, rb"\x1b\[[0-9;]*38;5;"),
        ([], {"TERM": "xterm"}, rb"\x1b\[[0-9;]*(3|9)[0-7]"),
        (["--color", "truecolor"], {"NO_COLOR": "1"}, rb"\x1b\[[0-9;]*38;2;"),
        (["--color", "256"], {"COLORTERM": "truecolor"}, rb"\x1b\[[0-9;]*38;5;"),
        (["--color", "16"], {"COLORTERM": "truecolor"}, rb"\x1b\[[0-9;]*(3|9)[0-7]"),
    ],
)
def test_colours_are_those_that_the_terminal_has_or_the_user_wants(
    arguments: list[str], changes: dict[str, str], sequence: bytes, directory: Path, train: Start, at_pty: Open
) -> None:
    train(directory)
    sent = shown_then_quit(at_pty(directory, *arguments, **changes), "running", "─ loss ")
    assert re.search(sequence, sent)
    for more in {rb"38;2;", rb"38;5;"} - {kind for kind in (rb"38;2;", rb"38;5;") if kind in sequence}:
        assert more not in sent


def pause(training: Process, directory: Path) -> None:
    """Has a training pause, and waits until its state says so: of a word that changes only some letters are sent."""
    training.tell("pause")
    until(lambda: (state := read_state(Experiment(directory).state)) and state.status == "paused")


def sent_at_rest(dashboard: Pty) -> bytes:
    """What a dashboard that looks twenty times a second sends in two seconds, once it has been silent for one."""

    def is_silent() -> bool:
        before = len(dashboard.sent)
        time.sleep(1)
        return len(dashboard.sent) == before

    until(is_silent)
    before = len(dashboard.sent)
    time.sleep(2)
    return dashboard.sent[before:]


def test_while_nothing_changes_not_a_byte_is_sent(directory: Path, train: Start, at_pty: Open) -> None:
    training = train(directory)
    training.tell("complete")
    training.wait()
    dashboard = at_pty(directory, "--refresh-ms", 50)
    dashboard.wait_for("complete", "─ loss ", "quit")
    assert sent_at_rest(dashboard) == b""


def test_nor_while_a_run_is_paused(directory: Path, train: Start, at_pty: Open) -> None:
    """Its producer lives, and writes its state every second, with the load of the machine: that may change, and is out
    of sight here."""
    pause(train(directory), directory)
    dashboard = at_pty(directory, "--refresh-ms", 50)
    dashboard.wait_for("paused", "─ loss ", "quit")
    dashboard.press(b"\t\r")
    assert sent_at_rest(dashboard) == b""


def test_nor_by_the_list_of_runs_that_ended_or_stand_still(home: Path, train: Start, at_pty: Open) -> None:
    ended, paused = home / "experiments" / "ended", home / "experiments" / "paused"
    training = train(ended)
    training.tell("complete")
    training.wait()
    pause(train(paused), paused)
    dashboard = at_pty(home / "experiments", "--refresh-ms", 50)
    dashboard.wait_for("paused", "complete", "watch")
    assert sent_at_rest(dashboard) == b""


#: A second, at the refresh that is the default: what a slow line over half the world has room for, many times over.
SLOW_LINE_BYTES = 5000


def sent_a_second(dashboard: Pty, seconds: float = 3) -> float:
    """The bytes of a second, once it has had a second to settle."""
    time.sleep(1)
    before, began = len(dashboard.sent), time.monotonic()
    time.sleep(seconds)
    return (len(dashboard.sent) - before) / (time.monotonic() - began)


@pytest.mark.parametrize(
    ("key", "text"),
    [(b"", "quit"), (b"2", "search"), (b"4", "so far"), (b"5", "log"), (b"7", "cpu"), (b"8", "KAN")],
    ids=["1", "2", "4", "5", "7", "8"],
)
def test_a_live_run_fits_a_slow_line(key: bytes, text: str, directory: Path, train: Start, at_pty: Open) -> None:
    train(directory)
    dashboard = at_pty(directory, COLORTERM="truecolor")
    dashboard.wait_for("running", "─ loss ")
    dashboard.press(key)
    dashboard.wait_for(text)
    assert 0 < sent_a_second(dashboard) < SLOW_LINE_BYTES * 0.8


def test_a_dumb_terminal_gets_lines(directory: Path, train: Start, at_pty: Open) -> None:
    training = train(directory)
    lines = at_pty(directory, TERM="dumb")
    lines.wait_for("Epoch ", "Loss: ")
    training.tell("complete")
    assert lines.wait() == 0
    assert b"\x1b" not in lines.sent
    assert b"Complete" in lines.sent


def test_without_a_terminal_there_are_lines(directory: Path, train: Start, run_process: Start) -> None:
    training = train(directory)
    monitor = run_process(*MONITOR, directory)
    monitor.wait_for_line(lambda line: "Loss: " in line)
    training.tell("complete")
    assert monitor.wait() == 0
    assert "\x1b" not in "".join(monitor.lines)


def test_the_screen_is_given_back_as_it_was(directory: Path, train: Start, at_pty: Open) -> None:
    train(directory)
    sent = shown_then_quit(at_pty(directory), "running")
    assert sent.count(b"\x1b[?1049h") == sent.count(b"\x1b[?1049l") == 1
    assert sent.rindex(b"\x1b[?25h") > sent.rindex(b"\x1b[?25l")
    after = sent[sent.rindex(b"\x1b[?1049l") :]
    assert b"Training goes on. To come back: " in after and b"kan-monitor " in after


def test_text_of_a_run_is_shown_and_never_obeyed(directory: Path, train: Start, at_pty: Open) -> None:
    training = train(directory, "--name", HOSTILE)
    training.tell("sample")
    dashboard = at_pty(directory, COLORTERM="truecolor")
    dashboard.wait_for("␛]52;c;", "[/foo]", "running", "checkpoint")
    dashboard.press(b"r")
    dashboard.wait_for("─ runs ")
    sent = shown_then_quit(dashboard, "─ runs ")
    for sequence in SMUGGLED:
        assert sequence not in sent, sequence


def test_the_name_of_a_directory_is_never_obeyed_either(home: Path, train: Start, at_pty: Open) -> None:
    """The newest run is whoever's: its directory's name stands in the list and in the goodbye."""
    train(home / "experiments" / "run\x1b]52;c;aGVsbG8=\x07\x1b]0;pwned\x07")
    dashboard = at_pty()
    dashboard.wait_for("running")
    dashboard.press(b"r")
    sent = shown_then_quit(dashboard, "─ runs ")
    assert b"Training goes on" in sent
    for sequence in SMUGGLED:
        assert sequence not in sent, sequence


def test_what_cannot_be_read_is_said_without_obeying_its_name(home: Path, at_pty: Open) -> None:
    directory = home / "experiments" / "run\x1b]52;c;aGVsbG8=\x07\x1b]0;pwned\x07"
    directory.mkdir(parents=True)
    (directory / "state.json").write_text("{")
    complaining = at_pty("--once")
    assert complaining.wait() == 5
    assert b"is not valid" in complaining.sent
    for sequence in SMUGGLED:
        assert sequence not in complaining.sent, sequence


def test_lines_carry_no_sequence_of_the_run(directory: Path, train: Start, at_pty: Open) -> None:
    training = train(directory, "--name", HOSTILE)
    training.tell("sample")
    for format in ("text", "json"):
        lines = at_pty(directory, "--headless", "--once", "--format", format)
        assert lines.wait() == 0
        for sequence in SMUGGLED:
            assert sequence not in lines.sent, sequence
        assert b"\x1b" not in lines.sent


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(
    directory: Path, train: Start, at_pty: Open, number: signal.Signals
) -> None:
    train(directory)
    dashboard = at_pty(directory)
    dashboard.wait_for("running")
    dashboard.popen.send_signal(number)
    assert dashboard.wait() == 128 + number
    assert dashboard.sent.rfind(b"\x1b[?1049l") > dashboard.sent.rfind(b"\x1b[?1049h"), "off the alternate screen"
    assert dashboard.sent.rfind(b"\x1b[?25h") > dashboard.sent.rfind(b"\x1b[?25l"), "the cursor is shown"
    assert b"Training goes on" in dashboard.sent


def test_a_terminal_that_is_torn_away_without_a_word_leaves_no_monitor_behind(
    directory: Path, train: Start, at_pty: Open
) -> None:
    """No signal comes where the monitor was started in a session of its own, in a container for instance."""
    train(directory)
    dashboard = at_pty(directory)
    dashboard.wait_for("running")
    dashboard.tear_away()
    assert dashboard.popen.wait(30) != 0, "or it would wait for ever"
