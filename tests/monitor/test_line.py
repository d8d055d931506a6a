"""`--line`: all that matters in one line of at most eighty cells, for tmux's status bar or a prompt."""

from __future__ import annotations

import re

import msgspec
import pytest

from kan_monitor.cli import main
from kan_monitor.dashboard import Gauge
from kan_monitor.headless.line_format import MAX_CELLS, line

from .cases import CASES
from .looking import PLACE

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def test_says_how_it_is_how_far_and_whether_it_learns(look_once):
    shown = line(colour=False)(look_once("running").dashboard, None)
    assert shown == "● running  53.3%  loss 2.146 ↓  eta 00:08:33  gpu 78%  mem 38%  67°C\n"


def test_of_every_run_is_one_line_that_fits(case, look_once):
    shown = line(colour=False)(look_once(case).dashboard, None)
    assert shown.endswith("\n")
    assert shown.count("\n") == 1
    assert 0 < len(shown) - 1 <= MAX_CELLS
    assert look_once(case).dashboard.header.badge.word in shown


def test_with_colours_is_the_same_line(case, look_once):
    dashboard = look_once(case).dashboard
    coloured = line(colour=True)(dashboard, None)
    assert COLOURS.sub("", coloured) == line(colour=False)(dashboard, None)


def test_leaves_out_what_is_not_known(look_once):
    dashboard = look_once("running").dashboard
    gpu = msgspec.structs.replace(dashboard.hardware.gpus[0], utilization=Gauge(), memory=Gauge(), temperature=Gauge())
    hardware = msgspec.structs.replace(dashboard.hardware, gpus=(gpu,))
    shown = line(colour=False)(msgspec.structs.replace(dashboard, hardware=hardware), None)
    assert shown == "● running  53.3%  loss 2.146 ↓  eta 00:08:33\n"


def test_says_a_nan_in_red_and_in_a_word(look_once):
    shown = line(colour=True)(look_once("nan-loss").dashboard, None)
    assert "\x1b[1;31mNaN" in shown


def test_tells_tmux_nothing_that_a_run_has_written(look_once):
    assert "#" not in line(colour=False)(look_once("hostile").dashboard, None)


@pytest.mark.usefixtures("home")
class TestTheCommand:
    def test_prints_it_once_with_the_exit_code_of_once(self, capsys):
        CASES["complete"].run().write(PLACE)
        assert main(["--line", str(PLACE)]) == 0
        assert capsys.readouterr().out.startswith("✓ complete  100.0%  loss")

    def test_is_plain_in_a_pipe_and_coloured_where_that_is_asked_for(self, capsys):
        CASES["complete"].run().write(PLACE)
        main(["--line", str(PLACE)])
        assert "\x1b" not in capsys.readouterr().out
        main(["--line", "--color", "16", str(PLACE)])
        assert "\x1b[34m✓ complete\x1b[0m" in capsys.readouterr().out

    def test_goes_with_no_other_format(self, capsys):
        assert main(["--line", "--format", "json", str(PLACE)]) == 2
        assert "--line is a format of its own" in capsys.readouterr().err

    def test_needs_a_run(self, capsys):
        assert main(["--line", "nowhere"]) == 5
        assert capsys.readouterr().out == ""
