"""How many colours a terminal has, and on which ground."""

from __future__ import annotations

import pytest

from kan_monitor.colour import detect, detect_theme


@pytest.mark.parametrize(
    ("environment", "mode"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "TrueColor"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "screen-256color", "COLORTERM": "yes"}, "256"),
        ({"TERM": "tmux-256color", "COLORTERM": ""}, "256"),
        ({"TERM": "xterm-kitty"}, "256"),
        ({"TERM": "alacritty"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": ""}, "16"),
        ({}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "0"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
    ],
)
def test_the_mode_of_a_terminal(environment, mode):
    assert detect(environment) == mode


@pytest.mark.parametrize(
    ("says", "theme"),
    [
        ("15;0", "dark"),
        ("0;15", "light"),
        ("0;default;15", "light"),
        ("12;7", "light"),
        ("7;8", "dark"),
        ("default;default", "dark"),
        ("nonsense", "dark"),
        ("", "dark"),
    ],
)
def test_the_theme_is_that_of_the_ground(says, theme):
    assert detect_theme({"COLORFGBG": says}) == theme


def test_a_terminal_that_does_not_say_is_dark():
    assert detect_theme({}) == "dark"
