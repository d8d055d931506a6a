"""How many colours a terminal has, and what they are."""

from __future__ import annotations

from typing import get_args

import pytest
from rich.color import ColorType

from kan_monitor.colour import ColourMode, detect
from kan_monitor.ink import Ink
from kan_monitor.palette import BACKGROUND, styles

MODES: tuple[ColourMode, ...] = get_args(ColourMode)
INKS: tuple[Ink, ...] = get_args(Ink)


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


@pytest.mark.parametrize("mode", MODES)
def test_every_ink_has_a_style_in_every_mode(mode):
    assert set(styles(mode)) == set(INKS)


@pytest.mark.parametrize(
    ("mode", "types"),
    [
        ("truecolor", {ColorType.TRUECOLOR}),
        ("256", {ColorType.EIGHT_BIT, ColorType.STANDARD}),
        ("16", {ColorType.STANDARD, ColorType.DEFAULT}),
        ("none", set()),
    ],
)
def test_a_mode_has_its_own_colours_only(mode, types):
    colours = {style.color.type for style in styles(mode).values() if style.color}
    assert colours <= types


def test_severities_differ_in_every_mode_that_has_colours():
    for mode in ("truecolor", "256", "16"):
        shown = [styles(mode)[ink] for ink in ("great", "good", "warn", "bad", "info", "plain")]
        assert len(set(map(str, shown))) == len(shown), mode


def test_the_two_series_differ_in_every_mode_that_has_colours():
    for mode in ("truecolor", "256", "16"):
        for age in range(4):
            assert styles(mode)[f"train.{age}"].color != styles(mode)[f"validation.{age}"].color, (mode, age)


def test_without_colour_what_is_bad_is_bold():
    assert styles("none")["bad"].bold
    assert styles("none")["warn"].bold


@pytest.mark.parametrize("series", ["train", "validation"])
@pytest.mark.parametrize("mode", ["truecolor", "256"])
def test_newer_points_are_brighter(mode, series):
    ages = [luminance(styles(mode)[f"{series}.{age}"]) for age in ("faint", 0, 1, 2, 3)]
    assert ages == sorted(ages)
    assert len(set(ages)) == len(ages)


@pytest.mark.parametrize("ink", ["plain", "strong", "title", "key", "great", "good", "warn", "bad", "info", "label"])
def test_what_is_to_be_read_has_contrast(ink):
    """WCAG's 4.5 : 1 for text, and 3 : 1 for what only names it."""
    assert contrast(styles("truecolor")[ink]) >= (3 if ink == "label" else 4.5)


def luminance(style) -> float:
    return relative_luminance(style.color.get_truecolor())


def relative_luminance(colour: tuple[int, int, int]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style) -> float:
    ground = tuple(int(BACKGROUND[at : at + 2], 16) for at in (1, 3, 5))
    return (luminance(style) + 0.05) / (relative_luminance(ground) + 0.05)
